// The text form: what people read and diff.
//
//   systolith-program 1
//   workload "resnet50"
//   machine "edge_npu" fingerprint 0x12ab
//   cores 1
//   layer 0 "conv1" op "Conv+Relu" format "int8" macs 118013952 weight_bytes 9408 dram_bytes 959616
//   tensor input "data" address 0x0 bytes 150528 format int8 scale 0.02 zero 3 shape 1x224x224x3
//     logical 1x3x224x224                       (one line; a scalar's shape is "scalar")
//   data 0x1000 bytes 3
//     00ff17
//   core 0
//     0: load system_address=0x1000 run=64 loops=4:256:64
//     1: preload after 0 1:12 layer=2 tenant=1 rows=32 cols=32
//   end
//
// Fields with their default are left out; # begins a comment. What is written here is canonical:
// reading it and writing it again gives the same text.
#pragma once

#include <ostream>
#include <string>

#include "traces/format/program.h"

namespace systolith {

void write_text(CommandSource& program, std::ostream& out);
void write_text(const Program& program, std::ostream& out);

// The lines before the streams.
std::string header_text(const ProgramHeader& header);
// "1: preload after 0 1:12 layer=2 rows=32 cols=32"
std::string command_text(const Command& command);

}  // namespace systolith
