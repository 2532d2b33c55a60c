#include "CLinux.h"

#include <stdio.h>
#include <stdlib.h>

int clinux_open_temporary(char *name) {
    int fd = (int)clinux_result(mkstemp(name));
    if (fd >= 0) (void)fcntl(fd, F_SETFD, FD_CLOEXEC);
    return fd;
}

void clinux_process_usage(struct clinux_usage *usage) {
    struct rusage times;
    char text[64];
    long total = 0, resident = 0;
    (void)getrusage(RUSAGE_SELF, &times);
    int file = open("/proc/self/statm", O_RDONLY | O_CLOEXEC);
    if (file >= 0) {
        ssize_t count = read(file, text, sizeof text - 1);
        text[count > 0 ? count : 0] = 0;
        if (sscanf(text, "%ld %ld", &total, &resident) != 2) resident = 0;
        (void)close(file);
    }
    usage->resident_bytes = (int64_t)resident * sysconf(_SC_PAGESIZE);
    usage->user_microseconds = (int64_t)times.ru_utime.tv_sec * 1000000 + times.ru_utime.tv_usec;
    usage->system_microseconds = (int64_t)times.ru_stime.tv_sec * 1000000 + times.ru_stime.tv_usec;
}
