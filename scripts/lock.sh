#!/usr/bin/env bash
# Pin every dependency, with the hashes of its files, into requirements/*.lock.
#
# Pins that still fit pyproject.toml stay; `make lock UPGRADE=1` takes the newest of everything.
# The locks name no registry, so they work with any mirror.
set -euo pipefail
cd "$(dirname "$0")/.."

uv_version=0.13.9
tools="$(mktemp -d)"
trap 'rm -rf "$tools"' EXIT
"${PYTHON:-python3}" -m venv "$tools"
"$tools/bin/pip" install --quiet "uv==$uv_version"

# One resolution decides every version; the smaller locks are cut from it.
upgrade=()
[ -z "${UPGRADE:-}" ] || upgrade=(--upgrade)
compile() {
    local output="$1"
    shift
    "$tools/bin/uv" pip compile pyproject.toml --output-file "requirements/$output.lock" --quiet \
        --universal --python-version 3.11 --generate-hashes --no-header --no-annotate \
        --no-emit-index-url --no-emit-find-links "${upgrade[@]}" "$@"
}
compile dev --all-extras --group build --group test --group lint
compile demo --extra demo --group build --constraint requirements/dev.lock
# The runtime is what the image of the gateway holds. `corpus` is none of it: pyarrow alone is 170 MB, and corpora are
# scanned where they lie, by an installation of `hegui[corpus]` there.
compile runtime --extra c2pa --extra fonts --extra media --extra postgres --extra redis --extra sm2 \
    --extra timestamp --constraint requirements/dev.lock
