// The trials of network mechanisms. See probe_trials.h.
#include <arpa/inet.h>
#include <fcntl.h>
#include <linux/if_tun.h>
#include <linux/netfilter/nfnetlink.h>
#include <linux/netfilter/nfnetlink_queue.h>
#include <linux/pkt_sched.h>
#include <net/if.h>
#include <sys/ioctl.h>

#include <cstring>
#include <stdexcept>

#include "harness/cluster/netlink.h"
#include "harness/cluster/nftables.h"
#include "harness/cluster/probe_trials.h"

namespace cleave::trials {
namespace {

constexpr int kLoopback = 1;

void AddLink(NetlinkSocket& netlink, const char* name, const char* kind) {
  NetlinkRequest request(RTM_NEWLINK, NLM_F_CREATE | NLM_F_EXCL, ifinfomsg{});
  request.Add(IFLA_IFNAME, name).Begin(IFLA_LINKINFO).Add(IFLA_INFO_KIND, kind).End();
  netlink.Send(request, std::string("making a ") + kind);
}

}  // namespace

std::string VethAndBridge() {
  NetlinkSocket netlink;
  AddLink(netlink, "probe", "bridge");
  AddLink(netlink, "port", "veth");
  ifinfomsg port = {};
  port.ifi_index = static_cast<int>(if_nametoindex("port"));
  NetlinkRequest join(RTM_SETLINK, 0, port);
  join.Add(IFLA_MASTER, uint32_t{if_nametoindex("probe")});
  netlink.Send(join, "joining a bridge");
  return "made";
}

std::string NftablesBridge() {
  Nftables nftables;
  nftables.Run(
      "add table bridge probe; add set bridge probe cut { type ifname . ifname; };"
      "add chain bridge probe forward { type filter hook forward priority 0; };"
      "add rule bridge probe forward iifname . oifname @cut counter drop;"
      "add element bridge probe cut { n1 . n2 }");
  if (DumpJson(nftables.List("list chain bridge probe forward")).find("\"packets\":0") ==
      std::string::npos) {
    throw std::runtime_error("the kernel lists no counter");
  }
  return "a set of links, a rule that drops and counts";
}

std::string Netem() {
  tcmsg header = {};
  header.tcm_ifindex = kLoopback;
  header.tcm_parent = TC_H_ROOT;
  header.tcm_handle = 1u << 16;
  tc_netem_qopt options = {};
  options.limit = 1000;
  NetlinkRequest request(RTM_NEWQDISC, NLM_F_CREATE | NLM_F_EXCL, header);
  request.Add(TCA_KIND, "netem").Add(TCA_OPTIONS, &options, sizeof options);
  NetlinkSocket().Send(request, "adding a netem queue");
  return "added to an interface";
}

std::string Nfqueue() {
  nfgenmsg header = {};
  header.nfgen_family = AF_UNSPEC;
  header.version = NFNETLINK_V0;
  header.res_id = htons(7);
  nfqnl_msg_config_cmd bind = {};
  bind.command = NFQNL_CFG_CMD_BIND;
  bind.pf = htons(AF_INET);
  NetlinkRequest request((NFNL_SUBSYS_QUEUE << 8) | NFQNL_MSG_CONFIG, 0, header);
  request.Add(NFQA_CFG_CMD, &bind, sizeof bind);
  NetlinkSocket(NETLINK_NETFILTER).Send(request, "binding a queue");
  try {
    Nftables().Run(
        "add table ip probe; add chain ip probe input { type filter hook input priority 0; };"
        "add rule ip probe input queue num 7 bypass");
    return "a bound queue, and a rule of nftables that feeds it";
  } catch (const std::runtime_error&) {
    return "a bound queue; nftables cannot feed it here, iptables may";
  }
}

std::string Tap() {
  const ScopedFd tun(Checked(open("/dev/net/tun", O_RDWR | O_CLOEXEC), "/dev/net/tun"));
  ifreq request = {};
  strcpy(request.ifr_name, "probe");
  request.ifr_flags = IFF_TAP | IFF_NO_PI;
  Checked(ioctl(tun.get(), TUNSETIFF, &request), "making a TAP interface");
  return "made";
}

}  // namespace cleave::trials
