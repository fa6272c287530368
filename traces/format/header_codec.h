// A program's header as bytes, without the contents of its data segments.
#pragma once

#include <string>
#include <vector>

#include "traces/format/program.h"

namespace systolith {

std::string encode_header(const ProgramHeader& header);

struct DecodedHeader {
  ProgramHeader header;                   // data: addresses only
  std::vector<std::uint64_t> data_sizes;  // bytes of each data segment, as stated
};
// Throws UserError, without a place, on bytes that are no header.
DecodedHeader decode_header(std::string_view bytes);

}  // namespace systolith
