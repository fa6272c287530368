// The text form of an operation: its name, then every field that differs from its default, as
// "matmul rows=64 cols=64 feed.address=0x400 feed.out_w=56". Addresses are hexadecimal, floats the
// shortest text that reads back to the same bits. hw/isa/parse.h reads it back.
#pragma once

#include <string>

#include "hw/isa/fields.h"

namespace systolith {

// "feed.address"; "rows".
std::string full_name(const Field& field);

std::string to_text(const Operation& operation);

// "0.1", "-0", "inf", "-inf", "nan", and "nan(0x7fc00001)" for other NaNs.
std::string to_text(float value);

}  // namespace systolith
