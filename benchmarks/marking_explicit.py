"""What labels that people hear and see cost, beside ffmpeg taking the whole through the codec once more.

Run: ``python benchmarks/marking_explicit.py [SECONDS]`` (default 60 of film and 600 of sound, by ffmpeg). The
times are of processors, those of the programs started included; the ratios are what carries over. Hegui's
include every check of the result; ffmpeg's check nothing.
"""

import resource
import subprocess
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

from hegui.marking import ExplicitLabel, Prominence
from hegui.marking.drawing import layer, lettering
from hegui.marking.explicit import Treatment
from hegui.marking.formats import format_of
from hegui.marking.rhythm import rhythm

PROMINENCE = Prominence(height=0.05, seconds=2)
RATE = 44_100


def ffmpeg(*arguments: object) -> None:
    subprocess.run(["ffmpeg", "-v", "error", "-y", *map(str, arguments)], check=True)


def cost(work: Callable[[], object]) -> float:
    """Seconds of processors."""

    def used() -> float:
        both = (resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
        return sum(usage.ru_utime + usage.ru_stime for usage in both)

    before = used()
    work()
    return used() - before


def show(path: Path) -> Treatment:
    data = path.read_bytes()
    return format_of(data).show(data, ExplicitLabel(wording="AI生成"), PROMINENCE).treatment


def report(name: str, path: Path, otherwise: Callable[[], object]) -> None:
    ours, theirs = cost(lambda: show(path)), cost(otherwise)
    print(
        f"{name:<40} Hegui {ours:6.2f} s ({show(path).value}), ffmpeg {theirs:6.2f} s, x{theirs / ours:.1f}"
    )


def main(seconds: int) -> None:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        film, sound, label, tone, out = (
            folder / part for part in ("film.mp4", "sound.mp3", "label.png", "tone.raw", "out")
        )
        source = ("-f", "lavfi", "-i")
        h264 = ("-pix_fmt", "yuv420p", "-c:v", "libx264", "-g", 50)
        ffmpeg(*source, f"testsrc2=s=1280x720:r=25:d={seconds}", *h264, "-preset", "veryfast", film)
        ffmpeg(*source, f"anoisesrc=d={10 * seconds}:a=0.2:r={RATE}", "-b:a", "128k", sound)
        layer(lettering((1280, 720), ExplicitLabel(wording="AI生成"), PROMINENCE)).save(label)
        (0.1 * rhythm(RATE)).astype("<f4").tofile(tone)
        report(
            f"film, {seconds} s of 1280x720, H.264",
            film,
            lambda: ffmpeg(
                *("-i", film, "-i", label, "-filter_complex", "overlay=enable='lt(t,2)'"),
                *("-c:v", "libx264", "-crf", 18, "-f", "mp4", out),
            ),
        )
        joined = ("-filter_complex", "[0:a][1:a]concat=n=2:v=0:a=1")
        report(
            f"sound, {10 * seconds} s of MP3",
            sound,
            lambda: ffmpeg(
                *("-f", "f32le", "-ar", RATE, "-ac", 1, "-i", tone, "-i", sound, *joined),
                *("-b:a", "128k", "-f", "mp3", out),
            ),
        )


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 60)
