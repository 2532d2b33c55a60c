#include <stdint.h>

/// Calls of malloc, calloc, realloc and the like by this thread so far: every program that links this library allocates
/// through it.
uint64_t allocation_count(void);
