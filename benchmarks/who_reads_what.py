"""Who reads which label: Hegui, ExifTool, pyexiv2 and c2pa on the same files.

Run: ``PYTHONPATH=tests python benchmarks/who_reads_what.py``. The files are one of every format that Hegui
labels, labelled by Hegui, each place where products were seen to put labels in a PNG, and the files of real
products in ``shared/data/labels`` (or ``HEGUI_SHARED``) where they are present.

A program reads a label where the content's number is somewhere in what it prints about the file, asked for
everything it knows; whether a person would recognise the field there is another question. pyexiv2 is under
the GPL and no dependency: name a Python that has it in ``HEGUI_PYEXIV2``, as ``/tmp/venv/bin/python``.
"""

import io
import json
import os
import shutil
import subprocess
import sys
import tempfile
import warnings
from collections.abc import Callable
from pathlib import Path

from PIL import Image, PngImagePlugin

from hegui.marking import ImplicitLabel
from hegui.marking.formats import FORMATS
from hegui.marking.inspection import inspected
from hegui.marking.splices import spliced
from simulators.samples import SAMPLES

NUMBER = "who-reads-17"
LABEL = ImplicitLabel.first(producer="001191110102MACQD9K64010000", produce_id=NUMBER)
ATTRIBUTE = (
    '<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">'
    '<rdf:Description rdf:about="" xmlns:TC260="http://www.tc260.org.cn/ns/AIGC/1.0/" TC260:AIGC="{}"/>'
    "</rdf:RDF></x:xmpmeta>"
)
PYEXIV2 = """
import json, sys, pyexiv2
with pyexiv2.Image(sys.argv[1]) as image:
    print(json.dumps([image.read_exif(), image.read_xmp(), image.read_iptc(), image.read_comment()]))
"""


def product_shapes() -> dict[str, bytes]:
    """PNG files with the label in each place where products put it."""
    quoted = LABEL.bare().replace('"', "&quot;")

    def picture(**chunks: str) -> bytes:
        information = PngImagePlugin.PngInfo()
        for keyword, value in chunks.items():
            if keyword == "xmp":
                information.add_itxt("XML:com.adobe.xmp", value)
            else:
                information.add_text("AIGC", value, zip=keyword == "ztxt")
        file = io.BytesIO()
        Image.linear_gradient("L").save(file, "PNG", pnginfo=information)
        return file.getvalue()

    def with_exif(tag: int, value: bytes) -> bytes:
        exif = Image.Exif()
        if tag == 0x9286:
            exif[0x8769] = {tag: value}
        else:
            exif[tag] = value
        file = io.BytesIO()
        Image.linear_gradient("L").save(file, "PNG", exif=exif)
        return file.getvalue()

    return {
        "PNG, XMP attribute": picture(xmp=ATTRIBUTE.format(quoted)),
        "PNG, tEXt wrapped": picture(text=LABEL.wrapped()),
        "PNG, tEXt bare": picture(text=LABEL.bare()),
        "PNG, zTXt": picture(ztxt=LABEL.wrapped()),
        "PNG, EXIF UserComment": with_exif(0x9286, b"ASCII\0\0\0" + LABEL.wrapped().encode()),
        "PNG, EXIF ImageDescription": with_exif(0x010E, LABEL.wrapped().encode()),
    }


def labelled() -> dict[str, bytes]:
    """One file of every format, labelled here."""
    result = {}
    for item in FORMATS:
        data = next(iter(SAMPLES[item.name]().values()))
        result[f"{item.name}, by Hegui"] = spliced(data, item.write(data, LABEL))
    return result


def products() -> dict[str, bytes]:
    """Files that real products labelled."""
    shared = Path(os.environ.get("HEGUI_SHARED", Path(__file__).parents[2] / "shared"))
    folder = shared / "data" / "labels"
    found = [path for path in sorted(folder.glob("*")) if path.name != "ORIGIN.md"] if folder.is_dir() else []
    return {f"{path.name} (product)": path.read_bytes() for path in found}


def hegui(path: Path) -> str:
    return " ".join(field.value for label in inspected(path.read_bytes()).labels for field in label.fields)


def output(*command: str | Path) -> str:
    done = subprocess.run(command, capture_output=True, check=False)
    return done.stdout.decode("utf-8", "replace")


def exiftool(path: Path) -> str:
    return output("exiftool", "-a", "-u", "-G1", "-ee", "-b", "-json", path)


def pyexiv2(path: Path) -> str:
    return output(os.environ["HEGUI_PYEXIV2"], "-c", PYEXIV2, path)


def c2pa(path: Path) -> str:
    import c2pa as library  # noqa: PLC0415 - an extra

    try:
        with library.Reader(str(path)) as reader:
            return str(reader.json())
    except library.C2paError:
        return ""


def number_of(name: str, data: bytes) -> str:
    """What tells the label of a file; of a product's file, what Hegui and the vectors agree on."""
    if not name.endswith("(product)"):
        return NUMBER
    return max((label.value("ProduceID") for label in inspected(data).labels), key=len)


def main() -> None:
    warnings.simplefilter("ignore")
    readers: dict[str, Callable[[Path], str]] = {"hegui": hegui}
    if shutil.which("exiftool"):
        readers[f"exiftool {output('exiftool', '-ver').strip()}"] = exiftool
    if "HEGUI_PYEXIV2" in os.environ:
        readers["pyexiv2"] = pyexiv2
    try:
        import c2pa as library  # noqa: PLC0415 - an extra

        readers[f"c2pa {library.__version__}"] = c2pa
    except ModuleNotFoundError:
        print("c2pa is not installed", file=sys.stderr)
    files = {**labelled(), **product_shapes(), **products()}
    print("| file | " + " | ".join(readers) + " |")
    print("|---|" + "---|" * len(readers))
    totals = dict.fromkeys(readers, 0)
    with tempfile.TemporaryDirectory() as folder:
        for name, data in files.items():
            # Products name files wrongly; a reader that believes names is asked what it makes of it.
            suffix = name.split(" (")[0].rpartition(".")[2] if name.endswith("(product)") else suffix_of(name)
            path = Path(folder) / f"file.{suffix}"
            path.write_bytes(data)
            number = number_of(name, data)
            row = []
            for reader, read in readers.items():
                text = read(path)
                seen = number in text or json.dumps(number)[1:-1] in text
                totals[reader] += seen
                row.append("yes" if seen else "–")
            print(f"| {name} | " + " | ".join(row) + " |")
    print("| **all** | " + " | ".join(f"{total} of {len(files)}" for total in totals.values()) + " |")


def suffix_of(name: str) -> str:
    kind = name.split(",", maxsplit=1)[0]
    return next(item.suffixes[0].removeprefix(".") for item in FORMATS if item.name == kind)


if __name__ == "__main__":
    main()
