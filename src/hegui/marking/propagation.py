"""What a platform adds to the label of content that others made. Pure."""

from collections.abc import Sequence
from enum import StrEnum

from hegui.core import Conflict
from hegui.marking.model import (
    FoundLabel,
    ImplicitLabel,
    LabelInvalid,
    forbidden_character,
)
from hegui.marking.reading import affirms

_PRODUCER = ("ContentProducer", "ProduceID", "ReservedCode1")


class Statement(StrEnum):
    """Why a platform takes content without a label for generated.

    Basis:
        LABEL 6
    """

    DECLARED = "declared"
    SUSPECTED = "suspected"


_LABEL_VALUES = {Statement.DECLARED: "2", Statement.SUSPECTED: "3"}


class NothingToPropagate(Conflict):
    """A file whose labels say nothing that a platform could carry on."""


class PropagatedLabel(ImplicitLabel, kw_only=True):
    """A label whose producer's fields stay as the producer wrote them, a name in place of a code included.

    Basis:
        LABEL 6
        GB-45438 E
    """

    def _check_producer(self) -> None:
        for field, value in self.fields().items():
            if field in _PRODUCER and (fault := forbidden_character(field, value)):
                position, character = fault
                raise LabelInvalid(
                    field=field,
                    value=value,
                    zh=f"制作者写的第 {position} 个字符 {character!r} 不允许，平台又不应改动；请制作者改正",
                    en=f"the producer wrote {character!r} as character {position}, which is not allowed and "
                    "not the platform's to change; ask the producer to mend it",
                )


def propagated(
    labels: Sequence[FoundLabel], *, propagator: str, propagate_id: str, statement: Statement | None
) -> PropagatedLabel:
    """The label with the propagator's fields, and the producer's as they were.

    Args:
        labels: what is in the file.
        propagator: the platform's 27-character code.
        propagate_id: the platform's unique number of the content.
        statement: why it is taken for generated, where the file itself does not say so.

    Raises:
        NothingToPropagate: the file says nothing and no statement was given; or it does and one was; or its
            labels contradict one another.
        LabelInvalid: a value is missing or holds a character that is not allowed.
        ProviderCodeInvalid: the code is wrong; the error names the character.

    Basis:
        LABEL 6
    """
    speaking = [label for label in labels if _value(label)]
    if not speaking:
        if statement is None:
            raise NothingToPropagate(
                zh="文件里没有说明属于生成合成内容的标识；"
                "用户声明过的加 --declared，平台自己检测到的加 --suspected",
                en="no label in the file says that it is generated; add --declared where its user said "
                "so, or --suspected where the platform found traces",
            )
        return PropagatedLabel(
            label=_LABEL_VALUES[statement],
            content_producer="",
            produce_id="",
            content_propagator=propagator,
            propagate_id=propagate_id,
        )
    if statement is not None:
        raise NothingToPropagate(
            zh="文件里已有标识，以它为准；请去掉 --declared 或 --suspected",
            en="the file has a label, which counts; leave out --declared and --suspected",
        )
    if len({_stated(label) for label in speaking}) > 1:
        raise NothingToPropagate(
            zh=f"文件里有 {len(speaking)} 个互相矛盾的标识，无法判断哪个是制作者的",
            en=f"the file has {len(speaking)} labels that contradict one another; which is the producer's "
            "cannot be told",
        )
    first = speaking[0]
    return PropagatedLabel(
        label=_value(first),
        content_producer=first.value("ContentProducer"),
        produce_id=first.value("ProduceID"),
        reserved_code_1=first.value("ReservedCode1"),
        content_propagator=propagator,
        propagate_id=propagate_id,
    )


def _value(label: FoundLabel) -> str:
    if affirms(label):
        return "1"
    value = label.value("Label")
    return value if value in _LABEL_VALUES.values() else ""


def _stated(label: FoundLabel) -> tuple[str, ...]:
    return (_value(label), *(label.value(name) for name in _PRODUCER))
