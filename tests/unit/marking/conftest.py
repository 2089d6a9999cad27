"""Labels and media files that the tests of marking share."""

import io
from collections.abc import Callable

import pytest
from hypothesis import strategies as st
from PIL import Image, PngImagePlugin

from hegui.marking import ImplicitLabel
from hegui.marking.provider_code import uscc_check_digit

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


def _saved(picture: Image.Image, kind: str, **options: object) -> bytes:
    file = io.BytesIO()
    picture.save(file, kind, **options)
    return file.getvalue()


def _gradient(mode: str, size: tuple[int, int] = (23, 17)) -> Image.Image:
    return Image.linear_gradient("L").resize(size).convert(mode)


@pytest.fixture(scope="session")
def make_png() -> Callable[..., bytes]:
    """Makes a small PNG with Pillow; ``text`` are its text chunks, ``exif`` its EXIF block."""

    def make(
        mode: str = "RGB", *, text: dict[str, str] | None = None, compressed: bool = False, **options
    ) -> bytes:
        information = PngImagePlugin.PngInfo()
        for keyword, value in (text or {}).items():
            if keyword.startswith("XML:"):
                information.add_itxt(keyword, value, zip=compressed)
            else:
                information.add_text(keyword, value, zip=compressed)
        return _saved(_gradient(mode), "PNG", pnginfo=information, **options)

    return make


@pytest.fixture(scope="session")
def pngs(make_png) -> dict[str, bytes]:
    """PNG files of every kind that Pillow writes."""
    frames = [Image.new("RGB", (9, 7), color) for color in ("red", "green", "blue")]
    samples = {mode: make_png(mode) for mode in ("1", "L", "LA", "RGB", "RGBA", "P", "I;16")}
    samples["animated"] = _saved(frames[0], "PNG", save_all=True, append_images=frames[1:], duration=40)
    samples["with metadata"] = make_png(
        text={"Comment": "kept", "XML:com.adobe.xmp": XMP}, dpi=(72, 72), icc_profile=b"profile"
    )
    samples["with trailing data"] = make_png() + b"and more"
    return samples


@pytest.fixture(scope="session")
def make_jpeg() -> Callable[..., bytes]:
    """Makes a small JPEG with Pillow."""

    def make(mode: str = "RGB", **options) -> bytes:
        return _saved(_gradient(mode), "JPEG", **options)

    return make


@pytest.fixture(scope="session")
def jpegs(make_jpeg) -> dict[str, bytes]:
    """JPEG files of every kind that Pillow writes."""
    return {
        "colour": make_jpeg(),
        "grey": make_jpeg("L"),
        "inks": make_jpeg("CMYK"),
        "progressive": make_jpeg(progressive=True),
        "with metadata": make_jpeg(
            xmp=XMP.encode(), comment=b"kept", dpi=(72, 72), icc_profile=b"profile" * 20
        ),
        "with trailing data": make_jpeg() + b"and more",
    }


XMP = (
    '<?xpacket begin="\ufeff" id="W5M0MpCehiHzreSzNTczkc9d"?><x:xmpmeta xmlns:x="adobe:ns:meta/">'
    '<r:RDF xmlns:r="http://www.w3.org/1999/02/22-rdf-syntax-ns#">'
    '<r:Description r:about="uuid:1" xmlns:dc="http://purl.org/dc/elements/1.1/" dc:format="image/png">'
    "<dc:title>kept &amp; kept</dc:title></r:Description></r:RDF></x:xmpmeta>   <?xpacket end='w'?>"
)
