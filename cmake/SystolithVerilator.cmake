# RTL as C++, by Verilator.
find_program(VERILATOR verilator REQUIRED)
find_program(GNU_MAKE NAMES gmake make REQUIRED)
execute_process(COMMAND ${VERILATOR} --getenv VERILATOR_ROOT
  OUTPUT_VARIABLE verilator_root OUTPUT_STRIP_TRAILING_WHITESPACE COMMAND_ERROR_IS_FATAL ANY)

add_library(verilated STATIC EXCLUDE_FROM_ALL
  ${verilator_root}/include/verilated.cpp ${verilator_root}/include/verilated_threads.cpp)
target_include_directories(verilated SYSTEM PUBLIC
  ${verilator_root}/include ${verilator_root}/include/vltstd)
target_link_libraries(verilated PUBLIC Threads::Threads)
set_target_properties(verilated PROPERTIES CXX_CLANG_TIDY "")

# systolith_verilate(<name> TOP module SOURCES file... PARAMETERS name=value...): the module,
# elaborated with these parameters, as the C++ class V<name>; link <name>.
function(systolith_verilate name)
  cmake_parse_arguments(ARG "" "TOP" "SOURCES;PARAMETERS" ${ARGN})
  list(TRANSFORM ARG_PARAMETERS PREPEND -G)
  set(directory ${CMAKE_CURRENT_BINARY_DIR}/verilated/${name})
  set(archive ${directory}/V${name}__ALL.a)
  # Optimised for a quick build: -O2 takes twice as long and runs no faster.
  add_custom_command(OUTPUT ${archive} ${directory}/V${name}.h
    COMMAND ${VERILATOR} --cc -Wall -O3 --x-assign fast --x-initial fast --noassert
      --top-module ${ARG_TOP} --prefix V${name} --Mdir ${directory}
      ${ARG_PARAMETERS} ${ARG_SOURCES}
    COMMAND ${CMAKE_COMMAND} -E env --unset=MAKEFLAGS ${GNU_MAKE} -s -C ${directory} -f V${name}.mk V${name}__ALL.a
      OPT_FAST=-O1 OPT_SLOW=-O0 CXX=${CMAKE_CXX_COMPILER} OBJCACHE=${CMAKE_CXX_COMPILER_LAUNCHER}
      > ${directory}/make.log
    DEPENDS ${ARG_SOURCES}
    COMMENT "Verilating ${ARG_TOP} as ${name}" VERBATIM)
  add_custom_target(${name}_verilated DEPENDS ${archive})
  add_library(${name} INTERFACE)
  add_dependencies(${name} ${name}_verilated)
  target_include_directories(${name} SYSTEM INTERFACE ${directory})
  target_link_libraries(${name} INTERFACE ${archive} verilated)
endfunction()
