// See local_network.h. Interface indices are chosen, not looked up: they are ours alone in
// namespaces that are ours alone.
#include "harness/cluster/local_network.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <linux/if_addr.h>
#include <linux/if_bridge.h>
#include <linux/if_link.h>
#include <linux/neighbour.h>
#include <linux/veth.h>
#include <net/if.h>
#include <sched.h>

#include <algorithm>
#include <array>
#include <fstream>

#include "harness/history/check.h"

namespace cleave {
namespace {

using Mac = std::array<uint8_t, 6>;

constexpr int kLoopback = 1;
constexpr int kBridge = 1000;         // in the controller
constexpr int kEthernet = 1000;       // eth0, in every node
constexpr uint8_t kController = 254;  // the host part of its address
constexpr const char* kBridgeName = "cleave";
constexpr uint16_t kCreate = NLM_F_CREATE | NLM_F_EXCL;

int Port(int node) { return kBridge + 1 + node; }
std::string PortName(int node) { return "n" + std::to_string(node + 1); }
uint8_t Host(int node) { return static_cast<uint8_t>(node + 1); }
uint32_t Ip(uint8_t host) { return htonl(0x0a2a0000u | host); }  // 10.42.0.host
Mac MacOf(uint8_t host) { return {0x02, 0, 0, 0, 0, host}; }     // locally administered

ifinfomsg LinkHeader(int index, unsigned flags = 0) {
  ifinfomsg header = {};
  header.ifi_index = index;
  header.ifi_flags = flags;
  header.ifi_change = flags;
  return header;
}

ScopedFd CurrentNetNamespace() {
  return ScopedFd(Checked(open("/proc/thread-self/ns/net", O_RDONLY | O_CLOEXEC), "net namespace"));
}

/// Puts the calling thread into another net namespace, and back.
class InNetNamespace {
 public:
  explicit InNetNamespace(int target) : before_(CurrentNetNamespace()) {
    Checked(setns(target, CLONE_NEWNET), "joining a net namespace");
  }
  ~InNetNamespace() { CHECK(setns(before_.get(), CLONE_NEWNET) == 0) << "left a net namespace"; }

