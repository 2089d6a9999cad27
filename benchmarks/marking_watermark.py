"""What the watermark of pictures bears, how much it changes them, and how often one is read where none is.

Run: ``python benchmarks/marking_watermark.py FOLDER [UNMARKED]``. Every picture in the folder, cut to its
middle 1,024 by 1,024 pixels at most, is marked and attacked in many ways; of each attack it is told how many
pictures still say the same five bytes. Two pictures made here come on top: one like a photograph and one of
nothing but slow gradients, where a mark is seen soonest. Then UNMARKED pieces (default 2,000) of the pictures
as they were, cut, resized and coded at random, are read, each with a key of its own.
"""

import io
import itertools
import sys
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor
from functools import cache, partial
from pathlib import Path

import numpy as np
from marking import photograph
from PIL import Image, ImageEnhance, ImageFilter, UnidentifiedImageError

from hegui.marking.watermark import changes, read

SECRET, IDENTIFIER = b"benchmark" * 4, b"\x01\xfe\x10\xef\x00"
SIDE = 1024
SMOOTH = Image.Resampling.BICUBIC

Attack = Callable[[Image.Image], Image.Image]


def pictures(folder: Path) -> Iterator[tuple[str, Image.Image]]:
    """The pictures, and the two that are made here."""
    for path in sorted(folder.iterdir()):
        try:
            picture = Image.open(path).convert("RGB")
        except UnidentifiedImageError:
            continue
        if min(picture.size) >= 256:
            yield path.name, cut(picture, min(SIDE, picture.width), min(SIDE, picture.height))
    yield "like a photograph", photograph()
    down, across = np.mgrid[0:768, 0:1024]
    waves = [110 + 40 * np.sin(down / 300 + shift) + 40 * np.cos(across / 250) for shift in (0, 1, 2)]
    yield "slow gradients", Image.fromarray(np.stack(waves, axis=-1).round().astype(np.uint8))


def cut(
    picture: Image.Image, width: int, height: int, left: int | None = None, top: int | None = None
) -> Image.Image:
    left = (picture.width - width) // 2 if left is None else left
    top = (picture.height - height) // 2 if top is None else top
    return picture.crop((left, top, left + width, top + height))


def coded(kind: str, quality: int) -> Attack:
    def attack(picture: Image.Image) -> Image.Image:
        file = io.BytesIO()
        picture.save(file, kind, quality=quality)
        return Image.open(file).convert("RGB")

    return attack


def resized(scale: float) -> Attack:
    return lambda picture: picture.resize(
        (round(picture.width * scale), round(picture.height * scale)), Image.Resampling.LANCZOS
    )


def less(share: float) -> Attack:
    """Without a share of the picture, from a place that fits no block."""
    keep = (1 - share) ** 0.5
    return lambda picture: cut(
        picture,
        round(picture.width * keep),
        round(picture.height * keep),
        picture.width // 29,
        picture.height // 31,
    )


def noisy(deviation: float) -> Attack:
    def attack(picture: Image.Image) -> Image.Image:
        pixels = np.asarray(picture) + np.random.default_rng(1).normal(0, deviation, (*picture.size[::-1], 3))
        return Image.fromarray(pixels.round().clip(0, 255).astype(np.uint8))

    return attack


def photographed(picture: Image.Image) -> Image.Image:
    """As on a screen: on a white page, at another size, coded."""
    small = resized(0.83)(picture)
    page = Image.new("RGB", (small.width + 211, small.height + 97), "white")
    page.paste(small, (101, 53))
    return coded("JPEG", 80)(page)


def attacks() -> Iterator[tuple[str, Attack]]:
    yield "as written", lambda picture: picture
    for kind, quality in itertools.product(("JPEG", "WEBP"), (90, 75, 50, 30)):
        yield f"{kind} {quality}", coded(kind, quality)
    for scale in (0.5, 0.6, 0.75, 0.9, 1.1, 1.25, 1.5, 2.0):
        yield f"resized {scale}", resized(scale)
    for share in (0.1, 0.25, 0.5, 0.75):
        yield f"{share:.0%} cut off", less(share)
    for degrees in (90, 5, 45):
        yield (
            f"turned {degrees} degrees",
            lambda picture, degrees=degrees: picture.rotate(degrees, SMOOTH, expand=degrees == 90),
        )
    yield "mirrored", lambda picture: picture.transpose(Image.Transpose.FLIP_LEFT_RIGHT)
    yield "screenshot 0.83, JPEG 80", photographed
    yield "resized 0.75, JPEG 50", lambda picture: coded("JPEG", 50)(resized(0.75)(picture))
    for factor in (0.7, 1.3):
        yield (
            f"brightness {factor}",
            lambda picture, factor=factor: ImageEnhance.Brightness(picture).enhance(factor),
        )
    yield "contrast 1.5", lambda picture: ImageEnhance.Contrast(picture).enhance(1.5)
    yield "greyscale", lambda picture: picture.convert("L").convert("RGB")
    for radius in (1, 2):
        yield (
            f"blur {radius}",
            lambda picture, radius=radius: picture.filter(ImageFilter.GaussianBlur(radius)),
        )
    yield "sharpened", lambda picture: picture.filter(ImageFilter.SHARPEN)
    for deviation in (5, 10, 20):
        yield f"noise {deviation}", noisy(deviation)
    yield "256 colours", lambda picture: picture.quantize(256).convert("RGB")
    yield (
        "stretched 1.1 one way",
        lambda picture: picture.resize((round(picture.width * 1.1), picture.height), SMOOTH),
    )
    yield "resized 0.35", resized(0.35)


