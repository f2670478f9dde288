# ax_embed(<folder> <files>): the library ax_<folder> carries the texts of files of adapterx/<folder>. The text of
# page/style.css is what `std::string_view page_style_css()` returns, which a header of the folder declares. A build
# after an edit of the file embeds it anew.
#
# This file is also the script that writes one such function: cmake -D FILE= -D FUNCTION= -D OUT= -P embed.cmake
if(CMAKE_SCRIPT_MODE_FILE)
  file(READ ${FILE} text)
  set(delimiter "embedded")
  string(FIND "${text}" ")${delimiter}\"" end)
  if(NOT end EQUAL -1)
    message(FATAL_ERROR "${FILE}: expected a text without ')${delimiter}\"', which ends the C++ literal that holds it")
  endif()
  file(WRITE ${OUT} "#include <string_view>\n\nnamespace ax {\n\nstd::string_view ${FUNCTION}();\n\n"
                    "std::string_view ${FUNCTION}() {\n  return R\"${delimiter}(${text})${delimiter}\";\n}\n\n}  // namespace ax\n")
  return()
endif()

set(AX_EMBED_SCRIPT ${CMAKE_CURRENT_LIST_FILE})

function(ax_embed folder)
  foreach(name IN LISTS ARGN)
    set(file ${CMAKE_SOURCE_DIR}/adapterx/${folder}/${name})
    set(out ${CMAKE_BINARY_DIR}/embedded/${folder}/${name}.cc)
    string(MAKE_C_IDENTIFIER ${name} function)
    add_custom_command(OUTPUT ${out} DEPENDS ${file} ${AX_EMBED_SCRIPT} VERBATIM
                       COMMAND ${CMAKE_COMMAND} -D FILE=${file} -D FUNCTION=${function} -D OUT=${out}
                               -P ${AX_EMBED_SCRIPT}
                       COMMENT "Embedding ${folder}/${name}")
    target_sources(ax_${folder} PRIVATE ${out})
  endforeach()
endfunction()
