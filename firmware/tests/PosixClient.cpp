#include "PosixClient.h"

#include <errno.h>
#include <fcntl.h>
#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>

int PosixClient::connect(IPAddress address, uint16_t port) {
  char host[16];
  snprintf(host, sizeof(host), "%d.%d.%d.%d", address[0], address[1], address[2],
           address[3]);
  return connect(host, port);
}

int PosixClient::connect(const char *host, uint16_t port) {
  stop();
  char service[6];
  snprintf(service, sizeof(service), "%u", port);
  addrinfo hints = {};
  hints.ai_family = AF_INET;
  hints.ai_socktype = SOCK_STREAM;
  addrinfo *found;
  if (getaddrinfo(host, service, &hints, &found) != 0) {
    return 0;
  }
  socket_ = socket(found->ai_family, found->ai_socktype, found->ai_protocol);
  isUp_ = socket_ >= 0 && ::connect(socket_, found->ai_addr, found->ai_addrlen) == 0;
  freeaddrinfo(found);
  if (!isUp_) {
    stop();
    return 0;
  }
  int yes = 1;
  setsockopt(socket_, IPPROTO_TCP, TCP_NODELAY, &yes, sizeof(yes));
  fcntl(socket_, F_SETFL, fcntl(socket_, F_GETFL) | O_NONBLOCK);
  return 1;
}

size_t PosixClient::write(const uint8_t *data, size_t size) {
  ssize_t written = isUp_ ? send(socket_, data, size, MSG_NOSIGNAL) : 0;
  if (written < 0) {
    isUp_ = errno == EAGAIN || errno == EINTR;
    return 0;
  }
  return static_cast<size_t>(written);
}

int PosixClient::available() {
  int count = 0;
  return socket_ >= 0 && ioctl(socket_, FIONREAD, &count) == 0 ? count : 0;
}

int PosixClient::read() {
  uint8_t byte;
  return read(&byte, 1) == 1 ? byte : -1;
}

int PosixClient::read(uint8_t *data, size_t size) {
  return socket_ >= 0 ? static_cast<int>(recv(socket_, data, size, 0)) : -1;
}

int PosixClient::peek() {
  uint8_t byte;
  return socket_ >= 0 && recv(socket_, &byte, 1, MSG_PEEK) == 1 ? byte : -1;
}

void PosixClient::stop() {
  if (socket_ >= 0) {
    close(socket_);
  }
  socket_ = -1;
  isUp_ = false;
}

uint8_t PosixClient::connected() {
  if (!isUp_) {
    return 0;
  }
  uint8_t byte;
  ssize_t count = recv(socket_, &byte, 1, MSG_PEEK);
  isUp_ = count > 0 || (count < 0 && (errno == EAGAIN || errno == EINTR));
  return isUp_;
}
