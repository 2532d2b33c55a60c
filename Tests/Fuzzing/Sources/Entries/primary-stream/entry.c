#include "entry.h"

FUZZ_TARGET(fuzz_primary_stream)
