# Sourced by the other scripts: brings up everything they need, in the checkout
# and in one cache folder, and says what it does.
#
#   .venv              Home Assistant and the tests' packages, as pyproject.toml pins them
#   .venv-oldest       the same with the oldest Home Assistant that is supported
#   $CACHE             Python 3.14 where the machine has none, and the tools that fetch it
#
# Nothing outside these is touched, except that what is missing of a browser, compilers and
# PostgreSQL is installed with apt-get when the script runs as root (or sudo asks for no
# password).
# shellcheck shell=bash

set -euo pipefail

ROOT=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
CACHE="${XDG_CACHE_HOME:-${HOME:-$ROOT}/.cache}/arduino_sensor"
PYTHON_MINIMUM="3.14.2" # what Home Assistant 2026.3 and later ask for
export UV_NO_CONFIG=1 UV_LINK_MODE=${UV_LINK_MODE:-copy}
export UV_CACHE_DIR=${UV_CACHE_DIR:-$CACHE/uv} UV_PYTHON_INSTALL_DIR=$CACHE/uv-python
# Certificates that the machine trusts are good enough: many a network has its own.
if [ -e /etc/ssl/certs/ca-certificates.crt ]; then export UV_SYSTEM_CERTS=true UV_NATIVE_TLS=true; fi
unset VIRTUAL_ENV PYTHONPATH PYTHONHOME

if [ -t 2 ]; then BOLD=$'\e[1m' DIM=$'\e[2m' RED=$'\e[31m' PLAIN=$'\e[0m'; else BOLD='' DIM='' RED='' PLAIN=''; fi

say() { printf '%s==>%s %s\n' "$BOLD" "$PLAIN" "$*" >&2; }
detail() { printf '    %s%s%s\n' "$DIM" "$*" "$PLAIN" >&2; }
die() {
  printf '%sError:%s %s\n' "$RED" "$PLAIN" "$1" >&2
  shift
  for line in "$@"; do printf '       %s\n' "$line" >&2; done
  exit 1
}

# Run a command quietly: its output is kept in a log, and shown if it fails.
quietly() { # quietly WHAT COMMAND…
  local what=$1 log
  shift
  log=$(mktemp "$CACHE/log.XXXXXX")
  if "$@" >"$log" 2>&1; then
    rm -f "$log"
    return 0
  fi
  detail "$what did not work:"
  tail -n 8 "$log" | sed 's/^/      /' >&2
  rm -f "$log"
  return 1
}

# One set-up at a time: two would write the same cache and the same environments.
# The kernel drops the lock with the last process that holds it open, so that nothing is
# left behind when a set-up is killed.
lock() {
  mkdir -p "$CACHE" 2>/dev/null || die "The cache folder $CACHE cannot be made." \
    "Set XDG_CACHE_HOME to a folder that can be written to, then start again."
  command -v flock >/dev/null || return 0
  exec 9>"$CACHE/lock"
  flock --nonblock 9 && return
  say "Waiting for another set-up to finish"
  flock --timeout 900 9 || die "Another set-up has been running for 15 minutes." \
    "Look for it (fuser $CACHE/lock), end it, then start again."
}

unlock() { exec 9>&-; }

is_new_enough() {
  "$1" - "$PYTHON_MINIMUM" <<'PY' 2>/dev/null
import sys
wanted = tuple(map(int, sys.argv[1].split(".")))
sys.exit(not (wanted <= sys.version_info[:3] < (3, 15)))
PY
}

# One uv for everything: from PATH if it is recent, else from PyPI into the cache.
find_uv() {
  if [ -n "${UV:-}" ]; then return; fi
  if command -v uv >/dev/null && uv pip install --help 2>/dev/null | grep -q -- --group; then
    UV=$(command -v uv)
  elif [ -x "$CACHE/tools/bin/uv" ]; then
    UV="$CACHE/tools/bin/uv"
  else
    return 1
  fi
}

