// The state of one adopt_quantization() call. Every value of the model is followed as one of four:
// a real number, codes, a constant that is codes times scales, or integer sums.
#pragma once

#include <optional>
#include <set>

#include "compiler/passes/canonical.h"

namespace systolith {

class Adoption {
 public:
  explicit Adoption(Graph& graph) : model_(graph.values), rewriter_(graph) {}
  void visit(const Node& node);
  std::vector<Node> take() { return rewriter_.take(); }

 private:
  // Codes that the model computes: those of the real value `real`, which has that encoding.
  struct Codes {
    std::string real;
    Encoding encoding;
  };
  // A constant's scales: one, or one per index of `axis`.
  struct ConstantScales {
    std::vector<float> scales;
    std::int64_t axis = 0;
  };
  // One scale and zero point, as inputs of a node; the zero point may be left out.
  struct Parameters {
    std::size_t scale, zero_point;
  };

  // adopt_quantization.cpp
  void quantize(const Node& node);
  void dequantize(const Node& node);
  void dequantize_constant(const Node& node);
  void move_codes(const Node& node);
  void move_sums(const Node& node);
  void visit_real(Node node);
  void round_operands(Node& node);

  DataType type_of(const std::string& value) const { return model_.at(value).type; }
  Encoding encoding_at(const Node& node, const Parameters& at, DataType type) const;
  const Tensor& constant_at(const Node& node, std::size_t input) const;
  // The value that stands for a real one of the model.
  std::string current(const std::string& value) const;
  const Encoding* encoding_of(const std::string& real) const;
  // The codes by name; a graph input's are those of itself, by scale 1.
  const Codes& codes_of(const Node& node, const std::string& value);
  // The real value of the codes, read with that scale and zero point.
  std::string real_of(const Node& node, const std::string& value, const Encoding& encoding);
  // The value rounded into the encoding: itself where it has it or its producer may store it so.
  std::string stored(const Node& node, const std::string& value, const std::string& name,
                     const Encoding& encoding);
  bool may_store(const std::string& value) const;
  // `value` under another name from now on.
  void rename(const Node& node, const std::string& value, const std::string& name);
  // Makes `output` the codes of the real value, as numbers where the graph gives them out.
  void define_codes(const Node& node, const std::string& output, const Codes& codes);
  std::string name_of_real(const std::string& codes) const;

  // adopt_products.cpp
  void visit_product(Node node);
  void visit_linear(const Node& node);   // QLinearConv, QLinearMatMul
  void visit_integer(const Node& node);  // ConvInteger, MatMulInteger
  void note_constant(const Node& node, const std::string& name, std::size_t codes,
                     std::size_t scale, std::size_t zero_point, std::int64_t axis);
  void emit_product(Node node, const std::vector<std::int64_t>& bias);
  void check_sums_are_exact(const Node& node, const std::string& weights, const Encoding& input);

  const std::map<std::string, Value> model_;  // before any code's name became a real value's
  Rewriter rewriter_;
  std::map<std::string, std::string> renamed_;
  std::map<std::string, Codes> codes_;
  std::map<std::string, ConstantScales> scaled_constants_;
  std::map<std::string, std::vector<std::int64_t>> constant_codes_;  // less their zero point
  std::set<std::string> sums_;
};

bool is_linear_product(const Node& node);   // QLinear…
bool is_integer_product(const Node& node);  // …Integer
// Whether the op hands on its first inputs' elements, or the largest of some.
bool only_selects(const Node& node);

}  // namespace systolith
