#!/usr/bin/env bash
# A wrapper that does not exec: the node is the workbench's grandchild. The process ids of both go
# to the file $BRUIT_TEST_PROCESSES.
echo $$ >> "$BRUIT_TEST_PROCESSES"
"$@" <&0 &
echo $! >> "$BRUIT_TEST_PROCESSES"
wait
