"""From a candidate to a label with its deviations: tolerant in reading, exact in judging. Pure."""

from collections.abc import Mapping
from typing import NamedTuple

import msgspec

from hegui.core import BilingualText
from hegui.marking.candidates import Candidate
from hegui.marking.misplaced import TEXT_GUIDE, misplacement
from hegui.marking.model import (
    ELEMENT,
    NAMES,
    Carrier,
    Deviation,
    Dialect,
    FieldValue,
    FoundLabel,
    forbidden_character,
)
from hegui.marking.provider_code import CODE_LENGTH, ProviderCode, ProviderCodeInvalid

STANDARD = "GB-45438"
ANNEX = "E"
IMAGE_GUIDE = "TC260-PG-20259A"
CODE_GUIDE = "TC260-PG-20252A"

LARGEST_RAW = 4096

_OFFICIAL = {name.casefold(): name for name in NAMES.values()}
_OPTIONAL = ("ReservedCode1", "ReservedCode2")
_PROPAGATION = ("ContentPropagator", "PropagateID")
_XMP = {Dialect.XMP_ELEMENT, Dialect.XMP_ATTRIBUTE, Dialect.XMP_DC, Dialect.XMP_OTHER}
_TENCENT_CLOUD = "ServiceProvider"
# JSON text of the two values that products use in place of "1".
_AFFIRMATIVE = {"1", "true", "aigc"}


def found(candidate: Candidate) -> FoundLabel:
    """The label a candidate is, with everything about it that deviates."""
    reading = _read(candidate)
    dialect = _dialect(candidate, reading)
    deviations = (
        *misplacement(candidate.carrier),
        *_carrier_deviations(candidate.carrier, dialect, wrapped=reading.wrapped),
        *_content_deviations(dialect, reading),
    )
    raw = candidate.value if isinstance(candidate.value, str) else ""
    return FoundLabel(
        carrier=candidate.carrier,
        dialect=dialect,
        offset=candidate.offset,
        fields=reading.fields,
        raw=raw[:LARGEST_RAW],
        deviations=deviations,
    )


def affirms(label: FoundLabel) -> bool:
    """Whether the label says that the content is generated, in the standard's or a product's way."""
    return label.value("Label").casefold() in _AFFIRMATIVE


class _Reading(NamedTuple):
    """The fields of a candidate and how they were come by."""

    fields: tuple[FieldValue, ...] = ()
    untyped: tuple[str, ...] = ()
    misspelt: tuple[str, ...] = ()
    wrapped: bool = False
    readable: bool = True


def _read(candidate: Candidate) -> _Reading:
    if not isinstance(candidate.value, str):
        pairs = [(field.name, field.value) for field in candidate.value]
        return _from_pairs(pairs, untyped=candidate.untyped, wrapped=False)
    try:
        value = msgspec.json.decode(candidate.value)
    except (msgspec.DecodeError, RecursionError):
        return _Reading(readable=False)
    if not isinstance(value, dict):
        return _Reading(readable=False)
    inner = _unwrapped(value)
    pairs = [(name, _text(item)) for name, item in (inner or value).items()]
    untyped = tuple(name for name, item in (inner or value).items() if not isinstance(item, str))
    return _from_pairs(pairs, untyped=untyped, wrapped=inner is not None)


def _unwrapped(value: Mapping[str, object]) -> Mapping[str, object] | None:
    for name, item in value.items():
        if name.casefold() == ELEMENT.casefold() and isinstance(item, dict):
            return item
    return None


def _text(value: object) -> str:
    return value if isinstance(value, str) else msgspec.json.encode(value).decode()


def _from_pairs(pairs: list[tuple[str, str]], *, untyped: tuple[str, ...], wrapped: bool) -> _Reading:
    return _Reading(
        fields=tuple(
            FieldValue(name=_OFFICIAL.get(name.casefold(), name), value=value) for name, value in pairs
        ),
        untyped=untyped,
        misspelt=tuple(name for name, _ in pairs if name not in NAMES.values()),
        wrapped=wrapped,
    )


def _dialect(candidate: Candidate, reading: _Reading) -> Dialect:
    if candidate.dialect is not None:
        return candidate.dialect
    if not reading.readable:
        return Dialect.UNREADABLE
    if any(field.name == _TENCENT_CLOUD for field in reading.fields):
        return Dialect.TENCENT_CLOUD
    return Dialect.WRAPPED if reading.wrapped else Dialect.BARE


def _content_deviations(dialect: Dialect, reading: _Reading) -> tuple[Deviation, ...]:
    if not reading.readable:
        return (_deviation(zh="值不是 JSON 对象", en="the value is not a JSON object"),)
    if dialect is Dialect.TENCENT_CLOUD:
        return (
            _deviation(
                zh="是腾讯云自己的对象，没有附录 E 的字段",
                en="an object of Tencent Cloud's own, without the fields of Annex E",
            ),
        )
    return _field_deviations(reading)


