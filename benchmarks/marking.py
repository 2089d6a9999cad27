"""How fast files are labelled and verified, beside exiftool in stay-open mode, in one run.

Run: ``python benchmarks/marking.py [FILES]`` (default 300 of each format, 1024 by 1024 pixels, made by
Pillow). Absolute rates are those of the machine it runs on; the ratios are what carries over. Without
exiftool the ratios are left out.
"""

import io
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from PIL import Image

from hegui.marking import ImplicitLabel
from hegui.marking.formats import Format, format_of
from hegui.marking.inspection import inspected
from hegui.marking.proof import prove
from hegui.marking.splices import spliced

LABEL = ImplicitLabel.first(producer="001191110102MACQD9K64010000", produce_id="benchmark-1")
SIDE = 1024

CONFIGURATION = """%Image::ExifTool::UserDefined = ('Image::ExifTool::XMP::Main' => {
  TC260 => { SubDirectory => { TagTable => 'Image::ExifTool::UserDefined::TC260' } } });
%Image::ExifTool::UserDefined::TC260 = (GROUPS => { 0 => 'XMP', 1 => 'XMP-TC260', 2 => 'Other' },
  NAMESPACE => { 'TC260' => 'http://www.tc260.org.cn/ns/AIGC/1.0/' }, WRITABLE => 'string', AIGC => {});
1;
"""


def pictures() -> dict[str, bytes]:
    noise = Image.effect_noise((SIDE, SIDE), 40).convert("RGB")
    result = {}
    for kind, options in (("JPEG", {"quality": 85}), ("PNG", {"compress_level": 1})):
        file = io.BytesIO()
        noise.save(file, kind, **options)
        result[kind] = file.getvalue()
    return result


def rate(count: int, work: Callable[[], object]) -> float:
    """How many a second."""
    begin = time.perf_counter()
    for _ in range(count):
        work()
    return count / (time.perf_counter() - begin)


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
            ["exiftool", "-config", configuration, "-stay_open", "True", "-@", "-"],
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
    result = spliced(data, file_format.write(data, LABEL))
    if proven:
        prove(file_format, before=data, after=result, label=LABEL)
    out.write_bytes(result)


def label_bytes(data: bytes) -> bytes:
    """The writer alone."""
    return spliced(data, format_of(data).write(data, LABEL))


def main(count: int) -> None:
    # In memory where there is such a folder: programs are compared here, not disks.
    memory = Path("/dev/shm")  # noqa: S108 - a folder in memory, not a name that others could guess
    with tempfile.TemporaryDirectory(dir=memory if memory.is_dir() else None) as name:
        folder = Path(name)
        exiftool = Exiftool(folder) if shutil.which("exiftool") else None
        for kind, data in pictures().items():
            path, out = folder / f"in.{kind}", folder / f"out.{kind}"
            path.write_bytes(data)
            label_file(path, out, proven=True)
            labelled = out.read_bytes()
            print(f"\n{kind}, {len(data):,} bytes")
            write_target = {"JPEG": ">= 1,000 and >= x5", "PNG": ">= x5"}[kind]
            beside = beside_reading = None
            if exiftool is not None:
                foreign = folder / f"exiftool.{kind}"

                def write(path: Path = path, foreign: Path = foreign) -> None:
                    foreign.unlink(missing_ok=True)
                    exiftool.run(f"-XMP-TC260:AIGC={LABEL.bare()}", "-o", str(foreign), str(path))

                beside = rate(max(count // 10, 5), write)
                assert [item.strict() for item in inspected(foreign.read_bytes()).labels] == [LABEL]
                assert LABEL.bare() in exiftool.run("-XMP-TC260:AIGC", str(out))
                beside_reading = rate(max(count // 10, 5), lambda out=out: exiftool.run("-XMP:all", str(out)))
                report("exiftool, stay open: write", beside)
                report("exiftool, stay open: read", beside_reading)
            report(
                "label a file",
                rate(count, lambda path=path, out=out: label_file(path, out, proven=False)),
                beside=beside,
                target=write_target,
            )
            report(
                "label a file and prove it with two parsers",
                rate(count, lambda path=path, out=out: label_file(path, out, proven=True)),
                beside=beside,
            )
            report(
                "verify a file",
                rate(count, lambda out=out: inspected(out.read_bytes())),
                beside=beside_reading,
                target=">= 1,500" if kind == "PNG" else "",
            )
            report("label bytes in memory", rate(count, lambda data=data: label_bytes(data)))
            report("verify bytes in memory", rate(count, lambda data=labelled: inspected(data)))
        if exiftool is not None:
            exiftool.close()


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 300)
