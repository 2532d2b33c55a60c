#define _GNU_SOURCE 1

#include "CLinux.h"

int clinux_wait_readable(int fd, int64_t microseconds) {
    struct pollfd entry = {.fd = fd, .events = POLLIN};
    struct timespec limit = {.tv_sec = microseconds / 1000000, .tv_nsec = microseconds % 1000000 * 1000};
    return (int)clinux_result(ppoll(&entry, 1, &limit, NULL));
}

int clinux_accept(int listener, union clinux_address *peer, socklen_t *length) {
    *length = sizeof *peer;
    return (int)clinux_result(accept4(listener, &peer->any, length, SOCK_NONBLOCK | SOCK_CLOEXEC));
}
