#include "entry.h"

FUZZ_TARGET(fuzz_admin_requests)
