#include "models/zoo/parameters.h"
#include "models/zoo/resnet.h"

namespace systolith {
namespace {

class Resnet50 final : public ZooModel {
 public:
  std::vector<ZooParameter> parameters() const override { return image_parameters(); }
  Graph build(const ZooArguments& arguments) const override {
    return build_resnet("resnet50", {true, {3, 4, 6, 3}}, arguments);
  }
};

}  // namespace

extern const Registration<ZooModel> resnet50 = {
    "resnet50", "Residual network of 50 layers (version 1.5), 25.6 million weights.",
    []() -> std::unique_ptr<ZooModel> { return std::make_unique<Resnet50>(); }};

}  // namespace systolith
