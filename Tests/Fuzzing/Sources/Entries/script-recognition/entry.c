#include "entry.h"

FUZZ_TARGET(fuzz_script_recognition)
