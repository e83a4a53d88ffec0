#!/usr/bin/env bash
# Reads everything and answers nothing.
source "$(dirname "$0")/protocol.bash"

while true; do receive; done
