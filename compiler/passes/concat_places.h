// Which values are computed straight into a Concat's output, so that no copy runs.
#pragma once

#include "compiler/passes/graph_edit.h"
#include "compiler/passes/value_formats.h"

namespace systolith {

// The Concat value that holds a value's channels, and from which channel on.
struct ConcatPlace {
  std::string inside;
  std::int64_t channel = 0;
};

// Inputs of channel-wise Concats that a kernel computes and that are no graph outputs; a value that
// is read by two Concats is placed in the first. (A Concat inside a Concat is placed like any other
// value, so chains of them share one storage.) No input of which a byte would hold another's
// element too.
std::map<std::string, ConcatPlace> place_in_concats(const Graph& graph, const Uses& uses,
                                                    const ValueFormatMap& formats);

// The dimension that is innermost in physical order.
std::size_t channel_axis(const Shape& logical);

}  // namespace systolith
