// See local_cluster.h.
#include "harness/cluster/local_cluster.h"

#include <sys/mount.h>

#include <fstream>
#include <stdexcept>

#include "harness/cluster/local_network.h"
#include "harness/cluster/local_node.h"
#include "harness/cluster/private_namespaces.h"

namespace cleave {
namespace {

namespace fs = std::filesystem;

constexpr int kMostNodes = 200;

std::string NodeName(int node) { return "n" + std::to_string(node + 1); }

/// Lies over /etc/hosts in the controller's mount namespace; every node's is a copy of that.
class Hosts {
 public:
  Hosts(const fs::path& path, int nodes) {
    std::ofstream file(path);
    file << "127.0.0.1 localhost\n" << LocalNetwork::ControllerAddress() << " controller\n";
    for (int node = 0; node < nodes; ++node) {
      file << LocalNetwork::Address(node) << ' ' << NodeName(node) << '\n';
    }
    file.close();
    if (!file) ThrowErrno("writing " + path.string());
    Checked(mount(path.c_str(), "/etc/hosts", nullptr, MS_BIND, nullptr), "mounting /etc/hosts");
  }
  ~Hosts() { umount2("/etc/hosts", MNT_DETACH); }
  Hosts(const Hosts&) = delete;
  Hosts& operator=(const Hosts&) = delete;
};

class LocalCluster : public Cluster {
 public:
  LocalCluster(asio::io_context& io, int nodes, const fs::path& nodes_directory)
      : network_(nodes), hosts_(nodes_directory / "hosts", nodes) {
    for (int node = 0; node < nodes; ++node) {
      nodes_.push_back(std::make_unique<LocalNode>(io, NodeName(node), LocalNetwork::Address(node),
                                                   nodes_directory, network_.net_namespace(node)));
    }
  }

  std::span<const std::unique_ptr<Node>> nodes() const override { return nodes_; }
  Network& network() override { return network_; }

 private:
  LocalNetwork network_;
  Hosts hosts_;
  std::vector<std::unique_ptr<Node>> nodes_;  // last: the processes go first
};

}  // namespace

std::unique_ptr<Cluster> MakeLocalCluster(asio::io_context& io,
                                          const LocalClusterOptions& options) {
  if (options.nodes < 1 || options.nodes > kMostNodes) {
    throw std::invalid_argument("a local cluster has 1 to " + std::to_string(kMostNodes) +
                                " nodes");
  }
  if (!InPrivateNamespaces()) throw std::logic_error("a local cluster needs private namespaces");
  const fs::path nodes_directory = fs::absolute(options.run_directory) / "nodes";
  fs::create_directories(nodes_directory);
  return std::make_unique<LocalCluster>(io, options.nodes, nodes_directory);
}

}  // namespace cleave
