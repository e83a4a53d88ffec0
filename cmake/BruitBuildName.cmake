# bruit_build_name(TARGET FOLDER): what names this build, "0.1.0+1a2b3c4d5e6f": the version, and the git commit.
#
# Each build asks git again, and writes FOLDER/build_commit.h if the answer is another one; only the source of TARGET
# that includes it is compiled again. See build_commit.cmake for where there is no git.
function(bruit_build_name target folder)
  set(header "${folder}/build_commit.h")
  set(script "${PROJECT_SOURCE_DIR}/cmake/build_commit.cmake")
  find_package(Git QUIET)
  add_custom_target(${target}_commit BYPRODUCTS "${header}"
    COMMAND "${CMAKE_COMMAND}" "-DGIT=${GIT_EXECUTABLE}" "-DSOURCE=${PROJECT_SOURCE_DIR}" "-DOUTPUT=${header}" -P "${script}"
    COMMENT "" VERBATIM)
  add_dependencies(${target} ${target}_commit)
  target_include_directories(${target} PRIVATE "${folder}" "${PROJECT_SOURCE_DIR}/src")
  target_compile_definitions(${target} PRIVATE BRUIT_VERSION="${PROJECT_VERSION}")
endfunction()
