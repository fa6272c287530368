// Models in float16 or bfloat16 as float32 ones.
#pragma once

#include "models/graph/graph.h"

namespace systolith {

// Makes every input and constant of those types, and what nodes are asked to compute, float32. A
// graph whose ops all define their result in those types (Op::keeps_narrow_floats) stays as it is.
void widen_floats(Graph& graph);

}  // namespace systolith
