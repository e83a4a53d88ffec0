# bruit_embed(TARGET NAMESPACE FILE...): puts files into a program.
#
# Each FILE (absolute, or relative to the current source folder) becomes, in the generated header
# "embedded.h", a function NAMESPACE::NAME() that returns its bytes as a std::string_view; NAME is
# the file's name with everything but letters and digits as "_" (chart.min.js: chart_min_js). A file
# that changes is embedded again by the next build.
function(bruit_embed target namespace)
  set(folder "${CMAKE_CURRENT_BINARY_DIR}/${target}_embedded")
  set(script "${PROJECT_SOURCE_DIR}/cmake/embed_file.cmake")
  set(declarations "")
  foreach(file IN LISTS ARGN)
    cmake_path(ABSOLUTE_PATH file BASE_DIRECTORY "${CMAKE_CURRENT_SOURCE_DIR}" NORMALIZE)
    cmake_path(GET file FILENAME name)
    string(REGEX REPLACE "[^A-Za-z0-9]" "_" name "${name}")
    string(APPEND declarations "std::string_view ${name}();\n")
    set(source "${folder}/${name}.cpp")
    add_custom_command(OUTPUT "${source}"
      COMMAND "${CMAKE_COMMAND}" -DINPUT=${file} -DOUTPUT=${source} -DNAMESPACE=${namespace} -DNAME=${name} -P "${script}"
      DEPENDS "${file}" "${script}" VERBATIM)
    target_sources(${target} PRIVATE "${source}")
  endforeach()
  file(CONFIGURE OUTPUT "${folder}/include/${target}/embedded.h" @ONLY CONTENT
"// Generated: the files that are part of the program.
#pragma once

#include <string_view>

namespace ${namespace} {
${declarations}}  // namespace ${namespace}
")
  target_include_directories(${target} PRIVATE "${folder}/include")
endfunction()
