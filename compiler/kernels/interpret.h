// The reference interpreter: runs a kernel graph's arithmetic directly on whole tensors, sharing
// with the machine only the scalar rules of hw/arith. A simulated run equals it bit for bit.
#pragma once

#include <functional>
#include <map>
#include <string>
#include <vector>

#include "compiler/kernels/kernel_graph.h"

namespace systolith {

// Codes by tensor name, in physical order, as they lie in the machine's memory.
using CodeMap = std::map<std::string, std::vector<std::uint8_t>>;

// `inputs`: codes of every input tensor, and of the states that don't begin as the graph says.
// Returns the codes of every output and state. `poll` is called kernel by kernel and may throw.
CodeMap interpret(
    const KernelGraph& graph, const CodeMap& inputs, const std::function<void()>& poll = [] {});

// A logical fp32 tensor as codes of `tensor`'s format, quantisation and physical order, as they lie
// in the machine's memory, and back.
std::vector<std::uint8_t> to_codes(const KernelTensor& tensor, const Tensor& value);
Tensor from_codes(const KernelTensor& tensor, const std::vector<std::uint8_t>& codes);

// Codes from the compiler's memory as they lie in the machine's (kernel_graph.h), and back.
std::vector<std::uint8_t> pack_codes(Format format, std::vector<std::uint8_t> codes);
std::vector<std::uint8_t> unpack_codes(Format format, std::vector<std::uint8_t> codes);

}  // namespace systolith
