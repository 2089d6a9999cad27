"""How fast sound and films are labelled, beside ffmpeg, PyAV and exiftool, and how much memory 4 GB take.

Run: ``python benchmarks/marking_media.py [FILES] [GIGABYTES]`` (default 200 files of each format, made by
ffmpeg, and one film of 4.5 GB, which takes as much disk for a minute; 0 leaves it out). Rates are per second
of processor time, that of the programs started included, each the best of three rounds; the ratios are what
carries over to other machines. ffmpeg is started for each file, as whoever labels with it does; exiftool
stays open. A label counts only where our reader finds it in its place.
"""

import shutil
import struct
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from marking import LABEL, Exiftool, best, label_file

from hegui.marking import Prominence
from hegui.marking.formats import format_of
from hegui.marking.inspection import inspected
from hegui.marking.production import Recipe, labelled_draft

SECONDS = 10
TONE = ("-f", "lavfi", "-i", f"sine=frequency=440:sample_rate=44100:duration={SECONDS}")
FILM = (
    "-f",
    "lavfi",
    "-i",
    f"testsrc2=size=640x360:rate=25:duration={SECONDS}",
    *TONE,
    "-pix_fmt",
    "yuv420p",
)
H264 = ("-c:v", "libx264", "-preset", "veryfast", "-c:a", "aac")
FILES = {
    "last.mp4": (*FILM, *H264),
    "first.mp4": (*FILM, *H264, "-movflags", "faststart"),
    "fragments.mp4": (*FILM, *H264, "-movflags", "frag_keyframe+empty_moov"),
    "film.mov": (*FILM, *H264),
    "film.mkv": (*FILM, *H264),
    "film.webm": (*FILM, "-c:v", "libvpx", "-b:v", "500k", "-deadline", "realtime", "-c:a", "libvorbis"),
    "film.flv": (*FILM, *H264),
    "film.avi": (*FILM, "-c:v", "mpeg4", "-c:a", "libmp3lame"),
    "sound.wav": TONE,
    "sound.mp3": (*TONE, "-c:a", "libmp3lame"),
    "sound.flac": TONE,
    "sound.ogg": (*TONE, "-c:a", "libvorbis"),
    "sound.opus": (*TONE, "-c:a", "libopus"),
    "sound.m4a": (*TONE, "-c:a", "aac"),
}
TARGET = 150


def report(name: str, value: float | None, beside: float | None = None, note: str = "") -> None:
    rate = "  no label in its place" if value is None else f"{value:>10,.0f} files/s"
    ratio = f"x{beside / value:,.1f}" if beside and value else ""
    print(f"    {name:<44} {rate:<24} {ratio:<8} {note}".rstrip())


def with_ffmpeg(path: Path, out: Path) -> None:
    command = ["ffmpeg", "-v", "error", "-y", "-i", path, "-map", "0", "-c", "copy"]
    flags = ["-movflags", "use_metadata_tags"] if path.suffix in {".mp4", ".mov", ".m4a"} else []
    subprocess.run([*command, *flags, "-metadata", f"AIGC={LABEL.bare()}", out], check=True)


def with_pyav(path: Path, out: Path) -> None:
    import av  # noqa: PLC0415 - not a dependency of the project

    options = {"movflags": "use_metadata_tags"} if path.suffix in {".mp4", ".mov", ".m4a"} else {}
    with av.open(str(path)) as source, av.open(str(out), "w", options=options) as target:
        target.metadata["AIGC"] = LABEL.bare()
        streams = {stream.index: target.add_stream_from_template(stream) for stream in source.streams}
        for packet in source.demux():
            if packet.dts is not None:
                packet.stream = streams[packet.stream.index]
                target.mux(packet)


def labels(out: Path) -> bool:
    return out.exists() and [item.strict() for item in inspected(out.read_bytes()).labels] == [LABEL]


