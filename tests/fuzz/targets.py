"""Coverage-guided fuzzing of one parser, by atheris.

::

    pip install atheris
    PYTHONPATH=tests python tests/fuzz/targets.py PNG -max_total_time=300

The first argument names a format of ``hegui.marking``, or ``xmp``, ``exif``, ``json`` or ``protection`` for a
part that several share; the rest goes to libFuzzer. A file that makes a parser fail, hang or take too much
memory is left in the present folder.
"""

import sys
import tempfile
from collections.abc import Callable
from contextlib import suppress
from functools import partial
from pathlib import Path

import atheris

with atheris.instrument_imports(include=["hegui.marking"]):
    from hegui.core import HeguiError
    from hegui.marking import exif, xmp
    from hegui.marking.candidates import Candidate
    from hegui.marking.formats import FORMATS
    from hegui.marking.model import Carrier
    from hegui.marking.protection import checks
    from hegui.marking.reading import found
    from hegui.marking.splices import spliced

from fuzz.test_parsers import LABEL, handled, seeds


def read_xmp(data: bytes) -> None:
    list(xmp.candidates(data, offset=0))
    with suppress(HeguiError):
        xmp.updated_packet(data, LABEL.bare())
    with suppress(HeguiError):
        xmp.unlabelled_packet(data)


def read_exif(data: bytes) -> None:
    list(exif.candidates(data, offset=0))
    spliced(data, exif.blanked(data))


def read_json(data: bytes) -> None:
    found(Candidate(value=data.decode("utf-8", "replace"), carrier=Carrier.PNG_TEXT, offset=0))


def read_protection(data: bytes) -> None:
    value = {"ReservedCode1": data.decode("utf-8", "replace"), "ReservedCode2": ""}
    import msgspec  # noqa: PLC0415 - not instrumented

    label = found(Candidate(value=msgspec.json.encode(value).decode(), carrier=Carrier.PNG_TEXT, offset=0))
    checks([label], ())


TARGETS: dict[str, Callable[[bytes], object]] = {
    **{item.name: partial(handled, item) for item in FORMATS},
    "xmp": read_xmp,
    "exif": read_exif,
    "json": read_json,
    "protection": read_protection,
}


def main() -> None:
    """Fuzz the parser that the first argument names."""
    name = sys.argv.pop(1)
    start = [data for item in FORMATS if item.name == name for data in seeds(item)]
    if start:
        folder = tempfile.mkdtemp(prefix="hegui-fuzz-")
        for index, data in enumerate(start):
            Path(folder, str(index)).write_bytes(data)
        sys.argv.append(folder)
    atheris.Setup(sys.argv, TARGETS[name])
    atheris.Fuzz()


if __name__ == "__main__":
    main()
