#include "entry.h"

FUZZ_TARGET(fuzz_access_rules)
