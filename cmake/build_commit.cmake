# Writes the header OUTPUT, which defines BRUIT_COMMIT, if its content changes.
#
# In a clone it is the commit that is checked out, with ".modified" if files of it have changed. In an archive made by
# `git archive` it is the commit that git wrote into commit.txt. Else "unknown": a clone that surrounds the sources
# is not asked, since its commit is not theirs.
set(commit "unknown")
file(STRINGS "${CMAKE_CURRENT_LIST_DIR}/commit.txt" archived LIMIT_COUNT 1)
if(archived MATCHES "^[0-9a-f]+$")
  string(SUBSTRING "${archived}" 0 12 commit)
elseif(GIT AND EXISTS "${SOURCE}/.git")
  # Without its locks it never stands in the way of another git.
  execute_process(COMMAND "${GIT}" --no-optional-locks describe --always --exclude=* --abbrev=12 --dirty=.modified
    WORKING_DIRECTORY "${SOURCE}" OUTPUT_VARIABLE described RESULT_VARIABLE status
    OUTPUT_STRIP_TRAILING_WHITESPACE ERROR_QUIET)
  if(status EQUAL 0 AND described)
    set(commit "${described}")
  endif()
endif()
file(CONFIGURE OUTPUT "${OUTPUT}" @ONLY CONTENT "// Generated: the git commit of the sources.
#define BRUIT_COMMIT \"${commit}\"
")
