// See recorded_object.h.
#include "checkers/object/recorded_object.h"

#include <algorithm>
#include <map>

#include "checkers/witness.h"
#include "harness/history/check.h"

namespace cleave {
namespace {

class ObjectRecorder {
 public:
  ObjectRecorder(const ObjectHistory& object, bool owners) : object_(object), owners_(owners) {}

  History Run() {
    std::map<Position, std::pair<uint32_t, bool>> events;  // index into ops, and whether it returns
    for (uint32_t i = 0; i < object_.ops.size(); ++i) {
      events[object_.ops[i].call] = {i, false};
      if (!object_.ops[i].crashed()) events[object_.ops[i].ret] = {i, true};
    }
    for (const auto& [position, event] : events) Record(event.first, event.second);
    return builder_.Finish();
  }

 private:
  void Record(uint32_t i, bool returns) {
    const ModelOp& op = object_.ops[i];
    RawEvent event;
    event.process = owners_ ? op.process : static_cast<int32_t>(i);
    event.function = builder_.Function(object_.history->FunctionName(op.function));
    if (const auto crashed = open_.find(event.process); !returns && crashed != open_.end()) {
      RawEvent info = crashed->second;
      info.type = EventType::kInfo;
      Add(info);
    }
    event.value = Copy(returns ? op.output : op.input);
    if (returns) {
      event.type = op.mismatch ? EventType::kFail : EventType::kOk;
      if (op.mismatch) event.error = builder_.values().String("mismatch");
      open_.erase(event.process);
    } else {
      open_[event.process] = event;
    }
    Add(event);
  }
  void Add(const RawEvent& event) {
    const auto problem = builder_.Add(event);
    CHECK(!problem) << problem.value_or("");
  }
  ValueId Copy(ValueId id) {
    return id == kNoValue ? id : builder_.values().FromJson(object_.values().ToJson(id));
  }

  const ObjectHistory& object_;
  const bool owners_;
  HistoryBuilder builder_;
  std::map<int32_t, RawEvent> open_;
};

}  // namespace

std::string RefusedOrder(std::string_view model, const ObjectHistory& object, bool owners,
                         const std::vector<uint32_t>& order, uint32_t permits) {
  const History history = ObjectRecorder(object, owners).Run();
  return Verify(history, {{std::string(model), kNoKey, order}}, {kNull, permits}).value_or("");
}

}  // namespace cleave
