// write_onnx WORKLOAD FILE.onnx [BATCH]: any workload as an ONNX file, for other runtimes to check.
#include <cstdio>

#include "models/onnx/onnx.h"

int main(int argc, char** argv) {
  if (argc != 3 && argc != 4) {
    std::fputs("usage: write_onnx WORKLOAD FILE.onnx [BATCH]\n", stderr);
    return 2;
  }
  try {
    const systolith::Graph graph =
        systolith::load_workload(argv[1], argc == 4 ? std::stoll(argv[3]) : 0);
    systolith::write_onnx(graph, argv[2]);
  } catch (const systolith::UserError& error) {
    std::fprintf(stderr, "%s\n", error.what());
    return 2;
  }
}
