// See netlink.h and netlink(7), rtnetlink(7).
#include "harness/cluster/netlink.h"

#include <linux/netlink.h>
#include <sys/socket.h>

#include <cstring>

namespace cleave {

NetlinkRequest& NetlinkRequest::Append(const void* data, size_t size) {
  const char* begin = static_cast<const char*>(data);
  bytes_.insert(bytes_.end(), begin, begin + size);
  bytes_.resize(NLMSG_ALIGN(bytes_.size()));
  return *this;
}

NetlinkRequest& NetlinkRequest::Add(uint16_t type, const void* data, size_t size) {
  const rtattr attribute = {static_cast<uint16_t>(RTA_LENGTH(size)), type};
  Append(&attribute, sizeof attribute);
  return Append(data, size);
}

NetlinkRequest& NetlinkRequest::Add(uint16_t type, std::string_view text) {
  const std::string terminated(text);
  return Add(type, terminated.c_str(), terminated.size() + 1);
}

NetlinkRequest& NetlinkRequest::Add(uint16_t type, uint32_t number) {
  return Add(type, &number, sizeof number);
}

NetlinkRequest& NetlinkRequest::Add8(uint16_t type, uint8_t number) {
  return Add(type, &number, sizeof number);
}

NetlinkRequest& NetlinkRequest::Begin(uint16_t type) {
  open_.push_back(bytes_.size());
  return Add(type, nullptr, 0);
}

NetlinkRequest& NetlinkRequest::End() {
  const uint16_t length = static_cast<uint16_t>(bytes_.size() - open_.back());
  memcpy(&bytes_[open_.back()] + offsetof(rtattr, rta_len), &length, sizeof length);
  open_.pop_back();
  return *this;
}

std::vector<char>& NetlinkRequest::Finish() {
  const uint32_t length = static_cast<uint32_t>(bytes_.size());
  memcpy(&bytes_[offsetof(nlmsghdr, nlmsg_len)], &length, sizeof length);
  return bytes_;
}

NetlinkSocket::NetlinkSocket(int protocol)
    : fd_(Checked(socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, protocol), "netlink socket")) {
  const timeval deadline = {5, 0};
  setsockopt(fd_.get(), SOL_SOCKET, SO_RCVTIMEO, &deadline, sizeof deadline);
}

void NetlinkSocket::Send(NetlinkRequest& request, const std::string& what) {
  const std::vector<char>& bytes = request.Finish();
  sockaddr_nl kernel = {};
  kernel.nl_family = AF_NETLINK;
  if (sendto(fd_.get(), bytes.data(), bytes.size(), 0, reinterpret_cast<sockaddr*>(&kernel),
             sizeof kernel) < 0) {
    ThrowErrno(what);
  }
  // The answer is one acknowledgement: a header and an error, 0 for success.
  alignas(nlmsghdr) char answer[8192];
  const ssize_t size = recv(fd_.get(), answer, sizeof answer, 0);
  if (size < ssize_t(sizeof(nlmsghdr) + sizeof(nlmsgerr)))
    ThrowErrno(what, size < 0 ? errno : EPROTO);
  nlmsgerr error;
  memcpy(&error, answer + NLMSG_HDRLEN, sizeof error);
  if (error.error != 0) ThrowErrno(what, -error.error);
}

}  // namespace cleave
