// Residual networks (He et al., Deep residual learning, 2015), as torchvision builds them: version
// 1.5, with the stride of a bottleneck on its 3x3 convolution.
#pragma once

#include <array>

#include "models/zoo/zoo.h"

namespace systolith {

struct ResnetShape {
  bool bottleneck = false;      // 1x1, 3x3, 1x1 instead of 3x3, 3x3
  std::array<int, 4> blocks{};  // in each stage
};

// Takes image_parameters().
Graph build_resnet(const std::string& model, const ResnetShape& shape,
                   const ZooArguments& arguments);

}  // namespace systolith
