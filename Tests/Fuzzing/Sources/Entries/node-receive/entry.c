#include "entry.h"

FUZZ_TARGET(fuzz_node_receive)
