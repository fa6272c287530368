#include "traces/format/header_codec.h"

#include "hw/isa/varint.h"
#include "hw/isa/words.h"

namespace systolith {
namespace {

// One description of the header for both directions: Out writes what it is shown, In fills it.
class Out {
 public:
  std::string bytes;

  template <class T>
  void scalar(const T& value) {
    put_varint(bytes, zigzag(to_word(value)));
  }
  void text(const std::string& value) {
    put_varint(bytes, value.size());
    bytes += value;
  }
  template <class T, class Each>
  void list(const std::vector<T>& values, Each each) {
    put_varint(bytes, values.size());
    for (const auto& value : values) each(value);
  }
};

class In {
 public:
  explicit In(std::string_view bytes) : in_(bytes) {}
  std::size_t left() const { return in_.left(); }

  template <class T>
  void scalar(T& value) {
    if (!from_word(unzigzag(in_.varint()), value))
      user_error("a number of the header is out of its type's range");
  }
  void text(std::string& value) { value = in_.bytes(in_.varint()); }
  template <class T, class Each>
  void list(std::vector<T>& values, Each each) {
    const std::uint64_t count = in_.varint();
    // Every element takes a byte at least: refuses a count before allocating for it.
    if (count > in_.left()) user_error("a list of the header is longer than the header");
    for (std::uint64_t i = 0; i < count; ++i) each(values.emplace_back());
  }

 private:
  ByteReader in_;
};

template <class Codec, class Layer>
void layer_fields(Codec& codec, Layer& layer) {
  codec.text(layer.name);
  codec.text(layer.op);
  codec.text(layer.format);
  codec.scalar(layer.macs);
  codec.scalar(layer.weight_bytes);
  codec.scalar(layer.dram_bytes_stated);
  codec.text(layer.phase);
}

template <class Codec, class Tensor>
void tensor_fields(Codec& codec, Tensor& tensor) {
  codec.text(tensor.name);
  codec.scalar(tensor.role);
  codec.scalar(tensor.address);
  codec.scalar(tensor.bytes);
  codec.scalar(tensor.format);
  codec.scalar(tensor.scale);
  codec.scalar(tensor.zero_point);
  codec.list(tensor.shape, [&](auto& extent) { codec.scalar(extent); });
  codec.list(tensor.logical_shape, [&](auto& extent) { codec.scalar(extent); });
  codec.text(tensor.layout);
}

template <class Codec, class Header>
void header_fields(Codec& codec, Header& header) {
  codec.text(header.workload);
  codec.text(header.machine);
  codec.scalar(header.fingerprint);
  codec.scalar(header.cores);
  codec.scalar(header.memory.dram_bytes);
  codec.scalar(header.memory.live_bytes);
  codec.list(header.layers, [&](auto& layer) { layer_fields(codec, layer); });
  codec.list(header.tensors, [&](auto& tensor) { tensor_fields(codec, tensor); });
  codec.list(header.data, [&](auto& segment) { codec.scalar(segment.address); });
}

}  // namespace

std::string encode_header(const ProgramHeader& header) {
  Out out;
  header_fields(out, header);
  for (const auto& segment : header.data) out.scalar(std::uint64_t{segment.bytes.size()});
  return out.bytes;
}

DecodedHeader decode_header(std::string_view bytes) {
  In in(bytes);
  DecodedHeader decoded;
  header_fields(in, decoded.header);
  decoded.data_sizes.resize(decoded.header.data.size());
  for (auto& size : decoded.data_sizes) in.scalar(size);
  if (in.left() != 0) user_error("the header is followed by {} unknown bytes", in.left());
  return decoded;
}

}  // namespace systolith
