#!/bin/sh
# Sets this machine up for Backlit:  packaging/setup.sh [run|dev]
#
#   run   what the program needs (`make run`)
#   dev   and what its tests need (`make test`)
#
# Everything Python goes into .venv, at the pinned versions, with every download checked against its
# hash. The one thing that cannot go there is the handful of system libraries that Qt loads: on
# Debian and Ubuntu they are installed if that is possible without asking for a password, elsewhere
# they are named. A second call with nothing to do takes about three seconds and changes nothing.

set -eu
cd "$(dirname "$0")/.."
here=$(pwd -P)

kind=${1:-run}
case $kind in
    run) pins=requirements.txt ;;
    dev) pins=requirements-dev.txt ;;
    *) echo "usage: packaging/setup.sh [run|dev]" >&2; exit 2 ;;
esac

say() { printf '%s\n' "$*" >&2; }
fail() { say "$@"; exit 1; }

# Qt reads the path of its plugins as a list, so it finds none of them behind these.
case $here in
    *[,\;]*) fail "Qt cannot start from a folder with a comma or semicolon in its path: move $here." ;;
esac

case $(uname -s) in
    MINGW* | MSYS* | CYGWIN*) bin=.venv/Scripts ;;
    *) bin=.venv/bin ;;
esac

# --- Python --------------------------------------------------------------------------------------

find_python() {
    for candidate in ${PYTHON:-python3 python python3.14 python3.13 python3.12 python3.11}; do
        if "$candidate" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then
            echo "$candidate"
            return
        fi
    done
    found=$("${PYTHON:-python3}" -V 2>/dev/null || echo "no Python at all")
    fail "Backlit needs Python 3.11 or newer; this machine has $found." \
        "Install a newer one, or name it: make run PYTHON=/path/to/python3"
}

# --- System libraries ----------------------------------------------------------------------------

# A library Qt loads and the Debian package it is in: what `ldd` finds missing for PySide6 on a
# system with nothing but Python. Without the first list Qt cannot be loaded at all, without the
# second it cannot open a window (X11, Wayland).
libraries_of_qt='
libEGL.so.1             libegl1
libGL.so.1              libgl1
libfontconfig.so.1      libfontconfig1
libfreetype.so.6        libfreetype6
libX11.so.6             libx11-6
libglib-2.0.so.0        libglib2.0-0
libgthread-2.0.so.0     libglib2.0-0
libdbus-1.so.3          libdbus-1-3
libxkbcommon.so.0       libxkbcommon0
'
libraries_of_a_window='
libX11-xcb.so.1         libx11-xcb1
libxcb.so.1             libxcb1
libxcb-cursor.so.0      libxcb-cursor0
libxcb-glx.so.0         libxcb-glx0
libxcb-icccm.so.4       libxcb-icccm4
libxcb-image.so.0       libxcb-image0
libxcb-keysyms.so.1     libxcb-keysyms1
libxcb-randr.so.0       libxcb-randr0
libxcb-render.so.0      libxcb-render0
libxcb-render-util.so.0 libxcb-render-util0
libxcb-shape.so.0       libxcb-shape0
libxcb-shm.so.0         libxcb-shm0
libxcb-sync.so.1        libxcb-sync1
libxcb-util.so.1        libxcb-util1
libxcb-xfixes.so.0      libxcb-xfixes0
libxcb-xkb.so.1         libxcb-xkb1
libxkbcommon-x11.so.0   libxkbcommon-x11-0
libwayland-client.so.0  libwayland-client0
libwayland-cursor.so.0  libwayland-cursor0
libwayland-egl.so.1     libwayland-egl1
'

# The loader itself is asked, by loading: that finds a library wherever it was put.
missing_packages() {
    printf '%s\n' "$libraries_of_qt" "$libraries_of_a_window" | "$python" -c '
import ctypes, sys
missing = {}
for library, package in map(str.split, filter(str.strip, sys.stdin)):
    try:
        ctypes.CDLL(library)
    except OSError:
        missing[package] = None
print(*missing)
'
}

can_be_root() { [ "$(id -u)" = 0 ] || sudo -n true 2>/dev/null; }
as_root() { if [ "$(id -u)" = 0 ]; then "$@"; else sudo -n "$@"; fi; }

# Package lists may be absent (containers) or too old to fetch from, hence the second try.
apt_install() {
    log=$(mktemp)
    for try in first second; do
        if as_root env DEBIAN_FRONTEND=noninteractive \
            apt-get install -y --no-install-recommends "$@" >"$log" 2>&1 </dev/null; then
            rm -f "$log"
            return 0
        fi
        [ $try = second ] || as_root apt-get update >/dev/null 2>&1 || true
    done
    tail -n 5 "$log" >&2
    rm -f "$log"
    return 1
}

advice=
install_system_libraries() {
    [ "$(uname -s)" = Linux ] || return 0 # Qt's wheels bring everything on macOS and Windows
    missing=$(missing_packages)
    if command -v apt-get >/dev/null 2>&1 && ! "$python" -c 'import ensurepip' 2>/dev/null; then
        missing="python3-venv${missing:+ $missing}"
    fi
    [ -n "$missing" ] || return 0
    if ! command -v apt-get >/dev/null 2>&1; then
        advice="Qt needs system libraries this machine lacks; by their Debian names: $missing"
        return 0
    fi
    command="sudo apt-get install --no-install-recommends $missing"
    if can_be_root; then
        say "Installing the system packages Qt needs: $missing"
        # shellcheck disable=SC2086 # a list of names
        if apt_install $missing; then return 0; fi
    fi
    advice="Qt needs system packages this machine lacks. Install them once:  $command"
}

# --- .venv ---------------------------------------------------------------------------------------

# Scripts in a virtual environment hold its full path, so one that was moved is made anew, and so is
# one whose Python is gone.
make_environment() {
    if [ -d .venv ] && { [ "$(cat .venv/location 2>/dev/null)" != "$here" ] ||
        ! $bin/python -m pip --version >/dev/null 2>&1; }; then
        rm -rf .venv
    fi
    [ -d .venv ] && return
    say "Making .venv with $("$python" -V)"
    if ! "$python" -m venv .venv >/dev/null; then
        rm -rf .venv
        fail "$python cannot make a virtual environment.${advice:+ $advice}"
    fi
    printf '%s\n' "$here" >.venv/location
}

# --only-binary: a Python that a pinned package was not built for should be told so, not set off
# compiling NumPy.
install_pins() {
    say "Installing the pinned packages of $pins (the first time 100 MB are fetched, for tests several times that)"
    pip="$bin/python -m pip --disable-pip-version-check --quiet"
    if ! $pip install --require-hashes --only-binary=:all: -r "$pins"; then
        fail "The pinned packages could not be installed; pip says why above." \
            "($($bin/python -V) on $(uname -sm); they are built for Python 3.11 to 3.14.)"
    fi
    $pip install --no-deps --no-build-isolation -e .
}

check_qt() {
    if ! problem=$(QT_QPA_PLATFORM=offscreen $bin/python -c '
from PySide6 import QtSvg, QtWidgets
QtWidgets.QApplication([])
' 2>&1); then
        fail "Qt cannot be loaded: $(printf '%s\n' "$problem" | tail -n 1)${advice:+
$advice}"
    fi
}

python=$(find_python)
install_system_libraries
make_environment
install_pins
check_qt

[ -z "$advice" ] || say "$advice"

# What make looks at to see that nothing is left to do.
touch .venv/ready-to-run
[ "$kind" = run ] || touch .venv/ready-to-test