def plane(picture: Image.Image) -> np.ndarray:
    return np.asarray(picture.convert("L"), dtype=np.float32)


def marked(picture: Image.Image) -> Image.Image:
    change = changes(plane(picture), secret=SECRET, identifier=IDENTIFIER)
    return Image.fromarray((np.asarray(picture) + change[..., None]).round().clip(0, 255).astype(np.uint8))


def likeness(one: Image.Image, other: Image.Image) -> tuple[float, float]:
    """PSNR in decibels over the colours, and SSIM (windows of 8 by 8) of the brightness."""
    error = ((np.asarray(one, float) - np.asarray(other, float)) ** 2).mean()
    first, second = (plane(picture).astype(float) for picture in (one, other))
    first, second = (
        np.lib.stride_tricks.sliding_window_view(side, (8, 8))[::4, ::4] for side in (first, second)
    )
    means = first.mean((2, 3)), second.mean((2, 3))
    spread = (first * second).mean((2, 3)) - means[0] * means[1]
    c1, c2 = (0.01 * 255) ** 2, (0.03 * 255) ** 2
    same = (2 * means[0] * means[1] + c1) * (2 * spread + c2)
    same /= (means[0] ** 2 + means[1] ** 2 + c1) * (first.var((2, 3)) + second.var((2, 3)) + c2)
    return 10 * np.log10(255**2 / error), float(same.mean())


def piece(number: int, folder: Path) -> tuple[bool, bool, float]:
    """What a key of its own reads in a piece of some picture without a mark, and the seconds it took."""
    random = np.random.default_rng(number)
    originals = unmarked(folder)
    picture = originals[random.integers(len(originals))]
    width, height = (int(random.integers(200, min(side, 640) + 1)) for side in picture.size)
    left, top = (int(random.integers(0, picture.size[axis] - (width, height)[axis] + 1)) for axis in (0, 1))
    cut_off = resized(float(random.uniform(0.7, 1.4)))(cut(picture, width, height, left, top))
    picture = coded("JPEG", int(random.integers(40, 95)))(cut_off)
    begin = time.process_time()
    reading = read(plane(picture), [number.to_bytes(32, "big")])
    return reading.identifier is not None, reading.traces, time.process_time() - begin


@cache
def unmarked(folder: Path) -> list[Image.Image]:
    return [picture for _, picture in pictures(folder)]


def falsely_read(folder: Path, count: int) -> None:
    with ProcessPoolExecutor(2) as workers:
        results = list(workers.map(partial(piece, folder=folder), range(count), chunksize=20))
    marks, traces, seconds = (sum(column) for column in zip(*results, strict=True))
    print(f"\nof {count} pieces without a mark {marks} read as one, {traces} as traces")
    print(f"{seconds / count:.2f} s of processor time each")


def bears(folder: Path) -> None:
    originals = dict(pictures(folder))
    results = {name: marked(picture) for name, picture in originals.items()}
    print("| picture | pixels | PSNR | SSIM |\n|---|---|---:|---:|")
    for name, picture in originals.items():
        psnr, ssim = likeness(picture, results[name])
        print(f"| {name} | {picture.width}x{picture.height} | {psnr:.1f} | {ssim:.4f} |")
    print("\n| attack | read | not read from |\n|---|---:|---|")
    for name, attack in attacks():
        lost = [
            which
            for which, picture in results.items()
            if read(plane(attack(picture)), [SECRET]).identifier != IDENTIFIER
        ]
        print(f"| {name} | {len(results) - len(lost)} of {len(results)} | {', '.join(lost)} |", flush=True)


if __name__ == "__main__":
    folder, count = Path(sys.argv[1]), int(sys.argv[2]) if len(sys.argv) > 2 else 2000
    bears(folder)
    if count:
        falsely_read(folder, count)
