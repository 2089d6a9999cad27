"""Watermarks as the use cases know them: whose they are, what they say, and what came of looking for one.

A watermark says little by itself: five bytes that only who has the key can make from a label's producer and
number. It is there for the day on which a picture has lost its metadata; then it tells the operator, and
nobody else, that the picture is theirs and which one. The way to the modules that need Pillow is here, too.
"""

import hmac
from collections.abc import Sequence
from enum import StrEnum
from typing import NamedTuple

from hegui.core import BilingualText, Conflict, InvalidInput, Record
from hegui.marking.model import IDENTIFIER_BYTES, FoundLabel, ImplicitLabel
from hegui.marking.protection import KeyPin
from hegui.marking.sm2 import PrivateKey
from hegui.marking.splices import Buffer

_PURPOSE = b"hegui picture watermark 1"


class WatermarkUnavailable(Conflict):
    """The library that changes pictures is not installed."""

    def __init__(self) -> None:
        """Name the extra."""
        super().__init__(
            zh="图片水印需要 Pillow；请运行 pip install 'hegui[media]'",
            en="watermarks in pictures need Pillow; run pip install 'hegui[media]'",
        )


class WatermarkNotHeld(InvalidInput):
    """A picture whose watermark does not read back."""

    def __init__(self) -> None:
        """Say why that may be, and the way out."""
        super().__init__(
            zh="写入的水印读不回来：图片太平坦、太小或压缩过重；没有写入任何文件，请去掉 --watermark",
            en="the watermark does not read back: the picture is too flat, too small or too heavily "
            "compressed for one; no file was written, leave out --watermark",
        )


class WatermarkStatus(StrEnum):
    """What came of looking for a watermark of one's own."""

    FOUND = "found"
    NOT_FOUND = "not_found"
    CANNOT_SAY = "cannot_say"

    @property
    def text(self) -> BilingualText:
        """The status in words."""
        return _STATUS_TEXTS[self]


_STATUS_TEXTS = {
    WatermarkStatus.FOUND: BilingualText(zh="读到本方水印", en="a watermark of our own was read"),
    WatermarkStatus.NOT_FOUND: BilingualText(
        zh="没有读到本方水印（别人的水印无法读取）",
        en="no watermark of our own was read (others' cannot be)",
    ),
    WatermarkStatus.CANNOT_SAY: BilingualText(zh="无法判断有无水印", en="cannot say whether there is one"),
}

NOT_SOUGHT = BilingualText(
    zh="只在 PNG、JPEG、WebP、TIFF 和 AVIF 图片里寻找",
    en="it is sought in PNG, JPEG, WebP, TIFF and AVIF alone",
)
"""Why nothing can be said of other files."""
_NO_KEY = BilingualText(
    zh="这里没有本方的钥（hegui mark key）", en="there is no key of our own here (hegui mark key)"
)
_TRACES = BilingualText(
    zh="有本方水印的痕迹，但损坏得读不出编号",
    en="there are traces of one, too damaged to say which",
)
_OF_LABEL = BilingualText(zh="与文件里的标识相符", en="it is of the label in the file")
_OF_ANOTHER = BilingualText(
    zh="与文件里的标识不符，或文件里没有标识", en="it is of no label in the file: of another, or a lost one"
)


class WatermarkCheck(Record):
    """What came of looking for a watermark.

    Attributes:
        status: whether one was read.
        key: the short mark of the key that reads it.
        identifier: what it says, as in the evidence of the file that it was put into.
        text: why, or whether it fits a label in the file.
    """

    status: WatermarkStatus
    key: str | None = None
    identifier: str | None = None
    text: BilingualText | None = None


class Watermark(NamedTuple):
    """What is put into a picture.

    Attributes:
        secret: the key.
        identifier: what the mark says.
    """

    secret: bytes
    identifier: bytes

    @classmethod
    def of(cls, secret: bytes, label: ImplicitLabel | FoundLabel) -> "Watermark":
        """The watermark that goes with a label.

        Args:
            secret: the key.
            label: the label; its producer and number are what the mark stands for.
        """
        if isinstance(label, ImplicitLabel):
            content = (label.content_producer, label.produce_id)
        else:
            content = (label.value("ContentProducer"), label.value("ProduceID"))
        named = "\n".join(content).encode()
        return cls(secret, hmac.digest(secret, named, "sha256")[:IDENTIFIER_BYTES])


def watermark_secret(key: PrivateKey) -> bytes:
    """The secret for watermarks that goes with an SM2 key; it tells nothing about that key."""
    return hmac.digest(key.secret, _PURPOSE, "sha256")


def check_watermarking() -> None:
    """Make sure that pictures can be changed and read.

    Raises:
        WatermarkUnavailable: the extra is not installed.
    """
    try:
        import hegui.marking.watermarking  # noqa: F401, PLC0415 - an extra
    except ModuleNotFoundError as error:
        raise WatermarkUnavailable from error


def put_watermark(data: Buffer, mark: Watermark) -> bytes:
    """The picture with the watermark in its pixels; see :func:`hegui.marking.watermarking.marked`.

    Raises:
        WatermarkUnavailable: the extra is not installed.
        InvalidInput: the picture is damaged, too small, or of a kind that cannot be changed.
        Conflict: it holds a watermark of the same key for other content.

    Basis:
        GB-45438 6.2
        LABEL 5
    """
    check_watermarking()
    from hegui.marking.watermarking import marked  # noqa: PLC0415 - an extra

    return marked(data[:], secret=mark.secret, identifier=mark.identifier)


def prove_watermark(data: Buffer, mark: Watermark) -> None:
    """Read the watermark back.

    Raises:
        WatermarkNotHeld: it is not there, or says something else.
    """
    from hegui.marking.watermarking import seen  # noqa: PLC0415 - an extra, there since it was put in

    if seen(data[:], [mark.secret], resized=False).identifier != mark.identifier:
        raise WatermarkNotHeld


def check_watermark(
    data: Buffer, keys: Sequence[tuple[KeyPin, PrivateKey]], labels: Sequence[FoundLabel]
) -> WatermarkCheck:
    """Look for a watermark of one of the keys.

    Args:
        data: the picture's file.
        keys: the operator's own.
        labels: the labels in the file.

    Raises:
        WatermarkUnavailable: the extra is not installed.
    """
    check_watermarking()
    from hegui.marking.watermarking import seen  # noqa: PLC0415 - an extra

    if not keys:
        return WatermarkCheck(status=WatermarkStatus.CANNOT_SAY, text=_NO_KEY)
    secrets = [watermark_secret(key) for _, key in keys]
    try:
        reading = seen(data[:], secrets)
    except InvalidInput as error:
        return WatermarkCheck(status=WatermarkStatus.CANNOT_SAY, text=error.text)
    if reading.identifier is None or reading.key is None:
        if reading.traces:
            return WatermarkCheck(status=WatermarkStatus.CANNOT_SAY, text=_TRACES)
        return WatermarkCheck(status=WatermarkStatus.NOT_FOUND)
    mark = Watermark(secrets[reading.key], reading.identifier)
    fits = any(Watermark.of(mark.secret, label) == mark for label in labels)
    return WatermarkCheck(
        status=WatermarkStatus.FOUND,
        key=keys[reading.key][0].id,
        identifier=mark.identifier.hex(),
        text=_OF_LABEL if fits else _OF_ANOTHER,
    )