install_uv() { # install_uv PYTHON: Debian's python3 has neither pip nor venv unless asked for
  find_uv && return
  local python=$1 tools wheel
  local -a pip
  for wheel in "$CACHE"/python3.14/usr/share/python-wheels/pip-*.whl; do :; done
  if "$python" -m pip --version >/dev/null 2>&1; then
    pip=("$python" -m pip)
  elif [ "$python" = "$CACHE/python3.14/usr/bin/python3.14" ] && [ -e "$wheel" ]; then
    pip=("$python" "$wheel/pip")
    if [ -n "${SSL_CERT_FILE:-}" ]; then pip+=(--use-deprecated legacy-certs --cert "$SSL_CERT_FILE"); fi
  elif "$python" -c "import ensurepip, venv" 2>/dev/null; then
    pip=()
  else
    return 1
  fi
  detail "fetching uv, the package installer"
  tools=$(mktemp -d "$CACHE/tools.XXXXXX")
  if { [ ${#pip[@]} -gt 0 ] || { quietly "python -m venv" "$python" -m venv "$tools/venv" &&
    pip=("$tools/venv/bin/python" -m pip); }; } &&
    quietly "pip install uv" "${pip[@]}" install --quiet --no-input --disable-pip-version-check \
      --root-user-action ignore --no-warn-script-location --target "$tools/uv" "uv>=0.9,<1"; then
    rm -rf "$CACHE/tools"
    mv "$tools/uv" "$CACHE/tools"
    rm -rf "$tools"
    find_uv
    return
  fi
  rm -rf "$tools"
  return 1
}

# A private Python from Debian's packages: nothing is installed, no root is needed.
python_from_debian() {
  local target="$CACHE/python3.14" work apt loader libs mirror
  command -v apt-get >/dev/null && command -v dpkg-deb >/dev/null || return 1
  work=$(mktemp -d "$CACHE/debian.XXXXXX")
  apt="$work/apt"
  mkdir -p "$apt/lists/partial" "$apt/archives/partial" "$apt/sources" "$work/python"
  : >"$apt/status"
  mirror=$(apt-get indextargets --format '$(SITE)' 'Created-By: Packages' 'Origin: Debian' 2>/dev/null |
    grep -v security | head -n 1 || true)
  if [ -z "$mirror" ]; then
    detail "apt knows no Debian mirror on this machine"
    rm -rf "$work"
    return 1
  fi
  cat >"$apt/sources/forky.sources" <<SOURCES
Types: deb
URIs: $mirror
Suites: forky bookworm
Components: main
Signed-By: /usr/share/keyrings/debian-archive-keyring.gpg
SOURCES
  cat >"$apt/apt.conf" <<CONF
Dir::State "$apt";
Dir::State::Lists "$apt/lists";
Dir::State::status "$apt/status";
Dir::Cache "$apt";
Dir::Etc::SourceList "/dev/null";
Dir::Etc::SourceParts "$apt/sources";
APT::Architecture "$(dpkg --print-architecture)";
APT::Install-Recommends "false";
APT::Sandbox::User "$(id -un)";
Acquire::Languages "none";
Acquire::Check-Valid-Until "false"; // a local mirror may lag; signatures are checked all the same
CONF
  detail "fetching Python 3.14 from Debian's packages (about 25 MB, nothing is installed)"
  if ! quietly "apt-get update" env APT_CONFIG="$apt/apt.conf" apt-get update ||
    ! quietly "apt-get download" env APT_CONFIG="$apt/apt.conf" apt-get install --download-only -y \
      python3.14 python3.14-venv libpython3.14-dev libstdc++6 ca-certificates tzdata ||
    ! (cd "$apt/archives" && quietly "apt-get download" env APT_CONFIG="$apt/apt.conf" apt-get download patchelf/bookworm); then
    rm -rf "$work"
    return 1
  fi
  for deb in "$apt"/archives/*.deb; do dpkg-deb -x "$deb" "$work/python"; done
  # Of the headers only Python's own: the machine's compiler must not meet a newer libc's.
  find "$work/python/usr/include" ! -type d ! -path '*/include/*python3.14/*' -delete
  loader=$(find "$work/python/usr/lib" -name 'ld-linux-*.so.*' | head -n 1)
  libs=$(dirname "$loader")
  # patchelf (bookworm's: 0.18 writes a binary that crashes) starts with the loader just fetched.
  "$loader" --library-path "$libs" "$work/python/usr/bin/patchelf" \
    --set-interpreter "$target${loader#"$work/python"}" \
    --force-rpath --set-rpath "\$ORIGIN/../lib/${libs##*/}" "$work/python/usr/bin/python3.14"
  cat "$work"/python/usr/share/ca-certificates/mozilla/*.crt >"$work/python/certificates.pem"
  rm -rf "$target"
  mv "$work/python" "$target"
  rm -rf "$work"
  is_new_enough "$target/usr/bin/python3.14"
}

# Sets PYTHON to an interpreter that Home Assistant runs on.
find_python() {
  if command -v python3.14 >/dev/null && is_new_enough python3.14; then
    PYTHON=$(command -v python3.14)
    return
  fi
  PYTHON="$CACHE/python3.14/usr/bin/python3.14"
  if [ -x "$PYTHON" ] && is_new_enough "$PYTHON"; then return; fi
  if find_uv && uv_python; then return; fi
  say "Getting Python 3.14 (kept in $CACHE)"
  if command -v python3 >/dev/null && install_uv python3; then
    # uv downloads from GitHub, which not every network lets through: then do not insist.
    if UV_HTTP_RETRIES=0 timeout 300 "$UV" python install --no-bin 3.14 >/dev/null 2>&1 && uv_python; then return; fi
    detail "uv cannot download it here, so it comes from Debian's packages"
  fi
  PYTHON="$CACHE/python3.14/usr/bin/python3.14"
  python_from_debian || die "Python $PYTHON_MINIMUM or newer could not be had." \
    "Install it (for example with: uv python install 3.14) so that 'python3.14' is on the PATH, then start again."
}

uv_python() { # sets PYTHON to one that uv knows of
  local found
  found=$("$UV" python find --no-project --no-python-downloads ">=$PYTHON_MINIMUM,<3.15" 2>/dev/null) &&
    is_new_enough "$found" && PYTHON=$found
}

# The parts of Home Assistant that the demo and the tests add to what always runs.
PARTS="config energy history logbook recorder usb"

install_into() { # install_into VENV GROUP
  local wanted="$1/requirements.txt" site
  "$UV" pip install --python "$1/bin/python" --group "$ROOT/pyproject.toml:$2" || return 1
  # Home Assistant would install these itself at its first start, one by one and slowly.
  # shellcheck disable=SC2086
  "$1/bin/python" "$ROOT/scripts/requirements.py" $PARTS >"$wanted" || return 1
  "$UV" pip install --python "$1/bin/python" --requirement "$wanted" && return
  # Two of them, which clean up what a voice assistant hears, are built from source. Where
  # there is no compiler, stand-ins let Home Assistant's frontend start without them.
  "$UV" pip install --python "$1/bin/python" --requirement <(grep -v -e ^pymicro-vad -e ^pyspeex-noise "$wanted") || return 1
  site=$("$1/bin/python" -c 'import sysconfig; print(sysconfig.get_path("purelib"))') || return 1
  echo 'class MicroVad: """Stands in for what could not be compiled."""' >"$site/pymicro_vad.py"
  echo 'class AudioProcessor: """Stands in for what could not be compiled."""' >"$site/pyspeex_noise.py"
}

# What an environment is made from: when this changes it is made anew.
stamp() {
  printf '%s %s %s\n' "$PYTHON" "$1" "$({
    sed -n '/^\[dependency-groups\]/,/^\[[^d]/p' "$ROOT/pyproject.toml"
    cat "$ROOT/scripts/requirements.py"
    printf '%s\n' "$PARTS" "$(declare -f install_into)"
  } | sha256sum | cut -c1-64)"
}

# make_venv FOLDER GROUP: a virtual environment with one of pyproject.toml's groups.
make_venv() {
  local venv="$ROOT/$1" group=$2
  lock
  find_python
  # On a machine without ca-certificates, those that came with a private Python have to do.
  if [ ! -e /etc/ssl/certs/ca-certificates.crt ] && [ -e "$CACHE/python3.14/certificates.pem" ]; then
    export SSL_CERT_FILE=${SSL_CERT_FILE:-$CACHE/python3.14/certificates.pem}
  fi
  install_uv "$PYTHON" || die "uv, the package installer, could not be fetched from PyPI." \
    "Install it (pip install uv) so that 'uv' is on the PATH, then start again."
  if [ "$(cat "$venv/.complete" 2>/dev/null)" != "$(stamp "$group")" ]; then
    say "Installing Home Assistant and the tools into $1 (a minute the first time)"
    rm -rf "$venv"
    quietly "uv venv" "$UV" venv --no-project --python "$PYTHON" "$venv" || die "The virtual environment could not be made."
    # A package without a wheel is built from source; a private Python's headers are beside it.
    local headers="${PYTHON%/bin/*}/include"
    CPATH="$headers:$headers/python3.14${CPATH:+:$CPATH}" quietly "uv pip install" \
      install_into "$venv" "$group" ||
      die "The packages could not be installed." "The lines above say which; check that PyPI can be reached, then start again."
    stamp "$group" >"$venv/.complete"
  fi
  unlock
}

# install_packages WHAT PACKAGE…: with apt-get, as root or with sudo where that asks for no
# password. Fails, having said why, where that is not possible.
install_packages() {
  local what=$1
  shift
  local -a as_root=()
  if ! command -v apt-get >/dev/null; then
    detail "$what is missing, and there is no apt-get to install it with"
    return 1
  fi
  if [ "$(id -u)" -ne 0 ]; then
    as_root=(sudo -n)
    if ! sudo -n true 2>/dev/null; then
      detail "$what is missing, and installing it needs root: sudo apt-get install $*"
      return 1
    fi
  fi
  lock
  quietly "apt-get update" "${as_root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get update &&
    quietly "apt-get install $*" "${as_root[@]}" env DEBIAN_FRONTEND=noninteractive \
      apt-get install -y --no-install-recommends "$@"
  local result=$?
  unlock
  return $result
}

# What the firmware's tests need: a command or a file, and the package that has it. Compilers
# for this machine, for AVR boards and for the ESP8266, Arduino's core, and what looks for
# mistakes.
FIRMWARE_TOOLS=(
  g++:g++
  /usr/include/stdio.h:libc6-dev
  avr-g++:gcc-avr
  /usr/lib/avr/include/avr/io.h:avr-libc
  /usr/share/arduino/hardware/arduino/avr/boards.txt:arduino-core-avr
  clang++-14:clang-14
  /usr/lib/llvm-14/lib/clang/*/lib/linux/libclang_rt.fuzzer-*.a:libclang-rt-14-dev
  clang-format-14:clang-format-14
  xtensa-lx106-elf-g++:gcc-xtensa-lx106
  /usr/lib/xtensa-lx106-elf/include/stdio.h:picolibc-xtensa-lx106-elf
)

