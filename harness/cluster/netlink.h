// rtnetlink requests, built by hand: just enough to make bridges, veth pairs, addresses and
// neighbours. Each request is one message, acknowledged by the kernel before Send returns.
#pragma once

#include <linux/rtnetlink.h>

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "harness/run/scoped_fd.h"

namespace cleave {

/// A message: a header of the request's own type, then attributes, which may nest.
class NetlinkRequest {
 public:
  template <class Header>
  NetlinkRequest(uint16_t type, uint16_t flags, const Header& header) {
    nlmsghdr message = {};
    message.nlmsg_type = type;
    message.nlmsg_flags = NLM_F_REQUEST | NLM_F_ACK | flags;
    Append(&message, sizeof message);
    Append(&header, sizeof header);
  }

  NetlinkRequest& Add(uint16_t type, const void* data, size_t size);
  NetlinkRequest& Add(uint16_t type, std::string_view text);  // with a terminating zero
  NetlinkRequest& Add(uint16_t type, uint32_t number);
  NetlinkRequest& Add8(uint16_t type, uint8_t number);
  /// Attributes up to the matching End are inside of this one.
  NetlinkRequest& Begin(uint16_t type);
  NetlinkRequest& End();
  /// Raw bytes inside of a nested attribute, e.g. a veth peer's header.
  NetlinkRequest& Append(const void* data, size_t size);

  std::vector<char>& Finish();  // with its length filled in

 private:
  std::vector<char> bytes_;
  std::vector<size_t> open_;  // where the nested attributes begin
};

/// A socket in the net namespace that the calling thread is in when it is made; it stays there.
class NetlinkSocket {
 public:
  explicit NetlinkSocket(int protocol = NETLINK_ROUTE);
  /// Throws std::system_error "what: reason" when the kernel refuses.
  void Send(NetlinkRequest& request, const std::string& what);

 private:
  ScopedFd fd_;
};

}  // namespace cleave
