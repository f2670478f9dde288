# One static library per folder of adapterx/. Each layer sees, through a private include root made of
# symbolic links, its own folder and those of the layers it names: an include against the arrows of the
# design fails to build ("adapterx/graph/graph.h: No such file" inside kernels/).

set(AX_WARNINGS -Wall -Wextra -Wconversion -Wshadow -Wnon-virtual-dtor -Wno-sign-conversion)
if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
  # GCC 12 takes string concatenations for overlaps and overflows (its bugs 105651 and 105329).
  list(APPEND AX_WARNINGS -Wno-restrict -Wno-stringop-overflow -Wno-array-bounds)
endif()
if(ADAPTERX_WERROR AND NOT ADAPTERX_SANITIZE)  # instrumented code misleads GCC's flow analysis
  list(APPEND AX_WARNINGS -Werror)
endif()

add_library(ax_options INTERFACE)
target_compile_options(ax_options INTERFACE ${AX_WARNINGS})
if(ADAPTERX_SANITIZE)
  target_compile_options(ax_options INTERFACE -fsanitize=${ADAPTERX_SANITIZE} -fno-omit-frame-pointer
                                              -fno-sanitize-recover=all)
  target_link_options(ax_options INTERFACE -fsanitize=${ADAPTERX_SANITIZE})
endif()

# For code that calls the library and computes nothing large itself, the program's commands and the tests:
# they compile in half the time at -O1. The library keeps the optimisation of the build type.
add_library(ax_caller_options INTERFACE)
target_compile_options(ax_caller_options INTERFACE $<$<CONFIG:Release>:-O1>)
target_link_libraries(ax_caller_options INTERFACE ax_options)

# What every test program needs. The definitions are the same for all, because they share precompiled headers.
add_library(ax_test_options INTERFACE)
target_compile_definitions(ax_test_options INTERFACE AX_GOLDEN="${CMAKE_SOURCE_DIR}/tests/golden"
                                                     AX_TESTS="${CMAKE_SOURCE_DIR}/tests")
target_link_libraries(ax_test_options INTERFACE ax_caller_options GTest::gtest_main)

# The headers that most files include. They are compiled once for the libraries, once for the tests and once for the
# program, and each file starts from the result. The list has system headers only, because every layer would see a
# header of ours. A file includes what it uses all the same: `make tidy` compiles without precompiled headers.
set(AX_HEADERS <algorithm> <array> <atomic> <bit> <charconv> <cmath> <cstdint> <cstring> <filesystem> <fstream>
               <functional> <limits> <map> <memory> <numeric> <optional> <set> <span> <string> <string_view>
               <unordered_map> <utility> <vector> <fmt/format.h> <fmt/ranges.h>)

# ax_precompile(<target> <owner> <headers>): the target starts from the headers compiled for the target <owner>, which
# may be the target itself. Both need the same compile options: the compiler rejects the headers otherwise.
function(ax_precompile target owner)
  if(target STREQUAL owner)
    target_precompile_headers(${target} PRIVATE ${ARGN})
  else()
    target_precompile_headers(${target} REUSE_FROM ${owner})
  endif()
endfunction()

# ax_layer(<folder> DEPS <public targets> PRIVATE_DEPS <targets> TEST_DEPS <targets>): library ax_<folder> from
# all adapterx/<folder>/**.cc, and, from its *_test.cc, the test program ax_<folder>_test, which finds golden values
# by AX_GOLDEN.
function(ax_layer folder)
  cmake_parse_arguments(ARG "" "" "DEPS;PRIVATE_DEPS;TEST_DEPS" ${ARGN})
  set(root ${CMAKE_BINARY_DIR}/include/${folder})
  file(MAKE_DIRECTORY ${root}/adapterx)
  file(CREATE_LINK ${CMAKE_SOURCE_DIR}/adapterx/${folder} ${root}/adapterx/${folder} SYMBOLIC)

  file(GLOB_RECURSE sources CONFIGURE_DEPENDS ${CMAKE_SOURCE_DIR}/adapterx/${folder}/*.cc)
  set(test_sources ${sources})
  list(FILTER sources EXCLUDE REGEX "_test\\.cc$")
  list(FILTER test_sources INCLUDE REGEX "_test\\.cc$")

  if(NOT sources)  # headers alone
    add_library(ax_${folder} INTERFACE)
    target_include_directories(ax_${folder} INTERFACE ${root})
    target_link_libraries(ax_${folder} INTERFACE ${ARG_DEPS})
    return()
  endif()
  add_library(ax_${folder} STATIC ${sources})
  target_include_directories(ax_${folder} PUBLIC ${root})
  target_link_libraries(ax_${folder} PUBLIC ${ARG_DEPS} PRIVATE ${ARG_PRIVATE_DEPS} ax_options)
  ax_precompile(ax_${folder} ax_base ${AX_HEADERS})

  if(test_sources)
    add_executable(ax_${folder}_test ${test_sources})
    target_link_libraries(ax_${folder}_test PRIVATE ax_${folder} ${ARG_TEST_DEPS} ax_test_options)
    ax_precompile(ax_${folder}_test ax_base_test ${AX_HEADERS} <gtest/gtest.h>)
    add_test(NAME ${folder} COMMAND ax_${folder}_test)
  endif()
endfunction()
