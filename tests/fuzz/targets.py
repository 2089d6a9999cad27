"""Coverage-guided fuzzing of one parser, by atheris.

::

    pip install atheris
    PYTHONPATH=tests python tests/fuzz/targets.py PNG -max_total_time=300

The first argument names one of the parsers of ``test_parsers.py``: a format, or a part that several share;
the rest goes to libFuzzer. A file that makes a parser fail, hang or take too much memory is left in the
present folder.
"""

import sys
import tempfile
from pathlib import Path

import atheris

with atheris.instrument_imports(include=["hegui.marking"]):
    from fuzz.test_parsers import PARSERS


def main() -> None:
    """Fuzz the parser that the first argument names."""
    handle, sound = PARSERS[sys.argv.pop(1)]
    folder = tempfile.mkdtemp(prefix="hegui-fuzz-")
    for index, data in enumerate(sound()):
        Path(folder, str(index)).write_bytes(data)
    atheris.Setup([*sys.argv, folder], handle)
    atheris.Fuzz()


if __name__ == "__main__":
    main()
