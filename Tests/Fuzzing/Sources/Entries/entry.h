// What libFuzzer calls for each input. In C, because for an executable in Swift the package manager names a main of its
// own.
#pragma once

#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

static double processor_seconds(void) {
  struct timespec now;
  clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
  return (double)now.tv_sec + (double)now.tv_nsec * 1e-9;
}

// Ends the process if an input takes more than FUZZ_TIMEOUT seconds of the processor's time (1 if it is not set): on a
// busy machine libFuzzer's own limit, which is one of elapsed time, says nothing of what an input costs.
static int run_in_time(int (*target)(const uint8_t *, size_t), const uint8_t *bytes, size_t count) {
  static double limit = 0;
  if (limit == 0) {
    const char *text = getenv("FUZZ_TIMEOUT");
    limit = text ? atof(text) : 1;
  }
  double start = processor_seconds();
  int result = target(bytes, count);
  double taken = processor_seconds() - start;
  if (taken > limit) {
    fprintf(stderr, "the input takes %.2f seconds of the processor's time\n", taken);
    abort();
  }
  return result;
}

#define FUZZ_TARGET(target)                                     \
  int target(const uint8_t *bytes, size_t count);               \
  int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t count) { return run_in_time(target, bytes, count); }
