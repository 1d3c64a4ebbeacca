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
COMPILE=("$CLANG" -std=c++11 -g -O1 -fno-exceptions -fno-rtti -Wall -Wextra -Werror
  -fsanitize=fuzzer,address,undefined -fno-sanitize-recover=all
  -I"$SOURCES" -I"$TESTS" -I"$TESTS/stubs")

# compile NAME OPTION…: the library, as an archive of that name
compile() {
  mkdir "$FOLDER/$1"
  (cd "$FOLDER/$1" &&
    printf '%s\0' "$SOURCES"/sensorboard/*.cpp "$TESTS"/{FakeChip,stubs/Print,stubs/FakeClock}.cpp |
    xargs -0 -n 6 -P "$(nproc)" "${COMPILE[@]}" "${@:2}" -c &&
    ar rcs "../$1.a" ./*.o)
}

for target in "${TARGETS[@]}"; do
  mkdir "$FOLDER/$target.corpus"
  if [ -d "$TESTS/seeds/$target" ]; then
    cp "$TESTS/seeds/$target"/* "$FOLDER/$target.corpus"
  fi
  LIBRARY=whole OPTIONS=()
  if [ "$target" = small ]; then
    LIBRARY=uno OPTIONS=(-DSENSORBOARD_IS_SMALL=1)
  fi
  if [ ! -e "$FOLDER/$LIBRARY.a" ]; then
    compile "$LIBRARY" "${OPTIONS[@]}"
  fi
  "${COMPILE[@]}" "${OPTIONS[@]}" "$TESTS/fuzz_$target.cpp" "$FOLDER/$LIBRARY.a" -o "$FOLDER/$target"
  echo "==> $target"
  "$FOLDER/$target" -max_total_time="${1:-10}" -max_len=2000 -timeout=5 \
    "$FOLDER/$target.corpus" 2>&1 | grep -v -e NEW -e REDUCE -e RELOAD -e pulse -e Uses: -e dictionary -e ^INFO
done
