# Installs the node library, and builds a project outside the tree against it: with CMake's package, with
# pkg-config if that is there, and from source. Its echo answers two lines, and passes `bruit test -w echo`.
#
#     cmake -DBUILD=... -DSOURCE=... -DWORK=... -DCXX=... -DGENERATOR=... -P test.cmake
cmake_minimum_required(VERSION 3.25)

function(run)
  execute_process(COMMAND ${ARGN} RESULT_VARIABLE result OUTPUT_VARIABLE output ERROR_VARIABLE output)
  if(NOT result EQUAL 0)
    list(JOIN ARGN " " command)
    message(FATAL_ERROR "${command}\nended with ${result}:\n${output}")
  endif()
endfunction()

# Gives the program two lines and compares what it says.
function(check_echo program)
  file(WRITE "${WORK}/in" [[
{"src":"c0","dest":"n1","body":{"type":"init","msg_id":1,"node_id":"n1","node_ids":["n1"]}}
{"src":"c1","dest":"n1","body":{"type":"echo","msg_id":2,"echo":[1.0,"x"]}}
]])
  set(expected [[
{"src":"n1","dest":"c0","body":{"type":"init_ok","in_reply_to":1}}
{"src":"n1","dest":"c1","body":{"type":"echo_ok","echo":[1.0,"x"],"in_reply_to":2}}
]])
  execute_process(COMMAND "${program}" INPUT_FILE "${WORK}/in" OUTPUT_VARIABLE output RESULT_VARIABLE result)
  if(NOT result EQUAL 0 OR NOT output STREQUAL expected)
    message(FATAL_ERROR "${program} ended with ${result} and said:\n${output}")
  endif()
endfunction()

# The workbench finds nothing wrong with the program.
function(test_echo program)
  run("${BUILD}/bin/bruit" test -w echo --bin "${program}" --node-count 1 --time-limit 2 --rate 50
      --availability total --store "${WORK}/store")
endfunction()

file(REMOVE_RECURSE "${WORK}")
set(prefix "${WORK}/prefix")
set(consumer "${SOURCE}/tests/package/consumer")
run("${CMAKE_COMMAND}" --install "${BUILD}" --prefix "${prefix}" --component library)

run("${CMAKE_COMMAND}" -G "${GENERATOR}" -S "${consumer}" -B "${WORK}/package"
    "-DCMAKE_PREFIX_PATH=${prefix}" "-DCMAKE_CXX_COMPILER=${CXX}" -DCMAKE_BUILD_TYPE=Debug)
run("${CMAKE_COMMAND}" --build "${WORK}/package")
check_echo("${WORK}/package/echo")
test_echo("${WORK}/package/echo")

find_program(PKG_CONFIG NAMES pkg-config pkgconf)
if(PKG_CONFIG)
  file(GLOB_RECURSE pc "${prefix}/bruit.pc")
  get_filename_component(folder "${pc}" DIRECTORY)
  set(ENV{PKG_CONFIG_PATH} "${folder}")
  execute_process(COMMAND "${PKG_CONFIG}" --cflags --libs bruit OUTPUT_VARIABLE flags
                  OUTPUT_STRIP_TRAILING_WHITESPACE COMMAND_ERROR_IS_FATAL ANY)
  separate_arguments(flags UNIX_COMMAND "${flags}")
  run("${CXX}" "${consumer}/echo.cpp" -o "${WORK}/echo-pkg-config" ${flags})
  check_echo("${WORK}/echo-pkg-config")
else()
  message(STATUS "no pkg-config here: that way was not tested")
endif()

run("${CMAKE_COMMAND}" -G "${GENERATOR}" -S "${consumer}" -B "${WORK}/source" "-DBRUIT_SOURCE=${SOURCE}"
    "-DCMAKE_CXX_COMPILER=${CXX}" -DCMAKE_BUILD_TYPE=Release)
run("${CMAKE_COMMAND}" --build "${WORK}/source" --target echo)
check_echo("${WORK}/source/echo")
