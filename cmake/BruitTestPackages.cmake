# What only the tests and benchmarks need: all that is missing is named at once, with what to do about it.
# As in scripts/packages: CMake's name, the Debian package, what it is.
set(needed "")
if(BUILD_TESTING)
  list(APPEND needed "GTest|libgtest-dev and libgmock-dev|GoogleTest with GoogleMock"
    "rapidcheck|librapidcheck-dev|RapidCheck" "ZLIB|zlib1g-dev|zlib")
endif()
if(BRUIT_BENCH)
  list(APPEND needed "benchmark|libbenchmark-dev|Google Benchmark")
endif()

set(missing "")
foreach(each IN LISTS needed)
  string(REPLACE "|" ";" each "${each}")
  list(GET each 0 package)
  list(GET each 1 debian)
  list(GET each 2 what)
  find_package(${package} QUIET)
  if(NOT ${package}_FOUND OR (package STREQUAL GTest AND NOT TARGET GTest::gmock))
    string(APPEND missing "\n  * ${what} (Debian: ${debian})")
  endif()
endforeach()
if(missing)
  message(FATAL_ERROR "The tests and benchmarks need what is not here:${missing}\n"
    "Install it, or leave them out: cmake -DBUILD_TESTING=OFF -DBRUIT_BENCH=OFF, with --preset as before.")
endif()