def _carrier_deviations(carrier: Carrier, dialect: Dialect, *, wrapped: bool) -> tuple[Deviation, ...]:
    if dialect is Dialect.XMP_ATTRIBUTE:
        return (
            _deviation(
                instrument=IMAGE_GUIDE,
                clause="",
                binding=False,
                zh="写成了属性；指南示例为元素。含义相同，但只认元素的读取程序看不到它",
                en="written as an attribute where the guide shows an element: the same in meaning, but a "
                "reader that knows only elements misses it",
            ),
        )
    if dialect in {Dialect.XMP_DC, Dialect.XMP_OTHER}:
        return (
            _deviation(
                instrument=IMAGE_GUIDE,
                clause="",
                binding=False,
                zh="属性不在 TC260 命名空间中",
                en="the property is not in the TC260 namespace",
            ),
        )
    if dialect in _XMP and wrapped:
        return (
            _deviation(
                instrument=IMAGE_GUIDE,
                clause="",
                binding=False,
                zh="XMP 属性的值不应再包一层 AIGC",
                en="the value of the XMP property takes no outer AIGC",
            ),
        )
    if wrapped and carrier is Carrier.CUSTOM_PROPERTY:
        return (
            _deviation(
                instrument=TEXT_GUIDE,
                clause="6.1",
                binding=False,
                zh="自定义属性的值不应再包一层 AIGC",
                en="the value of the property takes no outer AIGC",
            ),
        )
    if dialect is Dialect.BARE and carrier in _WRAPPED_CARRIERS:
        return (
            _deviation(
                instrument=IMAGE_GUIDE,
                clause="B",
                binding=False,
                zh='此处的值应为 {"AIGC":{…}}，缺少外层',
                en='the value here should be {"AIGC":{…}}; the outer object is missing',
            ),
        )
    return ()


_WRAPPED_CARRIERS = {Carrier.PNG_TEXT, Carrier.EXIF_USER_COMMENT, Carrier.EXIF_IMAGE_DESCRIPTION}


def _field_deviations(reading: _Reading) -> tuple[Deviation, ...]:
    values = {field.name: field.value for field in reading.fields}
    return (
        *_names(reading, values),
        *_label_value(values),
        *(deviation for name, value in values.items() for deviation in _characters(name, value)),
        *_producer(values),
        *_propagator(values),
    )


def _names(reading: _Reading, values: Mapping[str, str]) -> tuple[Deviation, ...]:
    deviations = []
    missing = [name for name in NAMES.values() if name not in values]
    if missing:
        deviations.append(
            _deviation(zh=f"缺少字段：{'、'.join(missing)}", en=f"fields missing: {', '.join(missing)}")
        )
    if reading.misspelt:
        deviations.append(
            _deviation(
                zh=f"标准中没有的字段名：{'、'.join(reading.misspelt)}",
                en=f"field names the standard does not have: {', '.join(reading.misspelt)}",
            )
        )
    if reading.untyped:
        deviations.append(
            _deviation(
                zh=f"值应为字符串：{'、'.join(reading.untyped)}",
                en=f"values that should be strings: {', '.join(reading.untyped)}",
            )
        )
    return tuple(deviations)


def _label_value(values: Mapping[str, str]) -> tuple[Deviation, ...]:
    value = values.get("Label")
    if value is None or value in {"1", "2", "3"}:
        return ()
    return (
        _deviation(
            zh=f"Label 是 {value!r}，应为 1、2 或 3", en=f"Label is {value!r} and should be 1, 2 or 3"
        ),
    )


def _characters(name: str, value: str) -> tuple[Deviation, ...]:
    fault = forbidden_character(name, value)
    if fault is None:
        return ()
    position, character = fault
    return (
        _deviation(
            zh=f"{name} 第 {position} 个字符 {character!r} 不允许",
            en=f"{name}: character {position}, {character!r}, is not allowed",
        ),
    )


def _producer(values: Mapping[str, str]) -> tuple[Deviation, ...]:
    # Labels 2 and 3 are written by platforms that need not know the producer.
    due = () if values.get("Label") in {"2", "3"} else ("ContentProducer", "ProduceID")
    empty = [_deviation(zh=f"{name} 为空", en=f"{name} is empty") for name in due if values.get(name) == ""]
    return (*empty, *_code("ContentProducer", values), *_code("ContentPropagator", values))


def _code(name: str, values: Mapping[str, str]) -> tuple[Deviation, ...]:
    value = values.get(name, "")
    if not value:
        return ()
    if len(value) != CODE_LENGTH:
        return (
            _deviation(
                instrument=CODE_GUIDE,
                clause="",
                binding=False,
                zh=f"{name} 是名称 {value!r}，不是 27 位编码",
                en=f"{name} is a name, {value!r}, not a 27-character code",
            ),
        )
    try:
        ProviderCode.parse(value, field=name)
    except ProviderCodeInvalid as error:
        return (Deviation(instrument=CODE_GUIDE, clause="", binding=False, text=error.text),)
    return ()


def _propagator(values: Mapping[str, str]) -> tuple[Deviation, ...]:
    empty = [name for name in _PROPAGATION if values.get(name) == ""]
    if not empty:
        return ()
    return (
        _deviation(
            clause="E note 1",
            binding=False,
            zh=f"{'、'.join(empty)} 为空；首次写入时应与制作者的相同",
            en=f"{', '.join(empty)} empty; on first writing they equal the producer's",
        ),
    )


def _deviation(
    *, zh: str, en: str, instrument: str = STANDARD, clause: str = ANNEX, binding: bool = True
) -> Deviation:
    return Deviation(instrument=instrument, clause=clause, binding=binding, text=BilingualText(zh=zh, en=en))
