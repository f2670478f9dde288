# One static library per folder of adapterx/. Each layer sees, through a private include root made of
# symbolic links, its own folder and those of the layers it names: an include against the arrows of the
# design fails to build ("adapterx/graph/graph.h: No such file" inside kernels/).

set(AX_WARNINGS -Wall -Wextra -Wconversion -Wshadow -Wnon-virtual-dtor -Wno-sign-conversion)
if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
  list(APPEND AX_WARNINGS -Wno-restrict)  # GCC 12 takes string concatenations for overlaps (its bug 105651)
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

  if(test_sources)
    add_executable(ax_${folder}_test ${test_sources})
    target_link_libraries(ax_${folder}_test PRIVATE ax_${folder} ${ARG_TEST_DEPS} ax_options
                                                   GTest::gtest_main)
    target_compile_definitions(ax_${folder}_test PRIVATE AX_GOLDEN="${CMAKE_SOURCE_DIR}/tests/golden"
                                                         AX_TESTS="${CMAKE_SOURCE_DIR}/tests")
    add_test(NAME ${folder} COMMAND ax_${folder}_test)
  endif()
endfunction()
