#!/usr/bin/env bash
# Install the programs of other makers that the tests check Hegui's files with.
#
# Where they cannot be installed, this says so and goes on; the tests that need them then say so too.
set -euo pipefail
cd "$(dirname "$0")/.."
. scripts/debian.sh

missing=()
while read -r program package; do
    command -v "$program" >/dev/null || missing+=("$package")
done <<'LIST'
exiftool libimage-exiftool-perl
ffmpeg ffmpeg
gifsicle gifsicle
heif-info libheif-examples
mediainfo mediainfo
mkvinfo mkvtoolnix
node nodejs
npm npm
pdftotext poppler-utils
qpdf qpdf
redis-server redis-server
tiffinfo libtiff-tools
webpinfo webp
LIST
# exiftool reads Office files with a module of its own package.
perl -MArchive::Zip -e1 2>/dev/null || missing+=(libarchive-zip-perl)
# What reads words in pictures (OpenCV) opens these libraries, which a server without a screen lacks.
ldconfig -p | grep -q 'libGL\.so\.1' || missing+=(libgl1 libglib2.0-0)
if [ "${#missing[@]}" -gt 0 ]; then
    install_packages "${missing[@]}" || echo "the tests that use ${missing[*]} will be skipped, and listed" >&2
fi
