#!/usr/bin/env bash
# Make the virtual environment and install what is pinned in requirements/.
#
#   scripts/bootstrap.sh demo|dev
#
# PYTHON names the interpreter to use (default: the first of python3, python3.13, python3.12, python3.11
# that is 3.11 or newer); HEGUI_VENV the folder (default .venv). Safe to repeat.
set -euo pipefail
cd "$(dirname "$0")/.."
. scripts/debian.sh

kind="$1"
venv="${HEGUI_VENV:-.venv}"

modern() {
    "$1" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null
}

find_python() {
    local candidate
    for candidate in ${PYTHON:-python3 python3.13 python3.12 python3.11}; do
        if modern "$candidate"; then
            echo "$candidate"
            return
        fi
    done
}

python="$(find_python)"
if [ -z "$python" ] && [ -z "${PYTHON:-}" ]; then
    install_packages python3 python3-venv
    python="$(find_python)"
fi
if [ -z "$python" ]; then
    echo "Hegui needs Python 3.11 or newer; install it, or name one: make PYTHON=/path/to/python3.12 $kind" >&2
    exit 1
fi
if ! "$python" -c 'import ensurepip' 2>/dev/null; then
    # Debian keeps the means to make virtual environments in a package of its own.
    version="$("$python" -c 'import sys; print(f"{sys.version_info.major}.{sys.version_info.minor}")')"
    install_packages "python$version-venv"
    "$python" -c 'import ensurepip' || {
        echo "$python cannot make virtual environments; install its venv package and repeat" >&2
        exit 1
    }
fi

if ! modern "$venv/bin/python" || ! "$venv/bin/python" -m pip --version >/dev/null 2>&1; then
    echo "Making the virtual environment $venv with $("$python" --version) …"
    "$python" -m venv --clear "$venv"
fi
pip() {
    "$venv/bin/python" -m pip --disable-pip-version-check -qq "$@"
}
echo "Installing what requirements/$kind.lock pins; the first time downloads a few hundred megabytes …"
# The lock is complete, so nothing is left to resolve; a resolver would look at releases newer than the pins.
pip install --no-deps --require-hashes --requirement "requirements/$kind.lock"
pip install --no-deps --no-build-isolation --editable .
touch "$venv/.$kind-installed"