missing_tools() { # prints the packages of those that are not there
  local tool
  for tool in "${FIRMWARE_TOOLS[@]}"; do
    compgen -G "${tool%:*}" >/dev/null || command -v "${tool%:*}" >/dev/null || echo "${tool#*:}"
  done
}

# What the firmware's tests run with. Fails, having said why, when something is missing and
# cannot be installed.
ensure_firmware_tools() {
  local -a missing
  mapfile -t missing < <(missing_tools)
  if [ ${#missing[@]} -gt 0 ]; then
    say "Getting the tools for the firmware's tests with apt-get"
    install_packages "What the firmware's tests need" "${missing[@]}" || return 1
    mapfile -t missing < <(missing_tools)
    if [ ${#missing[@]} -gt 0 ]; then
      detail "still missing after that: ${missing[*]}"
      return 1
    fi
  fi
  ensure_simavr
}

find_simavr() {
  [ -e "$CACHE/simavr/usr/include/simavr/sim_avr.h" ] || [ -e /usr/include/simavr/sim_avr.h ]
}

# The library that emulates an Uno's chip. It is unpacked into the cache: with all that it
# brings if it is installed (OpenGL, for a display), it is forty times as big.
ensure_simavr() {
  local work
  find_simavr && return
  if ! command -v apt-get >/dev/null || ! command -v dpkg-deb >/dev/null; then
    detail "libsimavr is missing, and there is no apt-get to fetch it with: install it"
    return 1
  fi
  say "Fetching libsimavr, which emulates an Uno (kept in $CACHE)"
  lock
  work=$(mktemp -d "$CACHE/simavr.XXXXXX")
  # Without a list of packages there is nothing to fetch yet.
  if ! (cd "$work" && apt-get download libsimavr-dev >/dev/null 2>&1); then
    install_packages "A list of packages" && lock
  fi
  if (cd "$work" && quietly "apt-get download libsimavr-dev" apt-get download libsimavr-dev) &&
    dpkg-deb -x "$work"/libsimavr-dev_*.deb "$work"; then
    rm -rf "$CACHE/simavr" "$work"/*.deb
    mv "$work" "$CACHE/simavr"
  fi
  rm -rf "$work"
  unlock
  find_simavr
}

find_postgres() { compgen -G "/usr/lib/postgresql/*/bin/initdb" >/dev/null || command -v initdb >/dev/null; }

# PostgreSQL, on which the tests of the history run, too. They start a server of their own
# in a temporary folder: Debian's package is kept from making one for the whole machine.
ensure_postgres() {
  local settings=/etc/postgresql-common/createcluster.conf before
  local -a as_root=()
  find_postgres && return
  say "Installing PostgreSQL with apt-get"
  install_packages "PostgreSQL" postgresql-common || return 1
  if [ "$(id -u)" -ne 0 ]; then as_root=(sudo -n); fi
  before=$(cat "$settings") || return 1
  printf '%s\ncreate_main_cluster = false\n' "$before" | "${as_root[@]}" tee "$settings" >/dev/null || return 1
  install_packages "PostgreSQL" postgresql || true
  printf '%s\n' "$before" | "${as_root[@]}" tee "$settings" >/dev/null
  find_postgres
}

# Playwright, which drives the browser, brings a Node.js that needs libatomic.
BROWSER_PACKAGES="chromium fonts-dejavu-core libatomic1"

find_browser() {
  local name
  if command -v apt-get >/dev/null && ! compgen -G "/usr/lib/*/libatomic.so.1" >/dev/null; then return 1; fi
  for name in "${CHROMIUM:-chromium}" chromium chromium-browser google-chrome; do
    if command -v "$name" >/dev/null; then
      CHROMIUM=$(command -v "$name")
      export CHROMIUM
      return
    fi
  done
  return 1
}

install_browser() { # install_browser [sudo -n]
  "$@" env DEBIAN_FRONTEND=noninteractive apt-get update || return 1
  # shellcheck disable=SC2086
  "$@" env DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends $BROWSER_PACKAGES
}

# Sets CHROMIUM to the browser that the browser's tests drive. Fails, having said why, when
# there is none and none can be installed.
ensure_browser() {
  local -a as_root=()
  local missing="Chromium is missing (or libatomic1, which Playwright needs)"
  find_browser && return
  if ! command -v apt-get >/dev/null; then
    detail "$missing, and there is no apt-get to install it with: install it, or set CHROMIUM to its path"
    return 1
  fi
  if [ "$(id -u)" -ne 0 ]; then
    as_root=(sudo -n)
    if ! sudo -n true 2>/dev/null; then
      detail "$missing, and installing it needs root: sudo apt-get install $BROWSER_PACKAGES"
      return 1
    fi
  fi
  say "Installing Chromium with apt-get, for the browser's tests"
  lock
  find_browser || quietly "apt-get install chromium" install_browser "${as_root[@]}" || true
  unlock
  find_browser || return 1
}
