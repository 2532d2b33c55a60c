#include "entry.h"

FUZZ_TARGET(fuzz_configuration_file)
