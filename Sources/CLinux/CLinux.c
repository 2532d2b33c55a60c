#include "CLinux.h"

#include <stdio.h>
#include <stdlib.h>

#if defined(__x86_64__)
#include <cpuid.h>
#include <x86intrin.h>
#endif

static _Thread_local uint64_t steps;

uint64_t clinux_steps(void) { return steps; }

void clinux_count_steps(uint64_t count) { steps += count; }

static uint64_t nanoseconds(void) {
    struct timespec t;
    (void)clock_gettime(CLOCK_MONOTONIC, &t);
    return (uint64_t)t.tv_sec * 1000000000u + (uint64_t)t.tv_nsec;
}

uint64_t clinux_ticks(uintptr_t source) {
#if defined(__x86_64__)
    if (source) return __rdtsc();
#elif defined(__aarch64__)
    if (source) {
        uint64_t value;
        __asm__ volatile("mrs %0, cntvct_el0" : "=r"(value));
        return value;
    }
#endif
    return nanoseconds();
}

uintptr_t clinux_tick_source(void) {
#if defined(__x86_64__)
    // "Invariant TSC": runs at one rate whatever the processor's, and does not stop.
    unsigned a, b, c, d;
    return __get_cpuid(0x80000007, &a, &b, &c, &d) && (d >> 8 & 1);
#elif defined(__aarch64__)
    return 1;
#else
    return 0;
#endif
}

uint64_t clinux_tick_frequency(uintptr_t source) {
#if defined(__x86_64__)
    if (source) {
        uint64_t start = nanoseconds(), first = __rdtsc(), end;
        do end = nanoseconds();
        while (end - start < 2000000);
        return (uint64_t)((double)(__rdtsc() - first) * 1e9 / (double)(end - start));
    }
#elif defined(__aarch64__)
    if (source) {
        uint64_t value;
        __asm__ volatile("mrs %0, cntfrq_el0" : "=r"(value));
        return value;
    }
#endif
    return 1000000000;
}

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
    usage->system_bytes = (int64_t)sysconf(_SC_PHYS_PAGES) * sysconf(_SC_PAGESIZE);
    usage->user_microseconds = (int64_t)times.ru_utime.tv_sec * 1000000 + times.ru_utime.tv_usec;
    usage->system_microseconds = (int64_t)times.ru_stime.tv_sec * 1000000 + times.ru_stime.tv_usec;
}
