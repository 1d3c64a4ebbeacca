#!/usr/bin/env bash
# Fuzzes what a peer can send: fuzz.sh [SECONDS [TARGET…]], each of the targets (all) for
# so long (10 s).
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

TARGETS=("${@:2}")
if [ "${#TARGETS[@]}" = 0 ]; then
  TARGETS=(frames json message search small)
fi
for target in "${TARGETS[@]}"; do
  mkdir "$FOLDER/$target.corpus"
  if [ -d "$TESTS/seeds/$target" ]; then
    cp "$TESTS/seeds/$target"/* "$FOLDER/$target.corpus"
  fi
  OPTIONS=()
  if [ "$target" = small ]; then
    OPTIONS=(-DSENSORBOARD_IS_SMALL=1)
  fi
  "$CLANG" -std=c++11 -g -O1 -fno-exceptions -fno-rtti -Wall -Wextra -Werror \
    -fsanitize=fuzzer,address,undefined -fno-sanitize-recover=all \
    "${OPTIONS[@]}" -I"$SOURCES" -I"$TESTS" -I"$TESTS/stubs" \
    "$SOURCES"/sensorboard/{Bytes,Decimal,Handshake,Hello,Hubs,Json*,Keys,Link,Message,Search}.cpp \
    "$SOURCES"/sensorboard/{SerialLink,Sha1,Sha256,SmallMessage,WebSocket*,X25519}.cpp \
    "$TESTS"/{FakeChip,stubs/Print,stubs/FakeClock,"fuzz_$target"}.cpp -o "$FOLDER/$target"
  echo "==> $target"
  "$FOLDER/$target" -max_total_time="${1:-10}" -max_len=2000 -timeout=5 \
    "$FOLDER/$target.corpus" 2>&1 | grep -v -e NEW -e REDUCE -e RELOAD -e pulse -e Uses: -e dictionary -e ^INFO
done
