// What libFuzzer calls. In C, because for an executable in Swift the package manager names a main of its own.
#include <stddef.h>
#include <stdint.h>

int fuzz_snapshot_load(const uint8_t *bytes, size_t count);

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t count) { return fuzz_snapshot_load(bytes, count); }
