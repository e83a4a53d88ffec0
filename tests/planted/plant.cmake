# Makes a copy of a source in which one rule is broken.
#   cmake -DFAULT=fault.txt -DSOURCE=link.cpp -DOUT=copy.cpp -P plant.cmake
# A fault is: its title, the name of the source, "---", the text that is there, "---", the text that
# takes its place. The former must be in the source exactly once, so that no fault goes stale unseen.
file(READ "${FAULT}" fault)
file(READ "${SOURCE}" source)
string(REGEX MATCH "^[^\n]*\n[^\n]*\n---\n(.*)\n---\n(.*)$" whole "${fault}")
if(NOT whole)
  message(FATAL_ERROR "${FAULT}: not a fault: expected title, source, ---, text, ---, text")
endif()
set(before "${CMAKE_MATCH_1}")
set(after "${CMAKE_MATCH_2}")
string(REGEX REPLACE "\n$" "" after "${after}")
string(FIND "${source}" "${before}" first)
string(FIND "${source}" "${before}" last REVERSE)
if(first EQUAL -1 OR NOT first EQUAL last)
  message(FATAL_ERROR "${FAULT}: its text must be in ${SOURCE} exactly once:\n${before}")
endif()
string(REPLACE "${before}" "${after}" source "${source}")
file(WRITE "${OUT}" "${source}")
