// The way back through sliding windows, of Conv and AveragePool.
#pragma once

#include "models/ops/append.h"
#include "models/ops/spatial.h"

namespace systolith {

// What a convolution of that geometry has as attributes, auto_pad resolved.
std::map<std::string, Attribute> explicit_attributes(const SpatialGeometry& geometry,
                                                     std::int64_t groups);

// Appends the ConvTranspose that gives every element of the windows' input the sum, over the
// windows that hold it, of the window's value times the tap's weight. Where the last windows end
// before the input its output_padding adds the rows and columns that they miss; where they reach
// beyond it its pads take off what is too much.
std::string spread_windows(GraphAppender& append, const SpatialGeometry& geometry,
                           std::int64_t groups, const std::string& values,
                           const std::string& weights);

}  // namespace systolith
