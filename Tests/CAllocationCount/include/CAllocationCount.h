#include <stdint.h>

/// Calls of malloc, calloc, realloc and the like by this thread so far: every program that links this library allocates
/// through it. All of it is 0 where AddressSanitizer, which has to be asked itself, takes the place of malloc.
uint64_t allocation_count(void);

/// Bytes in blocks that this thread has allocated, less those that it has freed, rounding included. Begins below zero
/// if it frees what others have allocated.
int64_t allocated_bytes(void);

/// The most that `allocated_bytes` has been since `forget_allocation_peak`.
int64_t allocation_peak(void);
void forget_allocation_peak(void);
