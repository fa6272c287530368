#include "models/zoo/parameters.h"

#include <limits>

namespace systolith {

std::vector<ZooParameter> with_common(std::vector<ZooParameter> own) {
  std::vector<ZooParameter> all = {
      {"batch", 1, "inputs at once"},
      {"seed", 1, "of the weights", 0, std::numeric_limits<std::int64_t>::max()}};
  all.insert(all.end(), own.begin(), own.end());
  return all;
}

std::vector<ZooParameter> image_parameters(std::int64_t size) {
  return with_common(
      {{"classes", 1000, "outputs"}, {"size", size, "height and width of the image", 1, 8192}});
}

}  // namespace systolith
