# All from Debian packages (cmake/debian_packages.txt lists them); nothing is downloaded while building.
find_package(PkgConfig REQUIRED)
find_package(Threads REQUIRED)
find_package(Boost 1.74 REQUIRED)
find_package(fmt REQUIRED)
find_package(nlohmann_json REQUIRED)
find_package(yaml-cpp REQUIRED)
find_package(Protobuf REQUIRED)
find_package(ONNX CONFIG REQUIRED)  # the schema only: onnx_proto
pkg_check_modules(systemc REQUIRED IMPORTED_TARGET systemc)
find_package(CLI11 REQUIRED)
pkg_check_modules(libzip REQUIRED IMPORTED_TARGET libzip)
pkg_check_modules(zstd REQUIRED IMPORTED_TARGET libzstd)
if(SYSTOLITH_BUILD_TESTS)
  find_package(GTest REQUIRED)
  # The environment that the Makefile sets up, where it is there.
  find_program(Python3_EXECUTABLE python3 HINTS ${PROJECT_SOURCE_DIR}/.venv/bin REQUIRED)
endif()
