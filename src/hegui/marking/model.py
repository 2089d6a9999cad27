"""What a label is, and what can be said of the labels found in a file. Pure."""

import re
from enum import StrEnum

import msgspec

from hegui.core import BilingualText, InvalidInput, Record
from hegui.marking.provider_code import ProviderCode

NAMES = {
    "label": "Label",
    "content_producer": "ContentProducer",
    "produce_id": "ProduceID",
    "reserved_code_1": "ReservedCode1",
    "content_propagator": "ContentPropagator",
    "propagate_id": "PropagateID",
    "reserved_code_2": "ReservedCode2",
}
"""The names in Python of the seven fields, and their names in a label, in the order of the standard."""

ELEMENT = "AIGC"
"""The word that the name of every label field contains."""

IDENTIFIER_BYTES = 5
"""How much of a label a watermark holds: a name for its producer and number."""

# GB 18030 0x21, 0x23 to 0x5B, 0x5D to 0x7E. The double quote is allowed escaped, which only the two
# reserved fields need: they may hold a signature object as JSON.
_FORBIDDEN = re.compile(r"[^\x21\x23-\x5B\x5D-\x7E]")
_FORBIDDEN_IN_RESERVED = re.compile(r"[^\x21-\x5B\x5D-\x7E]")

_LABEL_VALUES = ("1", "2", "3")
_GENERATION = "1"
_PROPAGATION = "2"


class LabelInvalid(InvalidInput):
    """A value that may not stand in a label.

    Attributes:
        field: the label field, as ``ProduceID``.
        value: the value given.
    """

    def __init__(self, *, field: str, value: str, zh: str, en: str) -> None:
        """Put the field and the value before the message."""
        super().__init__(zh=f"{field} {value!r}：{zh}", en=f"{field} {value!r}: {en}")
        self.field = field
        self.value = value


class ImplicitLabel(Record, kw_only=True, rename=NAMES):
    """The metadata label, strict: what cannot be written in conformity cannot be made.

    Attributes:
        label: ``1`` is generated, ``2`` may be generated, ``3`` is suspected to be generated.
        content_producer: the producer's provider code; empty only where a platform that does not know
            the producer writes ``2`` or ``3``.
        produce_id: the producer's unique number of the content.
        reserved_code_1: the producer's own protection, or empty.
        content_propagator: the propagator's provider code.
        propagate_id: the propagator's unique number of the content.
        reserved_code_2: the propagator's own protection, or empty.

    Basis:
        GB-45438 6.1
        GB-45438 E
        LABEL 5
    """

    label: str
    content_producer: str
    produce_id: str
    reserved_code_1: str = ""
    content_propagator: str
    propagate_id: str
    reserved_code_2: str = ""

    def __post_init__(self) -> None:
        """Refuse a label that the standard does not allow.

        Raises:
            LabelInvalid: a value is missing or holds a character that is not allowed.
            ProviderCodeInvalid: a code is wrong; the error names the character.
        """
        if self.label not in _LABEL_VALUES:
            raise LabelInvalid(
                field="Label",
                value=self.label,
                zh="应为 1（属于）、2（可能）或 3（疑似）",
                en="should be 1 (is), 2 (may be) or 3 (is suspected to be)",
            )
        self._check_producer()
        _check_code(self.content_propagator, field="ContentPropagator")
        _check_number(self.propagate_id, field="PropagateID")
        for field, value in (
            ("ReservedCode1", self.reserved_code_1),
            ("ReservedCode2", self.reserved_code_2),
        ):
            _check_characters(value, field=field)

    @classmethod
    def first(cls, *, producer: str, produce_id: str, reserved_code: str = "") -> "ImplicitLabel":
        """The label a producer writes first: the propagator is still the producer itself.

        Args:
            producer: the producer's 27-character provider code.
            produce_id: the producer's unique number of the content.
            reserved_code: the producer's own protection, or empty.

        Raises:
            LabelInvalid: a value is missing or holds a character that is not allowed.
            ProviderCodeInvalid: the code is wrong; the error names the character.

        Basis:
            GB-45438 E
        """
        return cls(
            label="1",
            content_producer=producer,
            produce_id=produce_id,
            reserved_code_1=reserved_code,
            content_propagator=producer,
            propagate_id=produce_id,
            reserved_code_2=reserved_code,
        )

    def fields(self) -> dict[str, str]:
        """The seven fields by their official names, in the official order."""
        return {official: getattr(self, name) for name, official in NAMES.items()}

    def bare(self) -> str:
        """The seven fields as JSON, the form in XMP and in keyed carriers."""
        return msgspec.json.encode(self).decode()

    def wrapped(self) -> str:
        """The seven fields as JSON inside ``{"AIGC": …}``, the form of Annex E itself."""
        return f'{{"{ELEMENT}":{self.bare()}}}'

    def _check_producer(self) -> None:
        if not self.content_producer and self.label != _GENERATION:
            if self.produce_id or self.reserved_code_1:
                raise LabelInvalid(
                    field="ContentProducer",
                    value="",
                    zh="有 ProduceID 或 ReservedCode1 时必须有制作者编码",
                    en="needs the producer's code where ProduceID or ReservedCode1 is given",
                )
            return
        code = _check_code(self.content_producer, field="ContentProducer")
        if code.service == _PROPAGATION:
            raise LabelInvalid(
                field="ContentProducer",
                value=self.content_producer,
                zh="第 23 位是 2（传播服务）；制作者应使用生成服务的编码，第 23 位为 1",
                en="character 23 is 2 (propagation); a producer uses the code of a generation service, "
                "with a 1 there",
            )
        _check_number(self.produce_id, field="ProduceID")


