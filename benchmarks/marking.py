"""How fast files are labelled and verified, beside exiftool in stay-open mode, in one run.

Run: ``python benchmarks/marking.py [FILES]`` (default 300 of each format: pictures of 1024 by 1024 pixels,
made by Pillow, and a PDF of 30 pages of text, made by Typst). Each picture comes twice: with as much detail
as a photograph, and as mere noise, which hardly packs. Rates are per second of processor time, each the best
of three rounds, exiftool's as well; the ratios are what carries over. ``HEGUI_EXIFTOOL`` names another one
than that on the path: Debian's 12.57 does not write WebP. A PDF is written by pypdf as well, which adds to it
as Hegui does. Reading a file and writing it again as it is, in the same run, is the least that labelling one
can take: it bounds every ratio.
"""

import io
import os
import resource
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import typst
from PIL import Image
from pypdf import PdfWriter

from hegui.marking import ImplicitLabel
from hegui.marking.formats import Format, format_of
from hegui.marking.inspection import inspected
from hegui.marking.proof import prove
from hegui.marking.splices import pieces, spliced

LABEL = ImplicitLabel.first(producer="001191110102MACQD9K64010000", produce_id="benchmark-1")
SIDE = 1024
EXIFTOOL = os.environ.get("HEGUI_EXIFTOOL", "exiftool")
ROUNDS = 3
LEAST_SECONDS = 1.0

CONFIGURATION = """%Image::ExifTool::UserDefined = ('Image::ExifTool::XMP::Main' => {
  TC260 => { SubDirectory => { TagTable => 'Image::ExifTool::UserDefined::TC260' } } });
$Image::ExifTool::UserDefined{'Image::ExifTool::PDF::Info'} = { AIGC => {} };
%Image::ExifTool::UserDefined::TC260 = (GROUPS => { 0 => 'XMP', 1 => 'XMP-TC260', 2 => 'Other' },
  NAMESPACE => { 'TC260' => 'http://www.tc260.org.cn/ns/AIGC/1.0/' }, WRITABLE => 'string', AIGC => {});
1;
"""


TAGS = {"PDF": "PDF:AIGC"}  # for pictures, XMP
TARGETS = {"JPEG": ">= 1,000 and >= x5", "PNG": ">= x5", "WebP": ">= x5", "PDF": ">= 150"}
PAGES = 30


def files() -> Iterator[tuple[str, str, bytes]]:
    """Kinds of files, what is in them, and their bytes."""
    noise = Image.effect_noise((SIDE, SIDE), 40).convert("RGB")
    for kind, options in (
        ("JPEG", {"quality": 85}),
        ("PNG", {"compress_level": 1}),
        ("WebP", {"quality": 85}),
    ):
        for content, picture in (("as a photograph", photograph()), ("mere noise", noise)):
            file = io.BytesIO()
            picture.save(file, kind, **options)
            yield kind, content, file.getvalue()
    page = b"= Report\n#lorem(600)\n#pagebreak()\n"
    report = typst.compile(b'#set document(title: "Report")\n' + page * PAGES, format="pdf")
    yield "PDF", f"{PAGES} pages of text", bytes(report)


def photograph() -> Image.Image:
    """A picture whose detail fades as it gets finer, as in photographs and what models paint.

    Packed it takes 45 (WebP) and 90 KB (JPEG); five pictures of generating services took 11 to 146 and 31 to
    199 KB for as many pixels.
    """
    random = np.random.default_rng(1)
    picture = np.full((3, SIDE, SIDE), 128.0)
    for size in (4, 8, 16, 32, 64, 128, 256, 512, 1024):
        for band in range(3):
            detail = Image.fromarray(random.normal(0, 120 / size**0.75, (size, size)).astype(np.float32))
            picture[band] += np.asarray(detail.resize((SIDE, SIDE), Image.Resampling.BICUBIC))
    return Image.fromarray(np.moveaxis(picture, 0, -1).clip(0, 255).astype(np.uint8))


