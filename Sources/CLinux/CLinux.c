// For pipe2.
#define _GNU_SOURCE
#include "CLinux.h"

#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>

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

extern char **environ;

/// Kills a child that was not waited for, and waits for it.
static void end_child(pid_t child) {
    int status;
    (void)kill(-child, SIGKILL);
    while (waitpid(child, &status, 0) < 0 && errno == EINTR) {}
}

/// Reads from `fd` until its end, `capacity` bytes or `deadline`, in milliseconds.
static long read_until(int fd, char *buffer, size_t capacity, int64_t deadline) {
    size_t filled = 0;
    while (filled < capacity) {
        int64_t left = deadline - clinux_monotonic_microseconds() / 1000;
        struct pollfd wanted = {.fd = fd, .events = POLLIN};
        int ready = left <= 0 ? 0 : poll(&wanted, 1, (int)left);
        if (ready < 0 && errno == EINTR) continue;
        if (ready < 0) return -errno;
        if (ready == 0) return -ETIMEDOUT;
        long count = clinux_read(fd, buffer + filled, capacity - filled);
        if (count == -EINTR) continue;
        if (count < 0) return count;
        if (count == 0) break;
        filled += (size_t)count;
    }
    return (long)filled;
}

long clinux_run_command(const char *command, void *buffer, size_t capacity, int milliseconds, int *status) {
    int ends[2];
    if (pipe2(ends, O_CLOEXEC) < 0) return -errno;
    posix_spawn_file_actions_t actions;
    posix_spawnattr_t attributes;
    (void)posix_spawn_file_actions_init(&actions);
    (void)posix_spawnattr_init(&attributes);
    // A group of its own, so that what the shell has started ends with it.
    (void)posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETPGROUP);
    (void)posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0);
    (void)posix_spawn_file_actions_adddup2(&actions, ends[1], 1);
    char shell[] = "/bin/sh", option[] = "-c";
    char *words[] = {shell, option, (char *)command, NULL};
    pid_t child;
    int failure = posix_spawn(&child, shell, &actions, &attributes, words, environ);
    (void)posix_spawn_file_actions_destroy(&actions);
    (void)posix_spawnattr_destroy(&attributes);
    (void)close(ends[1]);
    if (failure) {
        (void)close(ends[0]);
        return -failure;
    }
    int64_t deadline = clinux_monotonic_microseconds() / 1000 + milliseconds;
    long count = read_until(ends[0], buffer, capacity, deadline);
    (void)close(ends[0]);
    if (count < 0) {
        end_child(child);
        return count;
    }
    // What it does after it has closed its output is its own affair, for as long as it may take.
    pid_t ended;
    while ((ended = waitpid(child, status, WNOHANG)) == 0 || (ended < 0 && errno == EINTR)) {
        if (clinux_monotonic_microseconds() / 1000 >= deadline) {
            end_child(child);
            return -ETIMEDOUT;
        }
        (void)usleep(2000);
    }
    *status = ended < 0 || !WIFEXITED(*status) ? -1 : WEXITSTATUS(*status);
    return count;
}

void clinux_wipe(void *buffer, size_t count) { explicit_bzero(buffer, count); }
