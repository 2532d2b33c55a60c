#include "entry.h"

FUZZ_TARGET(fuzz_data_files)
