"""How fast documents are labelled and verified, beside the usual ways to do it, in one run.

Run: ``PYTHONPATH=tests python benchmarks/marking_documents.py [FILES]`` (default 100 of each kind). The other
ways are those that a programmer would take who has no Hegui: openpyxl for XLSX, an archive packed anew by the
standard library for DOCX and PPTX, ElementTree for SVG, the standard library's JSON; for reading, exiftool in
stay-open mode. None of them reads back what it wrote; Hegui is shown without that and with it. Rates are per
second of processor time, that of exiftool included, each the best of three rounds taken in turns; the ratios
are what carries over to other machines. No other way was found that labels a page of HTML and keeps the page.
"""

import io
import json
import shutil
import sys
import tempfile
import xml.etree.ElementTree as ET
import zipfile
from collections.abc import Callable
from functools import partial
from pathlib import Path

from docx import Document
from marking import LABEL, ROUNDS, Exiftool, label_bytes, processor_seconds
from marking_media import report
from openpyxl import Workbook, load_workbook
from openpyxl.packaging.custom import StringProperty
from pptx import Presentation

from hegui.marking.elements import escaped
from hegui.marking.formats import format_of
from hegui.marking.inspection import inspected
from hegui.marking.proof import prove
from hegui.marking.xmp import new_element
from simulators.samples import gradient, saved

WORDS = "今天天气很好，适合出门散步。" * 20


def documents() -> dict[str, bytes]:
    """Files of the size that people make: some pages, rows or slides, and a picture of a megabyte."""
    picture = saved(gradient(size=(900, 700)).effect_spread(40), "PNG")
    document, book, slides = Document(), Workbook(), Presentation()
    for _ in range(200):
        document.add_paragraph(WORDS)
    document.add_picture(io.BytesIO(picture))
    for row in range(2000):
        book.active.append([row, "文字", row / 3, WORDS[:20]])
    for _ in range(20):
        slide = slides.slides.add_slide(slides.slide_layouts[1])
        slide.shapes.title.text = WORDS[:30]
        slide.shapes.add_picture(io.BytesIO(picture), 0, 0)
    paths = "".join(f"<path d='M{x} 0h9v{x}z' fill='#{x:06x}'/>" for x in range(8000))
    head = "<!DOCTYPE html><html><head><meta charset='utf-8'></head><body>"
    page = f"{head}{f'<p>{WORDS}</p>' * 400}</body></html>"
    answer = {"id": "1", "choices": [{"index": n, "message": {"content": WORDS}} for n in range(300)]}
    return {
        **{kind: stored(made) for kind, made in (("docx", document), ("xlsx", book), ("pptx", slides))},
        "svg": f"<svg xmlns='http://www.w3.org/2000/svg'>{paths}</svg>".encode(),
        "html": page.encode(),
        "json": json.dumps(answer, ensure_ascii=False).encode(),
    }


def stored(document: object) -> bytes:
    file = io.BytesIO()
    document.save(file)
    return file.getvalue()


def by_openpyxl(data: bytes) -> bytes:
    book = load_workbook(io.BytesIO(data))
    book.custom_doc_props.append(StringProperty(name="AIGC", value=LABEL.bare()))
    return stored(book)


def by_packing_anew(data: bytes) -> bytes:
    """The usual recipe: read every file of the archive, change three, write them all."""
    file = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(data)) as before,
        zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as after,
    ):
        for name in before.namelist():
            part = before.read(name)
            if name == "_rels/.rels":
                part = part.replace(b"</Relationships>", RELATIONSHIP + b"</Relationships>")
            elif name == "[Content_Types].xml":
                part = part.replace(b"</Types>", OVERRIDE + b"</Types>")
            after.writestr(name, part)
        after.writestr("docProps/custom.xml", PROPERTIES)
    return file.getvalue()


def by_element_tree(data: bytes) -> bytes:
    root = ET.fromstring(data)  # noqa: S314 - the file is our own
    root.insert(0, ET.fromstring(METADATA))  # noqa: S314 - likewise
    return ET.tostring(root)


