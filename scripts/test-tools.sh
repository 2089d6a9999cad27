#!/usr/bin/env bash
# Install the programs of other makers that the tests check Hegui's files with.
#
# Where they cannot be installed, this says so and goes on; the tests that need them then say so too.
set -euo pipefail
cd "$(dirname "$0")/.."
. scripts/debian.sh

missing=()
command -v exiftool >/dev/null || missing+=(libimage-exiftool-perl)
command -v pdftotext >/dev/null || missing+=(poppler-utils)
if [ "${#missing[@]}" -gt 0 ]; then
    install_packages "${missing[@]}" || echo "the tests that use ${missing[*]} will be skipped, and listed" >&2
fi
