// The wires of a local cluster: a net namespace with one interface per node, a bridge that joins
// them and the controller, and the nftables table that cuts links.
//
// Invariant: while no link is cut, every node reaches every other without asking (static neighbours
// and forwarding entries): nothing is learned, so nothing is forgotten during a fault.
#pragma once

#include <string>
#include <vector>

#include "harness/cluster/netlink.h"
#include "harness/cluster/nftables.h"
#include "harness/run/cluster.h"
#include "harness/run/scoped_fd.h"

namespace cleave {

/// Ports of the bridge have their node's name, n1 … nN; inside, each node's interface is eth0.
/// Used by one thread. The net namespaces live as long as this object.
class LocalNetwork : public Network {
 public:
  /// Throws std::system_error or std::runtime_error; removes what it made.
  explicit LocalNetwork(int nodes);
  ~LocalNetwork() override;

  static std::string Address(int node);
  static std::string ControllerAddress();
  int net_namespace(int node) const { return namespaces_[node].get(); }

  void Cut(std::span<const Link> links) override;
  void Uncut() override;
  std::vector<Link> CutLinks() const override;
  uint64_t DroppedPackets() const override;

 private:
  void Build(int nodes);
  void AddNode(int node, int nodes);
  void Remove();

  NetlinkSocket netlink_;
  mutable Nftables nftables_;
  std::vector<ScopedFd> namespaces_;
};

}  // namespace cleave
