// See galera_state.h.
#include "targets/mariadb/galera_state.h"

#include <fstream>
#include <stdexcept>

namespace cleave {
namespace {

/// Any would do, as long as all nodes have the same.
constexpr const char* kGaleraHistory = "c1ea5e00-0000-11ee-8000-000000000000";

/// Of a member, as an UUID.
std::string MemberId(int index) {
  const std::string number = std::to_string(10'000'001 + index);  // eight digits
  return number + "-0000-11ee-8000-000000000000";
}

}  // namespace

void WriteGaleraState(const std::filesystem::path& data, int index, int members) {
  std::ofstream position(data / "grastate.dat");
  position << "# GALERA saved state\nversion: 2.1\nuuid:    " << kGaleraHistory
           << "\nseqno:   0\nsafe_to_bootstrap: 0\n";
  std::ofstream view(data / "gvwstate.dat");
  view << "my_uuid: " << MemberId(index) << "\n#vwbeg\nview_id: 3 " << MemberId(0)
       << " 1\nbootstrap: 0\n";
  for (int i = 0; i < members; ++i) view << "member: " << MemberId(i) << " 0\n";
  view << "#vwend\n";
  position.close();
  view.close();
  if (!position || !view) throw std::runtime_error("cannot write to " + data.string());
}

std::string FirstGaleraPosition() { return std::string(kGaleraHistory) + ":0"; }

std::string RecoveredGaleraPosition(const std::string& log) {
  const std::string label = "WSREP: Recovered position: ";
  const size_t found = log.rfind(label);
  if (found == std::string::npos) throw std::runtime_error("no position was recovered: " + log);
  const size_t begin = found + label.size();
  return log.substr(begin, log.find_first_of(" \r\n", begin) - begin);
}

}  // namespace cleave
