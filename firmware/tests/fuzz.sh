#!/usr/bin/env bash
# Fuzzes what a peer can send: fuzz.sh [SECONDS], for each of the targets (10 s).
#
# Needs clang with its libFuzzer (on Debian: clang-14 and libclang-rt-14-dev). An input
# that does harm is left in the folder from which it was called.
set -euo pipefail

TESTS=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
SOURCES=$TESTS/../src
CLANG=${CLANG:-$(command -v clang++ clang++-19 clang++-16 clang++-14 | head -n 1)}
if [ -z "$CLANG" ]; then
  echo "There is no clang++: install clang-14 and libclang-rt-14-dev." >&2
  exit 1
fi
FOLDER=$(mktemp -d)
trap 'rm -rf "$FOLDER"' EXIT

for target in frames json; do
  mkdir "$FOLDER/$target.corpus"
  "$CLANG" -std=c++11 -g -O1 -fno-exceptions -fno-rtti -Wall -Wextra -Werror \
    -fsanitize=fuzzer,address,undefined -fno-sanitize-recover=all \
    -I"$SOURCES" -I"$TESTS" -I"$TESTS/stubs" \
    "$SOURCES"/sensorboard/{Bytes,Json*,Link,SerialLink,Sha1,WebSocket*}.cpp \
    "$TESTS"/stubs/{Print,FakeClock}.cpp "$TESTS/fuzz_$target.cpp" -o "$FOLDER/$target"
  echo "==> $target"
  "$FOLDER/$target" -max_total_time="${1:-10}" -max_len=2000 -timeout=5 \
    "$FOLDER/$target.corpus" 2>&1 | grep -v -e NEW -e REDUCE -e RELOAD -e pulse -e Uses: -e dictionary -e ^INFO
done