def others(folder: Path, path: Path, count: int) -> dict[str, float | None]:
    """The rates of the others, or ``None`` where what they write holds no label in its place."""
    rates: dict[str, float | None] = {}
    ways: dict[str, Callable[[Path, Path], None]] = {}
    if shutil.which("ffmpeg"):
        ways["ffmpeg -c copy, a process each"] = with_ffmpeg
    try:
        import av  # noqa: F401, PLC0415 - not a dependency of the project

        ways["PyAV, in this process"] = with_pyav
    except ModuleNotFoundError:
        print("    (PyAV is not installed)")
    for name, way in ways.items():
        out = folder / f"other{path.suffix}"
        out.unlink(missing_ok=True)
        try:
            way(path, out)
        except (subprocess.CalledProcessError, OSError, ValueError) as error:
            print(f"    {name}: {type(error).__name__}: {error}")
            continue
        few = max(count // 20, 3)
        rates[name] = best(few, lambda way=way, out=out: way(path, out)) if labels(out) else None
    return rates


def made(kind: bytes, body: bytes) -> bytes:
    return struct.pack(">I4s", 8 + len(body), kind) + body


def sparse_film(path: Path, gigabytes: float) -> None:
    """A film whose tables come first, in 32 bits, and whose pictures are a hole.

    The label pushes the last of them over 4 GiB, and so the tables into 64 bits.
    """
    size = int(gigabytes * 1e9)
    places = [*range(10_000, 1 << 32, 1 << 22), (1 << 32) - 9]
    table = made(b"stco", struct.pack(f">II{len(places)}I", 0, len(places), *places))
    for outer in (b"stbl", b"minf", b"mdia", b"trak", b"moov"):
        table = made(outer, table)
    head = made(b"ftyp", b"isom\0\0\2\0isom") + table
    with path.open("wb") as file:
        file.write(head + struct.pack(">I4sQ", 1, b"mdat", size))
        file.truncate(len(head) + size)


def peak_megabytes() -> float:
    status = Path("/proc/self/status").read_text(encoding="ascii")
    return int(status.split("VmHWM:")[1].split()[0]) / 1024


def large(gigabytes: float) -> None:
    """Label and prove the large film in this process, and say what memory it took at most."""
    with tempfile.TemporaryDirectory() as name:
        path = Path(name) / "film.mp4"
        sparse_film(path, gigabytes)
        before, begin = peak_megabytes(), time.perf_counter()
        recipe = Recipe(prominence=Prominence(height=0.05, seconds=2))
        draft, _ = labelled_draft(path, path.with_name("out.mp4"), label=LABEL, recipe=recipe)
        seconds = time.perf_counter() - begin
        with draft.open("rb") as file:
            assert b"co64" in file.read(1 << 20)
        print(
            f"\n{path.stat().st_size / 1e9:.1f} GB, tables first, labelled and proven in {seconds:.0f} s; "
            f"memory at most {peak_megabytes():.0f} MB, {before:.0f} MB of them before it began"
        )


def main(count: int, gigabytes: float) -> None:
    if gigabytes:
        large(gigabytes)
    memory = Path("/dev/shm")  # noqa: S108 - a folder in memory, not a name that others could guess
    with tempfile.TemporaryDirectory(dir=memory if memory.is_dir() else None) as name:
        folder = Path(name)
        exiftool = Exiftool(folder) if shutil.which("exiftool") else None
        for kind, arguments in FILES.items():
            path, out = folder / kind, folder / f"out-{kind}"
            subprocess.run(["ffmpeg", "-v", "error", "-y", *arguments, path], check=True)
            label_file(path, out, proven=True)
            assert labels(out)
            file_format = format_of(path.read_bytes())
            print(f"\n{kind}: {file_format.name}, {path.stat().st_size:,} bytes")
            proven = best(count, lambda path=path, out=out: label_file(path, out, proven=True))
            for other, value in others(folder, path, count).items():
                report(other, value, proven)
            note = f">= {TARGET}" if file_format.name in {"MP4", "MOV", "M4A"} else ""
            report("Hegui: label, and prove with two parsers", proven, note=note)
            report(
                "Hegui: label", best(count, lambda path=path, out=out: label_file(path, out, proven=False))
            )
            reading = best(count, lambda out=out: inspected(out.read_bytes()))
            if exiftool is not None:
                few = max(count // 20, 3)
                beside = best(few, lambda out=out: exiftool.run("-AIGC", str(out)), helper=exiftool.pid)
                report("exiftool, stay open: read", beside, reading)
            report("Hegui: verify", reading)
        if exiftool is not None:
            exiftool.close()


if __name__ == "__main__":
    main(
        int(sys.argv[1]) if len(sys.argv) > 1 else 200,
        float(sys.argv[2]) if len(sys.argv) > 2 else 4.5,
    )
