#include "models/zoo/parameters.h"
#include "models/zoo/resnet.h"

namespace systolith {
namespace {

class Resnet18 final : public ZooModel {
 public:
  std::vector<ZooParameter> parameters() const override { return image_parameters(); }
  Graph build(const ZooArguments& arguments) const override {
    return build_resnet("resnet18", {false, {2, 2, 2, 2}}, arguments);
  }
};

}  // namespace

extern const Registration<ZooModel> resnet18 = {
    "resnet18", "Residual network of 18 layers, 11.7 million weights.",
    []() -> std::unique_ptr<ZooModel> { return std::make_unique<Resnet18>(); }};

}  // namespace systolith
