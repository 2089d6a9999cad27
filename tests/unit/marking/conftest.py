"""Labels and media files that the tests of marking share."""

import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import strategies as st

from hegui.core import digest_bytes
from hegui.marking import ImplicitLabel
from hegui.marking.provider_code import uscc_check_digit
from simulators import samples

_USCC = "0123456789ABCDEFGHJKLMNPQRTUWXY"
_PLAIN = "".join(chr(code) for code in range(0x21, 0x7F) if chr(code) not in '"\\')
_PRODUCER = "001191110102MACQD9K64010000"


@st.composite
def _codes(draw, service: str) -> str:
    body = draw(st.text(_USCC, min_size=17, max_size=17))
    tail = draw(st.just("00000") | st.from_regex(rf"[{service}][0-9A-Z]{{4}}", fullmatch=True))
    return f"0011{body}{uscc_check_digit(body)}{tail}"


@st.composite
def _labels(draw) -> ImplicitLabel:
    label = draw(st.sampled_from("123"))
    unknown = label != "1" and draw(st.booleans())
    numbers = st.text(_PLAIN, min_size=1, max_size=60)
    reserved = st.text(_PLAIN + '"', max_size=200)
    return ImplicitLabel(
        label=label,
        content_producer="" if unknown else draw(_codes("1")),
        produce_id="" if unknown else draw(numbers),
        reserved_code_1="" if unknown else draw(reserved),
        content_propagator=draw(_codes("12")),
        propagate_id=draw(numbers),
        reserved_code_2=draw(reserved),
    )


st.register_type_strategy(ImplicitLabel, _labels())


@pytest.fixture
def label() -> ImplicitLabel:
    """A label as a producer writes it first."""
    return ImplicitLabel.first(producer=_PRODUCER, produce_id="A-17")


@pytest.fixture
def other_label() -> ImplicitLabel:
    """Another one."""
    return ImplicitLabel.first(producer=_PRODUCER, produce_id="B-18", reserved_code='{"x":"&<>"}')


@pytest.fixture(scope="session")
def make_png() -> Callable[..., bytes]:
    """Makes a small PNG with Pillow; ``text`` are its text chunks, ``exif`` its EXIF block."""
    return samples.make_png


@pytest.fixture(scope="session")
def pngs() -> samples.Files:
    """PNG files of every kind that Pillow writes."""
    return samples.pngs()


@pytest.fixture(scope="session")
def make_jpeg() -> Callable[..., bytes]:
    """Makes a small JPEG with Pillow."""
    return lambda mode="RGB", **options: samples.saved(samples.gradient(mode), "JPEG", **options)


@pytest.fixture(scope="session")
def jpegs() -> samples.Files:
    """JPEG files of every kind that Pillow writes."""
    return samples.jpegs()


@pytest.fixture(scope="session")
def ffmpeg() -> str:
    """Where ffmpeg is; without it the test is skipped."""
    found = shutil.which("ffmpeg")
    if found is None or shutil.which("ffprobe") is None:
        pytest.skip("ffmpeg is not installed")
    return found


@pytest.fixture(scope="session")
def make_recording(ffmpeg, tmp_path_factory) -> Callable[..., Path]:
    """Makes a recording with ffmpeg, once for each: a name, inputs of filters, how it is written."""
    folder = tmp_path_factory.mktemp("recordings")

    def make(name: str, inputs: str, output: str) -> Path:
        path = folder / digest_bytes(f"{inputs} {output}".encode())[-8:] / name
        if not path.exists():
            path.parent.mkdir(exist_ok=True)
            sources = [word for part in inputs.split() for word in ("-f", "lavfi", "-i", part)]
            command = [ffmpeg, "-v", "error", "-bitexact", *sources, *output.split(), path]
            subprocess.run(command, check=True, cwd=folder)
        return path

    return make