 private:
  ScopedFd before_;
};

ScopedFd MakeNetNamespace() {
  const ScopedFd before = CurrentNetNamespace();
  Checked(unshare(CLONE_NEWNET), "making a node's net namespace");
  ScopedFd made = CurrentNetNamespace();
  CHECK(setns(before.get(), CLONE_NEWNET) == 0) << "left a net namespace";
  return made;
}

void AddBridge(NetlinkSocket& netlink) {
  NetlinkRequest request(RTM_NEWLINK, kCreate, LinkHeader(kBridge));
  const Mac mac = MacOf(kController);
  request.Add(IFLA_IFNAME, kBridgeName).Add(IFLA_ADDRESS, mac.data(), mac.size());
  request.Begin(IFLA_LINKINFO).Add(IFLA_INFO_KIND, "bridge").Begin(IFLA_INFO_DATA);
  request.Add(IFLA_BR_STP_STATE, uint32_t{0}).Add(IFLA_BR_FORWARD_DELAY, uint32_t{0});
  request.Add8(IFLA_BR_MCAST_SNOOPING, 0).End().End();
  netlink.Send(request, "making a bridge");
}

/// The bridge's port in this namespace, the node's eth0 in the other.
void AddVeth(NetlinkSocket& netlink, int node, int node_namespace) {
  NetlinkRequest request(RTM_NEWLINK, kCreate, LinkHeader(Port(node)));
  const ifinfomsg peer = LinkHeader(kEthernet);
  const Mac mac = MacOf(Host(node));
  request.Add(IFLA_IFNAME, PortName(node));
  request.Begin(IFLA_LINKINFO).Add(IFLA_INFO_KIND, "veth").Begin(IFLA_INFO_DATA);
  request.Begin(VETH_INFO_PEER).Append(&peer, sizeof peer).Add(IFLA_IFNAME, "eth0");
  request.Add(IFLA_ADDRESS, mac.data(), mac.size());
  request.Add(IFLA_NET_NS_FD, static_cast<uint32_t>(node_namespace)).End().End().End();
  netlink.Send(request, "making a veth pair");
}

void SetMaster(NetlinkSocket& netlink, int index, int master) {
  NetlinkRequest request(RTM_SETLINK, 0, LinkHeader(index));
  request.Add(IFLA_MASTER, static_cast<uint32_t>(master));
  netlink.Send(request, "joining a bridge");
}

/// Without an IPv6 address of its own making: its announcements would count as packets of a cut.
void SetUp(NetlinkSocket& netlink, int index) {
  NetlinkRequest quiet(RTM_SETLINK, 0, LinkHeader(index));
  quiet.Begin(IFLA_AF_SPEC).Begin(AF_INET6);
  quiet.Add8(IFLA_INET6_ADDR_GEN_MODE, IN6_ADDR_GEN_MODE_NONE).End().End();
  try {
    netlink.Send(quiet, "silencing IPv6");
  } catch (const std::system_error&) {  // a kernel without IPv6 is silent as it is
  }
  NetlinkRequest up(RTM_SETLINK, 0, LinkHeader(index, IFF_UP));
  netlink.Send(up, "bringing a link up");
}

void AddAddress(NetlinkSocket& netlink, int index, uint8_t host) {
  ifaddrmsg header = {};
  header.ifa_family = AF_INET;
  header.ifa_prefixlen = 24;
  header.ifa_index = index;
  NetlinkRequest request(RTM_NEWADDR, kCreate, header);
  request.Add(IFA_LOCAL, Ip(host)).Add(IFA_ADDRESS, Ip(host));
  netlink.Send(request, "adding an address");
}

void AddNeighbour(NetlinkSocket& netlink, int index, uint8_t host) {
  ndmsg header = {};
  header.ndm_family = AF_INET;
  header.ndm_ifindex = index;
  header.ndm_state = NUD_PERMANENT;
  NetlinkRequest request(RTM_NEWNEIGH, NLM_F_CREATE | NLM_F_REPLACE, header);
  const Mac mac = MacOf(host);
  request.Add(NDA_DST, Ip(host)).Add(NDA_LLADDR, mac.data(), mac.size());
  netlink.Send(request, "adding a neighbour");
}

/// A bridge that does not know a port floods every port, and cut ones would count packets of
/// others.
void AddForwarding(NetlinkSocket& netlink, int node) {
  ndmsg header = {};
  header.ndm_family = AF_BRIDGE;
  header.ndm_ifindex = Port(node);
  header.ndm_state = NUD_NOARP;
  header.ndm_flags = NTF_MASTER;
  NetlinkRequest request(RTM_NEWNEIGH, NLM_F_CREATE | NLM_F_REPLACE, header);
  const Mac mac = MacOf(Host(node));
  request.Add(NDA_LLADDR, mac.data(), mac.size());
  netlink.Send(request, "adding a forwarding entry");
}

/// Settings that matter where they exist and may be written; nothing depends on them otherwise.
void WriteSysctl(const std::string& name, const char* value) {
  std::ofstream("/proc/sys/net/" + name) << value;
}

}  // namespace

LocalNetwork::LocalNetwork(int nodes) {
  AddBridge(netlink_);  // fails where another cluster is: that one is not ours to remove
  try {
    Build(nodes);
  } catch (...) {
    Remove();
    throw;
  }
}

LocalNetwork::~LocalNetwork() { Remove(); }

void LocalNetwork::Build(int nodes) {
  for (const char* family : {"iptables", "ip6tables", "arptables"}) {
    WriteSysctl(std::string("bridge/bridge-nf-call-") + family, "0");
  }
  WriteSysctl("ipv4/tcp_congestion_control", "cubic");
  SetUp(netlink_, kLoopback);
  SetUp(netlink_, kBridge);
  AddAddress(netlink_, kBridge, kController);
  for (int node = 0; node < nodes; ++node) AddNode(node, nodes);
  nftables_.Run(
      "add table bridge cleave; add set bridge cleave cut { type ifname . ifname; };"
      "add chain bridge cleave forward { type filter hook forward priority 0; };"
      "add rule bridge cleave forward iifname . oifname @cut counter drop");
}

void LocalNetwork::AddNode(int node, int nodes) {
  namespaces_.push_back(MakeNetNamespace());
  AddVeth(netlink_, node, namespaces_.back().get());
  SetMaster(netlink_, Port(node), kBridge);
  SetUp(netlink_, Port(node));
  AddForwarding(netlink_, node);
  AddNeighbour(netlink_, kBridge, Host(node));

  const InNetNamespace inside(namespaces_.back().get());
  NetlinkSocket netlink;
  WriteSysctl("ipv4/tcp_congestion_control", "cubic");
  SetUp(netlink, kLoopback);
  SetUp(netlink, kEthernet);
  AddAddress(netlink, kEthernet, Host(node));
  AddNeighbour(netlink, kEthernet, kController);
  for (int other = 0; other < nodes; ++other) {
    if (other != node) AddNeighbour(netlink, kEthernet, Host(other));
  }
}

void LocalNetwork::Remove() {
  for (size_t node = 0; node <= namespaces_.size(); ++node) {
    const int index = node < namespaces_.size() ? Port(static_cast<int>(node)) : kBridge;
    NetlinkRequest request(RTM_DELLINK, 0, LinkHeader(index));
    try {
      netlink_.Send(request, "removing a link");
    } catch (const std::system_error&) {  // it was not made
    }
  }
  try {
    nftables_.Run("delete table bridge cleave");
  } catch (const std::runtime_error&) {  // it was not made
  }
}

std::string LocalNetwork::Address(int node) { return "10.42.0." + std::to_string(Host(node)); }

std::string LocalNetwork::ControllerAddress() { return "10.42.0." + std::to_string(kController); }

void LocalNetwork::Cut(std::span<const Link> links) {
  std::string commands = "flush set bridge cleave cut";
  if (!links.empty()) {
    commands += "; add element bridge cleave cut {";
    const char* comma = "";
    for (const auto& [from, to] : links) {
      commands += comma + PortName(from) + " . " + PortName(to);
      comma = ", ";
    }
    commands += "}";
  }
  nftables_.Run(commands);
}

void LocalNetwork::Uncut() { Cut({}); }

std::vector<Link> LocalNetwork::CutLinks() const {
  const auto node = [](const Json& port) {
    return std::stoi(port.get<std::string>().substr(1)) - 1;
  };
  std::vector<Link> links;
  for (const Json& object : nftables_.List("list set bridge cleave cut")) {
    if (!object.contains("set") || !object["set"].contains("elem")) continue;
    for (const Json& element : object["set"]["elem"]) {
      const Json& pair = element.at("concat");
      links.emplace_back(node(pair.at(0)), node(pair.at(1)));
    }
  }
  std::sort(links.begin(), links.end());
  return links;
}

uint64_t LocalNetwork::DroppedPackets() const {
  for (const Json& object : nftables_.List("list chain bridge cleave forward")) {
    if (!object.contains("rule")) continue;
    for (const Json& expression : object["rule"].at("expr")) {
      if (expression.contains("counter"))
        return expression["counter"].at("packets").get<uint64_t>();
    }
  }
  throw std::runtime_error("the kernel lists no counter of cut packets");
}

}  // namespace cleave
