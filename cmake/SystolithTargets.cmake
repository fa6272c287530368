# One target per second-level folder. Usage requirements only; no global flags.
add_library(systolith_options INTERFACE)
target_compile_features(systolith_options INTERFACE cxx_std_17)
target_include_directories(systolith_options INTERFACE ${PROJECT_SOURCE_DIR})
target_compile_options(systolith_options INTERFACE
  -Wall -Wextra -Wpedantic -Wshadow -Wnon-virtual-dtor -Woverloaded-virtual
  -fmacro-prefix-map=${PROJECT_SOURCE_DIR}/=  # __FILE__ tells no builder's folder
  -ffp-contract=off  # fp32 results are defined without fused multiply-add (hw/arith/epilogue.h)
  $<$<BOOL:${SYSTOLITH_WARNINGS_AS_ERRORS}>:-Werror>)
if(SYSTOLITH_SANITIZE)
  target_compile_options(systolith_options INTERFACE
    -fsanitize=${SYSTOLITH_SANITIZE} -fno-omit-frame-pointer -fno-sanitize-recover=undefined
    -Wno-maybe-uninitialized)  # GCC 12 raises it falsely in <regex> under the sanitizers
  target_link_options(systolith_options INTERFACE -fsanitize=${SYSTOLITH_SANITIZE})
endif()

# systolith_library(<target> [SOURCES file...] [LINKS target...]): links are public.
function(systolith_library target)
  cmake_parse_arguments(ARG "" "" "SOURCES;LINKS" ${ARGN})
  if(NOT ARG_SOURCES)  # a room of components only: systolith_components() adds the files
    file(CONFIGURE OUTPUT ${CMAKE_CURRENT_BINARY_DIR}/${target}_empty.cpp CONTENT "")
    set(ARG_SOURCES ${CMAKE_CURRENT_BINARY_DIR}/${target}_empty.cpp)
  endif()
  add_library(${target} STATIC ${ARG_SOURCES})
  set_target_properties(${target} PROPERTIES LINKER_LANGUAGE CXX)
  target_link_libraries(${target} PUBLIC systolith_options ${ARG_LINKS})
endfunction()

# systolith_test(<tier> <name> [SOURCES file...] [LINKS target...]): one executable,
# tests/<tier>/<name>..., every TEST in it a ctest named <tier>.<name>.Suite.Case.
function(systolith_test tier name)
  cmake_parse_arguments(ARG "" "" "SOURCES;LINKS" ${ARGN})
  set(target test_${tier}_${name})
  add_executable(${target} ${ARG_SOURCES})
  # GoogleTest first: libsystemc has a main() of its own.
  target_link_libraries(${target} PRIVATE GTest::gmock GTest::gtest_main ${ARG_LINKS})
  target_compile_definitions(${target} PRIVATE SYSTOLITH_SOURCE_DIR="${PROJECT_SOURCE_DIR}")
  gtest_discover_tests(${target} TEST_PREFIX ${tier}.${name}. DISCOVERY_TIMEOUT 60
    PROPERTIES LABELS ${tier})
endfunction()

# systolith_pytest(<tier> <name> FILES file... [ENVIRONMENT name=value...]): Python tests as one
# ctest, <tier>.<name>. They find the command line under $SYSTOLITH, the source tree under
# $SYSTOLITH_SOURCE_DIR, this build under $SYSTOLITH_BUILD_DIR.
function(systolith_pytest tier name)
  cmake_parse_arguments(ARG "" "" "FILES;ENVIRONMENT" ${ARGN})
  list(TRANSFORM ARG_FILES PREPEND ${CMAKE_CURRENT_SOURCE_DIR}/)
  add_test(NAME ${tier}.${name}
    COMMAND ${Python_EXECUTABLE} -B -m pytest --rootdir ${PROJECT_SOURCE_DIR}
            -c ${PROJECT_SOURCE_DIR}/pyproject.toml ${ARG_FILES})
  set_tests_properties(${tier}.${name} PROPERTIES LABELS ${tier} ENVIRONMENT
    "SYSTOLITH=$<TARGET_FILE:systolith_cli>;SYSTOLITH_SOURCE_DIR=${PROJECT_SOURCE_DIR};SYSTOLITH_BUILD_DIR=${PROJECT_BINARY_DIR};${ARG_ENVIRONMENT}")
endfunction()
