// Inline wrappers for what Swift cannot spell: prefetch, and Linux calls whose constants are macros.
// Nothing here allocates, and nothing keeps state.
#pragma once

#include <errno.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/mman.h>

/// Asks the processor to bring the cache line that holds `address` closer. Never faults, whatever the address.
static inline void clinux_prefetch(const void *address) { __builtin_prefetch(address, 0, 3); }

/// Reserves `length` bytes of address space without memory behind it; NULL when refused.
static inline void *clinux_reserve(size_t length) {
    void *base = mmap(NULL, length, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    return base == MAP_FAILED ? NULL : base;
}

/// Makes a page-aligned part of a reservation readable and writable (zero-filled); 0 on success.
static inline int clinux_commit(void *address, size_t length) {
    return mprotect(address, length, PROT_READ | PROT_WRITE);
}

/// Gives the memory behind a page-aligned part back; it stays readable and writable, zero-filled on next use.
static inline void clinux_discard(void *address, size_t length) { (void)madvise(address, length, MADV_DONTNEED); }

/// Releases a whole reservation.
static inline void clinux_release(void *address, size_t length) { (void)munmap(address, length); }
