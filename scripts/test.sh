#!/usr/bin/env bash
# Run the suite with branch coverage in every process it starts, then hold the coverage.
#
# Arguments go to pytest. The last line printed is pytest's own summary unless the coverage fell.
set -euo pipefail
cd "$(dirname "$0")/.."
bin="${HEGUI_VENV:-.venv}/bin"

"$bin/coverage" erase
"$bin/coverage" run -m pytest -n 2 "$@"
"$bin/coverage" combine --quiet
"$bin/python" scripts/coverage_gate.py