def by_json(data: bytes) -> bytes:
    return json.dumps({"AIGC": LABEL.fields(), **json.loads(data)}, ensure_ascii=False).encode()


OPEN = "http://schemas.openxmlformats.org/officeDocument/2006"
RELATIONSHIP = (
    f'<Relationship Id="rIdLabel" Type="{OPEN}/relationships/custom-properties" '
    'Target="docProps/custom.xml"/>'
).encode()
OVERRIDE = (
    b'<Override PartName="/docProps/custom.xml" ContentType='
    b'"application/vnd.openxmlformats-officedocument.custom-properties+xml"/>'
)
PROPERTIES = (
    f'<Properties xmlns="{OPEN}/custom-properties" xmlns:vt="{OPEN}/docPropsVTypes"><property '
    'fmtid="{D5CDD505-2E9C-101B-9397-08002B2CF9AE}" pid="2" name="AIGC">'
    f"<vt:lpwstr>{escaped(LABEL.bare())}</vt:lpwstr></property></Properties>"
)
METADATA = f'<metadata xmlns="http://www.w3.org/2000/svg">{new_element(LABEL.bare())}</metadata>'

OTHERS: dict[str, tuple[str, Callable[[bytes], bytes]]] = {
    "docx": ("archive packed anew", by_packing_anew),
    "xlsx": ("openpyxl", by_openpyxl),
    "pptx": ("archive packed anew", by_packing_anew),
    "svg": ("ElementTree", by_element_tree),
    "json": ("json", by_json),
}


def proven(data: bytes) -> bytes:
    """What the service does, but for the evidence and the disk."""
    result = label_bytes(data)
    prove(format_of(data), before=data, after=result, label=LABEL)
    return result


def kept(data: bytes, result: bytes) -> str:
    """Whether another way leaves the label where we find it, and everything else as it was."""
    if [item.strict() for item in inspected(result).labels] != [LABEL]:
        return "no label in its place"
    file_format = format_of(data)
    same = file_format.read_back(io.BytesIO(data)).coded == file_format.read_back(io.BytesIO(result)).coded
    return "" if same else "other bytes change"


def main(count: int) -> None:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        exiftool = Exiftool(folder) if shutil.which("exiftool") else None
        for kind, data in documents().items():
            path = folder / f"file.{kind}"
            path.write_bytes(proven(data))
            print(f"\n{kind}, {len(data):,} bytes")
            ways: dict[str, tuple[Callable[[], object], int]] = {
                "label": (partial(label_bytes, data), count),
                "label and prove with two parsers": (partial(proven, data), count),
                "verify": (partial(inspected, path.read_bytes()), count),
            }
            note = ""
            if kind in OTHERS:
                other, way = OTHERS[kind]
                ways[other] = (partial(way, data), max(count // 20, 3))
                note = kept(data, way(data))
            if exiftool is not None:
                ways["exiftool, stay open: read"] = (
                    partial(exiftool.run, "-a", str(path)),
                    max(count // 10, 3),
                )
            rates = dict.fromkeys(ways, 0.0)
            for _ in range(ROUNDS):
                for way_name, (work, times) in ways.items():
                    helper = exiftool.pid if exiftool is not None and "exiftool" in way_name else None
                    rates[way_name] = max(rates[way_name], once(times, work, helper=helper))
            for way_name, value in rates.items():
                mine = rates["verify" if "exiftool" in way_name else "label"]
                foreign = way_name == OTHERS.get(kind, ("",))[0] or "exiftool" in way_name
                report(
                    way_name,
                    value,
                    mine if foreign else None,
                    note if foreign and "exiftool" not in way_name else "",
                )
        if exiftool is not None:
            exiftool.close()


def once(count: int, work: Callable[[], object], *, helper: int | None) -> float:
    """How many a second of processor time."""
    begin = processor_seconds(helper)
    for _ in range(count):
        work()
    return count / (processor_seconds(helper) - begin)


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 100)