def processor_seconds(helper: int | None) -> float:
    """The time that this process, those it has waited for, and one that stays open have computed."""
    mine, others = resource.getrusage(resource.RUSAGE_SELF), resource.getrusage(resource.RUSAGE_CHILDREN)
    seconds = mine.ru_utime + mine.ru_stime + others.ru_utime + others.ru_stime
    if helper is not None:
        fields = Path(f"/proc/{helper}/stat").read_text(encoding="ascii").rpartition(")")[2].split()
        seconds += (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")
    return seconds


def best(count: int, work: Callable[[], object], *, helper: int | None = None) -> float:
    """How many a second of processor time, in the best of some rounds."""
    rates = []
    for _ in range(ROUNDS):
        begin, done, spent = processor_seconds(helper), 0, 0.0
        # Linux tells what another process has computed in hundredths of a second.
        while spent < LEAST_SECONDS:
            for _ in range(count):
                work()
            done += count
            spent = processor_seconds(helper) - begin
        rates.append(done / spent)
    return max(rates)


def report(name: str, value: float, *, beside: float | None = None, target: str = "") -> None:
    ratio = "" if beside is None else f"x{value / beside:,.1f}"
    print(f"{name:<52} {value:>10,.0f} files/s  {ratio:<10} {target}")


class Exiftool:
    """One exiftool process that stays open, the fastest way to use it."""

    def __init__(self, folder: Path) -> None:
        """Start it with the namespace of the label, which it does not know by itself."""
        configuration = folder / "config"
        configuration.write_text(CONFIGURATION, encoding="utf-8")
        self._process = subprocess.Popen(
            [EXIFTOOL, "-config", configuration, "-stay_open", "True", "-@", "-"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
        )
        self.pid = self._process.pid

    def run(self, *arguments: str) -> str:
        """One command; return what it prints."""
        self._process.stdin.write("\n".join((*arguments, "-execute\n")))
        self._process.stdin.flush()
        lines = []
        while (line := self._process.stdout.readline()) != "{ready}\n":
            lines.append(line)
        return "".join(lines)

    def close(self) -> None:
        """End the process."""
        self._process.stdin.write("-stay_open\nFalse\n")
        self._process.stdin.flush()
        self._process.wait()


def label_file(path: Path, out: Path, *, proven: bool) -> None:
    """What the service does, but for the evidence and for forcing the file to the disk."""
    data = path.read_bytes()
    file_format: Format = format_of(data)
    with out.open("wb") as file:
        file.writelines(pieces(data, file_format.write(data, LABEL)))
    if proven:
        prove(file_format, before=data, after=out.read_bytes(), label=LABEL)


def label_bytes(data: bytes) -> bytes:
    """The writer alone."""
    return spliced(data, format_of(data).write(data, LABEL))


def with_pypdf(data: bytes) -> bytes:
    """What pypdf adds to a PDF, whose bytes it keeps."""
    writer, out = PdfWriter(io.BytesIO(data), incremental=True), io.BytesIO()
    writer.add_metadata({"/AIGC": LABEL.bare()})
    writer.write(out)
    return out.getvalue()


def foreign(exiftool: Exiftool, folder: Path, kind: str, *, count: int) -> tuple[float | None, float]:
    """How often exiftool writes the same label, and how often it reads ours; it cannot write every format."""
    path, mine, out = (folder / f"{name}.{kind}" for name in ("in", "out", "exiftool"))
    tag = TAGS.get(kind, "XMP-TC260:AIGC")
    few = max(count // 10, 5)

    def write() -> None:
        out.unlink(missing_ok=True)
        exiftool.run(f"-{tag}={LABEL.bare()}", "-o", str(out), str(path))

    write()
    writing = best(few, write, helper=exiftool.pid) if out.exists() else None
    if writing is None:
        print(f"(this exiftool does not write {kind})")
    else:
        assert [item.strict() for item in inspected(out.read_bytes()).labels] == [LABEL]
        report("exiftool, stay open: write", writing)
    assert LABEL.bare() in exiftool.run(f"-{tag}", str(mine))
    group = tag.partition(":")[0]
    reading = best(few, lambda: exiftool.run(f"-{group}:all", str(mine)), helper=exiftool.pid)
    report("exiftool, stay open: read", reading)
    return writing, reading


def main(count: int) -> None:
    # In memory where there is such a folder: programs are compared here, not disks.
    memory = Path("/dev/shm")  # noqa: S108 - a folder in memory, not a name that others could guess
    with tempfile.TemporaryDirectory(dir=memory if memory.is_dir() else None) as name:
        folder = Path(name)
        exiftool = Exiftool(folder) if shutil.which(EXIFTOOL) else None
        for kind, content, data in files():
            path, out = folder / f"in.{kind}", folder / f"out.{kind}"
            path.write_bytes(data)
            label_file(path, out, proven=True)
            labelled = out.read_bytes()
            print(f"\n{kind}, {content}, {len(data):,} bytes")
            writing = reading = None
            if exiftool is not None:
                writing, reading = foreign(exiftool, folder, kind, count=count)
            if kind == "PDF":
                assert [item.strict() for item in inspected(with_pypdf(data)).labels] == [LABEL]
                report(
                    "pypdf: write, in memory", best(max(count // 10, 5), lambda data=data: with_pypdf(data))
                )
            report(
                "read a file and write it as it is",
                best(count, lambda path=path, out=folder / "same": out.write_bytes(path.read_bytes())),
                beside=writing,
            )
            report(
                "label a file",
                best(count, lambda path=path, out=out: label_file(path, out, proven=False)),
                beside=writing,
                target=TARGETS[kind],
            )
            report(
                "label a file and prove it with two parsers",
                best(count, lambda path=path, out=out: label_file(path, out, proven=True)),
                beside=writing,
            )
            report(
                "verify a file",
                best(count, lambda out=out: inspected(out.read_bytes())),
                beside=reading,
                target=">= 1,500" if kind == "PNG" else "",
            )
            report("label bytes in memory", best(count, lambda data=data: label_bytes(data)))
            report("verify bytes in memory", best(count, lambda data=labelled: inspected(data)))
        if exiftool is not None:
            exiftool.close()


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 300)
