#include "models/zoo/parameters.h"
#include "models/zoo/resnet.h"

namespace systolith {
namespace {

class Resnet34 final : public ZooModel {
 public:
  std::vector<ZooParameter> parameters() const override { return image_parameters(); }
  Graph build(const ZooArguments& arguments) const override {
    return build_resnet("resnet34", {false, {3, 4, 6, 3}}, arguments);
  }
};

}  // namespace

extern const Registration<ZooModel> resnet34 = {
    "resnet34", "Residual network of 34 layers, 21.8 million weights.",
    []() -> std::unique_ptr<ZooModel> { return std::make_unique<Resnet34>(); }};

}  // namespace systolith
