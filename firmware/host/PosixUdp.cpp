#include "PosixUdp.h"

#include <fcntl.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

namespace {

constexpr uint8_t FirstGroup = 224; // in the address's first byte

uint16_t redirected = 0;

sockaddr_in place(const IPAddress &address, uint16_t port) {
  sockaddr_in result = {};
  result.sin_family = AF_INET;
  result.sin_port = htons(port);
  result.sin_addr.s_addr = static_cast<uint32_t>(address);
  return result;
}

} // namespace

void PosixUdp::redirect(uint16_t port) { redirected = port; }

uint8_t PosixUdp::begin(uint16_t port) { return open(port); }

uint8_t PosixUdp::beginMulticast(IPAddress group, uint16_t port) {
  if (redirected != 0 || !open(port)) {
    return 0;
  }
  ip_mreq request = {};
  request.imr_multiaddr.s_addr = static_cast<uint32_t>(group);
  if (setsockopt(socket_, IPPROTO_IP, IP_ADD_MEMBERSHIP, &request, sizeof(request)) !=
      0) {
    stop();
    return 0;
  }
  return 1;
}

bool PosixUdp::open(uint16_t port) {
  stop();
  socket_ = socket(AF_INET, SOCK_DGRAM, 0);
  if (socket_ < 0) {
    return false;
  }
  // Others on this machine may listen to mDNS, too.
  int yes = 1;
  setsockopt(socket_, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof(yes));
  fcntl(socket_, F_SETFL, fcntl(socket_, F_GETFL) | O_NONBLOCK);
  sockaddr_in here =
      place(redirected != 0 ? IPAddress(127, 0, 0, 1) : IPAddress(), port);
  if (bind(socket_, reinterpret_cast<const sockaddr *>(&here), sizeof(here)) != 0) {
    stop();
    return false;
  }
  return true;
}

void PosixUdp::stop() {
  if (socket_ >= 0) {
    close(socket_);
  }
  socket_ = -1;
  length_ = taken_ = sent_ = 0;
}

int PosixUdp::beginPacket(IPAddress address, uint16_t port) {
  bool isGroup = address[0] >= FirstGroup;
  to_ = isGroup && redirected != 0 ? IPAddress(127, 0, 0, 1) : address;
  toPort_ = isGroup && redirected != 0 ? redirected : port;
  sent_ = 0;
  return socket_ >= 0;
}

// Names are not looked up: the library asks addresses only.
int PosixUdp::beginPacket(const char *, uint16_t) { return 0; }

size_t PosixUdp::write(const uint8_t *bytes, size_t size) {
  if (size > sizeof(out_) - sent_) {
    size = sizeof(out_) - sent_;
  }
  memcpy(out_ + sent_, bytes, size);
  sent_ += size;
  return size;
}

int PosixUdp::endPacket() {
  sockaddr_in there = place(to_, toPort_);
  return sendto(socket_, out_, sent_, 0, reinterpret_cast<const sockaddr *>(&there),
                sizeof(there)) == static_cast<ssize_t>(sent_);
}

int PosixUdp::parsePacket() {
  length_ = taken_ = 0;
  sockaddr_in there = {};
  socklen_t size = sizeof(there);
  ssize_t count = socket_ < 0 ? -1
                              : recvfrom(socket_, packet_, sizeof(packet_), 0,
                                         reinterpret_cast<sockaddr *>(&there), &size);
  if (count <= 0) {
    return 0;
  }
  length_ = static_cast<size_t>(count);
  from_ = IPAddress(static_cast<uint32_t>(there.sin_addr.s_addr));
  fromPort_ = ntohs(there.sin_port);
  return static_cast<int>(count);
}

int PosixUdp::read() {
  unsigned char byte;
  return read(&byte, 1) == 1 ? byte : -1;
}

int PosixUdp::read(unsigned char *bytes, size_t size) {
  size_t left = length_ - taken_;
  if (size > left) {
    size = left;
  }
  memcpy(bytes, packet_ + taken_, size);
  taken_ += size;
  return static_cast<int>(size);
}