def _check_code(value: str, *, field: str) -> ProviderCode:
    return ProviderCode.parse(value, field=field)


def _check_number(value: str, *, field: str) -> None:
    if not value:
        raise LabelInvalid(
            field=field,
            value=value,
            zh="不能为空；请填写内容的唯一编号",
            en="is empty; give the content's number",
        )
    _check_characters(value, field=field)


def _check_characters(value: str, *, field: str) -> None:
    match = forbidden_character(field, value)
    if match is not None:
        position, character = match
        raise LabelInvalid(
            field=field,
            value=value,
            zh=f"第 {position} 个字符 {character!r} 不允许；只能用不含空格、双引号和反斜线的可见 ASCII 字符",
            en=f"character {position}, {character!r}, is not allowed; use visible ASCII characters "
            "without space, double quote and backslash",
        )


def forbidden_character(field: str, value: str) -> tuple[int, str] | None:
    """The first character that may not stand in ``field``, with its position counted from 1.

    Basis:
        GB-45438 E
    """
    pattern = _FORBIDDEN_IN_RESERVED if field.startswith("Reserved") else _FORBIDDEN
    match = pattern.search(value)
    return (match.start() + 1, match[0]) if match else None


class Carrier(StrEnum):
    """Where in a file a label stands."""

    XMP = "xmp"
    PNG_TEXT = "png-text"
    EXIF_USER_COMMENT = "exif-user-comment"
    EXIF_IMAGE_DESCRIPTION = "exif-image-description"
    JPEG_SEGMENT = "jpeg-segment"
    FRONT_MATTER = "front-matter"
    WAV_CHUNK = "wav-chunk"
    AVI_INFO = "avi-info"
    RIFF_ELSEWHERE = "riff-elsewhere"
    ID3_TEXT = "id3-text"
    VORBIS_COMMENT = "vorbis-comment"
    MP4_KEYS = "mp4-keys"
    MP4_ELSEWHERE = "mp4-elsewhere"
    MP4_ITEM = "mp4-item"
    MATROSKA_TAG = "matroska-tag"
    FLV_METADATA = "flv-metadata"
    CUSTOM_PROPERTY = "custom-property"
    PDF_INFORMATION = "pdf-information"
    PDF_ELSEWHERE = "pdf-elsewhere"
    HTML_META = "html-meta"
    JSON_FIELD = "json-field"


