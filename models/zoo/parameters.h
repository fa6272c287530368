// Parameters that the zoo's models have in common.
#pragma once

#include <vector>

#include "models/zoo/zoo.h"

namespace systolith {

// batch and seed, then `own`.
std::vector<ZooParameter> with_common(std::vector<ZooParameter> own);

// Of image classifiers: batch, seed, classes, and size: the height and width of the image.
std::vector<ZooParameter> image_parameters(std::int64_t size = 224);

}  // namespace systolith
