// Takes the place of the allocation functions of the C library, which the executable's symbols go before: for the Swift
// runtime too. See "Replacing malloc" in the manual of glibc; its own functions remain reachable by these names.
#include "CAllocationCount.h"

#include <errno.h>
#include <malloc.h>
#include <stddef.h>

static __thread uint64_t count;
static __thread int64_t bytes;
static __thread int64_t peak;

uint64_t allocation_count(void) { return count; }
int64_t allocated_bytes(void) { return bytes; }
int64_t allocation_peak(void) { return peak; }
void forget_allocation_peak(void) { peak = bytes; }

#if !__has_feature(address_sanitizer)

extern void *__libc_malloc(size_t size);
extern void *__libc_calloc(size_t count, size_t size);
extern void *__libc_realloc(void *block, size_t size);
extern void *__libc_memalign(size_t alignment, size_t size);
extern void __libc_free(void *block);

static void *added(void *block) {
  count++;
  bytes += (int64_t)malloc_usable_size(block);
  if (bytes > peak) peak = bytes;
  return block;
}

void *malloc(size_t size) { return added(__libc_malloc(size)); }

void *calloc(size_t number, size_t size) { return added(__libc_calloc(number, size)); }

void *realloc(void *block, size_t size) {
  size_t before = malloc_usable_size(block);
  void *fresh = __libc_realloc(block, size);
  // Where it fails, the old block stays, unless nothing was asked for.
  if (fresh != NULL || size == 0) bytes -= (int64_t)before;
  return added(fresh);
}

void *memalign(size_t alignment, size_t size) { return added(__libc_memalign(alignment, size)); }

void *aligned_alloc(size_t alignment, size_t size) { return memalign(alignment, size); }

int posix_memalign(void **block, size_t alignment, size_t size) {
  if (alignment % sizeof(void *) != 0 || (alignment & (alignment - 1)) != 0) return EINVAL;
  void *fresh = memalign(alignment, size);
  if (fresh == NULL) return ENOMEM;
  *block = fresh;
  return 0;
}

void free(void *block) {
  bytes -= (int64_t)malloc_usable_size(block);
  __libc_free(block);
}

#endif
