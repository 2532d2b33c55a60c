#include "entry.h"

FUZZ_TARGET(fuzz_snapshot_load)