class Dialect(StrEnum):
    """How a label is written."""

    XMP_ELEMENT = "xmp-element"
    XMP_ATTRIBUTE = "xmp-attribute"
    XMP_DC = "xmp-dc-aigc"
    XMP_OTHER = "xmp-other-namespace"
    WRAPPED = "json-wrapped"
    BARE = "json-bare"
    MAPPING = "yaml-mapping"
    TENCENT_CLOUD = "tencent-cloud"
    UNREADABLE = "unreadable"


class FieldValue(Record):
    """One field as it was read.

    Attributes:
        name: the official name where the name read differs from it only in case, else the name read.
        value: the value as text.
    """

    name: str
    value: str


class Deviation(Record):
    """One way in which a label is not as it should be.

    Attributes:
        instrument: the standard or guide.
        clause: the clause of it.
        binding: whether the clause binds; a note or a recommendation does not.
        text: what is wrong.
    """

    instrument: str
    clause: str
    binding: bool
    text: BilingualText


class FoundLabel(Record):
    """A label as it was read from a file, whoever wrote it.

    Attributes:
        carrier: where it stands.
        dialect: how it is written.
        offset: the first byte of the structure that holds it, from the start of the file.
        fields: the fields in the order read.
        raw: the value as read, cut after 4,096 characters.
        deviations: what is not as the standard or a guide says.
    """

    carrier: Carrier
    dialect: Dialect
    offset: int
    fields: tuple[FieldValue, ...]
    raw: str
    deviations: tuple[Deviation, ...]

    def value(self, name: str) -> str:
        """The value of the field called ``name``; empty where the label has no such field."""
        return next((field.value for field in self.fields if field.name == name), "")

    def is_exactly(self, label: ImplicitLabel) -> bool:
        """Whether the label read says what ``label`` says, and nothing else."""
        read = {field.name: field.value for field in self.fields}
        return len(read) == len(self.fields) and read == label.fields()

    def strict(self) -> ImplicitLabel | None:
        """The label as one that could be written, or ``None`` where it could not."""
        try:
            return msgspec.convert({field.name: field.value for field in self.fields}, ImplicitLabel)
        except (InvalidInput, msgspec.ValidationError):
            return None


class Fault(Record):
    """Something in a file that could not be read.

    Attributes:
        offset: the byte it begins at, from the start of the file.
        text: what is wrong there.
    """

    offset: int
    text: BilingualText


class PlatformVerdict(StrEnum):
    """What a platform that spreads content may conclude from a file.

    Basis:
        LABEL 6
    """

    CONFIRMED = "confirmed"
    POSSIBLE = "possible"
    SUSPECTED = "suspected"
    NONE_FOUND = "none_found"
    INCONCLUSIVE = "inconclusive"

    @property
    def text(self) -> BilingualText:
        """The verdict in words."""
        return _VERDICT_TEXTS[self]


_VERDICT_TEXTS = {
    PlatformVerdict.CONFIRMED: BilingualText(zh="属于生成合成内容", en="is generated content"),
    PlatformVerdict.POSSIBLE: BilingualText(zh="可能为生成合成内容", en="may be generated content"),
    PlatformVerdict.SUSPECTED: BilingualText(
        zh="疑似生成合成内容", en="is suspected to be generated content"
    ),
    PlatformVerdict.NONE_FOUND: BilingualText(zh="未发现标识", en="no label found"),
    PlatformVerdict.INCONCLUSIVE: BilingualText(
        zh="无法得出结论：文件未能读完", en="inconclusive: the file could not be read to its end"
    ),
}


class ExplicitMark(Record):
    """Words, or a rhythm, that tell people something was generated.

    Attributes:
        start: in a text, the first character, counted from 0; else 0.
        text: the words, or the rhythm.
        box: on a picture, its left, upper, right and lower edge in pixels.
        seconds: in a recording, when it begins and ends.
        deviations: what is not as the standard says, as far as that was looked at.
    """

    start: int
    text: str
    box: tuple[int, int, int, int] | None = None
    seconds: tuple[float, float] | None = None
    deviations: tuple[Deviation, ...] = ()
