#include "models/onnx/wire_fault.h"

#include <fmt/format.h>

namespace systolith {
namespace {

using google::protobuf::Descriptor;
using google::protobuf::FieldDescriptor;

constexpr int kMaxDepth = 100;  // protobuf's default recursion limit

// https://protobuf.dev/programming-guides/encoding/#structure
enum WireType : std::uint64_t { kVarint = 0, kFixed64 = 1, kLengthDelimited = 2, kFixed32 = 5 };

class Walker {
 public:
  explicit Walker(std::string_view bytes) : bytes_(bytes) {}

  std::optional<WireFault> walk(const Descriptor& message, std::size_t end, const std::string& path,
                                int depth) {
    if (depth > kMaxDepth) return WireFault{at_, path, "messages are nested too deeply"};
    while (at_ < end) {
      const std::size_t start = at_;
      const auto tag = varint(end);
      if (!tag) return WireFault{start, path, "a field's tag is broken"};
      const FieldDescriptor* field = message.FindFieldByNumber(static_cast<int>(*tag >> 3));
      const std::string name = path + (path.empty() || !field ? "" : ".") +
                               (field ? std::string(field->name()) : std::string());
      if (auto fault = skip(static_cast<WireType>(*tag & 7), field, start, end, name, depth))
        return fault;
    }
    return std::nullopt;
  }

 private:
  std::optional<std::uint64_t> varint(std::size_t end) {
    std::uint64_t value = 0;
    for (unsigned shift = 0; shift < 64 && at_ < end; shift += 7) {
      const auto byte = static_cast<unsigned char>(bytes_[at_++]);
      value |= static_cast<std::uint64_t>(byte & 0x7F) << shift;
      if ((byte & 0x80) == 0) return value;
    }
    return std::nullopt;
  }

  std::optional<WireFault> skip(WireType type, const FieldDescriptor* field, std::size_t start,
                                std::size_t end, const std::string& name, int depth) {
    std::uint64_t length = 0;
    if (type == kVarint) {
      if (!varint(end)) return WireFault{start, name, "a number is cut short"};
    } else if (type == kFixed64 || type == kFixed32) {
      length = type == kFixed64 ? 8 : 4;
    } else if (type == kLengthDelimited) {
      const auto given = varint(end);
      if (!given) return WireFault{start, name, "a length is cut short"};
      length = *given;
    } else {
      return WireFault{start, name, fmt::format("wire type {} is not ONNX's", std::uint64_t{type})};
    }
    if (length > end - at_)
      return WireFault{start, name,
                       fmt::format("the field needs {} bytes, {} are left", length, end - at_)};
    const std::size_t field_end = at_ + static_cast<std::size_t>(length);
    if (type == kLengthDelimited && field != nullptr &&
        field->type() == FieldDescriptor::TYPE_MESSAGE)
      return walk(*field->message_type(), field_end, name, depth + 1);
    at_ = field_end;
    return std::nullopt;
  }

  std::string_view bytes_;
  std::size_t at_ = 0;
};

}  // namespace

std::optional<WireFault> find_wire_fault(const Descriptor& message, std::string_view bytes) {
  return Walker(bytes).walk(message, bytes.size(), "", 0);
}

}  // namespace systolith
