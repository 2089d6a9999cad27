"""Formats of guard models: how each is asked, how its answer is read, what its categories mean here."""

import hashlib
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Annotated

import msgspec

from hegui.core import InvalidInput, Language, NotFound, Record, digest_value, load_document, nearest, to_json
from hegui.endpoint import Message
from hegui.screening.keywords import Level
from hegui.screening.model import UNMAPPED, Category, Direction

UNNAMED = "unnamed"
"""The kind of what a guard objects to without naming a category that its format knows."""

FORMAT_FILES = (".yaml", ".yml")

Levels = Mapping[str, Level | None]
"""How grave each verdict of a guard is; ``None`` where it is harmless."""

_PACKAGED = Path(__file__).parent / "data" / "guards"
_PLACES = re.compile(r"\{(text|prompt|boundary|risks)\}")
_THOUGHT = re.compile(r"\A\s*<think>.*?</think>", re.DOTALL)
_RISK = re.compile(r"A\.[1-5](?:\.[a-i])?|M(?:\.[1-4])?")


class GuardCategory(Record):
    """A category of a guard model, and the risk that it is about.

    Attributes:
        name: as the guard writes it.
        risk: a risk (``A.1.f``) or a group of them (``A.2``); ``None`` where none would be honest.
        note: how well it fits, or why nothing does.
    """

    name: str
    risk: str | None
    note: str = ""


class GuardFormat(Record):
    """How a sort of guard model is asked, how its answer is read, and what its categories mean here.

    In messages ``{text}`` stands for what is judged, ``{prompt}`` for what it answers, ``{boundary}`` for a
    mark that neither can contain, and ``{risks}`` for the risks asked about.

    Attributes:
        name: names it in declarations.
        source: where it is documented.
        licence: of the model's weights.
        languages: that it understands, as its makers say.
        messages: what is sent, for each direction in which it can judge.
        verdict: an expression, in one pair of brackets, of the verdict with which an answer begins.
        verdicts: how grave each verdict is; ``null`` for harmless.
        named: an expression, in one pair of brackets, of the categories named behind it.
        separator: what stands between categories.
        categories: the categories it may name.
        risks: groups of risks that it is asked about and names by their codes.
        language: in which the risks are put to it.
        max_tokens: the longest answer wanted.
    """

    name: str
    source: str
    licence: str
    languages: str
    messages: dict[Direction, Annotated[tuple[Message, ...], msgspec.Meta(min_length=1)]]
    verdict: str
    verdicts: dict[str, Level | None]
    named: str = ""
    separator: str = ","
    categories: tuple[GuardCategory, ...] = ()
    risks: tuple[str, ...] = ()
    language: Language = Language.ZH
    max_tokens: Annotated[int, msgspec.Meta(ge=1)] = 128

    def __post_init__(self) -> None:
        """Refuse a format by which no answer could be read."""
        for expression in (self.verdict, self.named or "()"):
            try:
                brackets = re.compile(expression).groups
            except re.error as error:
                raise InvalidInput(
                    zh=f"格式 {self.name}：{expression!r} 不是正则表达式：{error}",
                    en=f"format {self.name}: {expression!r} is no regular expression: {error}",
                ) from error
            if brackets != 1:
                raise InvalidInput(
                    zh=f"格式 {self.name}：{expression!r} 应恰有一对括号，括住要读取的部分",
                    en=f"format {self.name}: {expression!r} needs one pair of brackets, around what is read",
                )
        if None not in self.verdicts.values():
            raise InvalidInput(
                zh=f"格式 {self.name}：verdicts 中没有表示无害的结论（null）",
                en=f"format {self.name}: none of its verdicts says harmless (null)",
            )
        for category in self.categories:
            if category.risk is not None and not _RISK.fullmatch(category.risk):
                raise InvalidInput(
                    zh=f"格式 {self.name}：类别 {category.name!r} 的 {category.risk!r} 不是风险编号；"
                    "没有对应风险时写 null",
                    en=f"format {self.name}: {category.risk!r} of category {category.name!r} "
                    "is no risk's code; write null where none fits",
                )

    @property
    def digest(self) -> str:
        """The digest of all of it."""
        return digest_value(to_json(self))

    def ask(
        self, text: str, *, direction: Direction, prompt: str = "", pictures: tuple[str, ...] = ()
    ) -> tuple[Message, ...]:
        """What is sent to have ``text`` judged.

        Args:
            text: what is judged.
            direction: one of those in :attr:`messages`.
            prompt: what the text answers, where that is known.
            pictures: what is judged with the text, or instead of it, as ``data:`` URIs; shown with the last
                message.
        """
        filling = {"text": text, "prompt": prompt, "boundary": boundary(prompt, text)}
        *before, last = (
            Message(role=message.role, content=_PLACES.sub(lambda place: filling[place[1]], message.content))
            for message in self.messages[direction]
        )
        return (*before, msgspec.structs.replace(last, pictures=pictures))

    def read(self, answer: str, levels: Levels) -> tuple[Category, ...] | None:
        """What an answer objects to; nothing where the text is harmless, ``None`` where it cannot be read.

        A model's thoughts before its answer are passed over; the verdict must come first after them, so that
        what an answer quotes is never taken for one.

        Args:
            answer: as the guard gave it.
            levels: how grave each verdict is.
        """
        said = _THOUGHT.sub("", answer, count=1) if answer.lstrip().startswith("<think>") else answer
        said = said.strip()
        found = re.match(self.verdict, said, re.IGNORECASE)
        verdict = found and next((word for word in levels if word.casefold() == found[1].casefold()), None)
        if not found or verdict is None:
            return None
        level = levels[verdict]
        if level is None:
            return ()
        named = tuple(self._named(said[found.end() :])) or (_NOTHING_NAMED,)
        return tuple(dict.fromkeys(category_at(each, level) for each in named))

    def _named(self, said: str) -> Iterator[GuardCategory]:
        found = re.search(self.named, said, re.IGNORECASE) if self.named else None
        known = {category.name.casefold(): category for category in self.categories}
        for name in found[1].split(self.separator) if found else ():
            bare = name.strip(" \t\n\r\"'“”.").casefold()
            if bare:
                yield known.get(bare, _NOTHING_NAMED)


_NOTHING_NAMED = GuardCategory(name=UNNAMED, risk=None)


def category_at(category: GuardCategory, level: Level) -> Category:
    """What a finding of a guard's category is about."""
    return Category(risk=category.risk or UNMAPPED, kind=category.name, level=level)


def categories_of(form: GuardFormat, levels: Levels) -> tuple[Category, ...]:
    """Everything that answers in a format may object to."""
    return tuple(
        category_at(category, level)
        for category in (*form.categories, _NOTHING_NAMED)
        for level in dict.fromkeys(level for level in levels.values() if level is not None)
    )


def boundary(prompt: str, text: str) -> str:
    """A mark that neither text can contain: nobody can write a text that holds its own digest."""
    return hashlib.sha256(f"{len(prompt)} {prompt}{text}".encode("utf-8", "surrogatepass")).hexdigest()[:24]


def packaged_formats() -> tuple[str, ...]:
    """The names of the formats that come with Hegui."""
    return tuple(sorted(path.stem for path in _PACKAGED.glob("*.yaml")))


def load_format(name: str | GuardFormat, *, folder: Path = Path()) -> GuardFormat:
    """A format, with the risks that it asks about in their official wording.

    Args:
        name: of a packaged one, a file that ends in ``.yaml``, or the format itself.
        folder: where such a file is looked for.

    Raises:
        NotFound: there is none of that name, or no such file.
        InvalidInput: the file is not a format, or asks about risks that there are not.
    """
    if isinstance(name, GuardFormat):
        return _with_risks(name)
    if name.endswith(FORMAT_FILES):
        return _with_risks(load_document(folder / name, GuardFormat))
    known = packaged_formats()
    if name not in known:
        close = nearest(name, known)
        raise NotFound(
            zh=f"没有名为 {name!r} 的格式" + (f"；是 {close} 吗？" if close else f"；有：{', '.join(known)}"),
            en=f"no format is called {name!r}"
            + (f"; do you mean {close}?" if close else f"; there are {', '.join(known)}"),
        )
    return _with_risks(load_document(_PACKAGED / f"{name}.yaml", GuardFormat))


def _with_risks(form: GuardFormat) -> GuardFormat:
    """The format with ``{risks}`` written out, each of them a category by its code."""
    if not form.risks:
        return form
    from hegui.rulebook import Rulebook  # noqa: PLC0415 - whoever asks no guard model needs no law

    asked = [risk for risk in Rulebook.load().risks if risk.group in form.risks]
    if missing := set(form.risks) - {risk.group for risk in asked}:
        raise InvalidInput(
            zh=f"格式 {form.name}：没有风险类别 {', '.join(sorted(missing))}",
            en=f"format {form.name}: there is no group of risks {', '.join(sorted(missing))}",
        )
    lines = "\n".join(f"{risk.id} {risk.text.in_language(form.language)}" for risk in asked)
    return msgspec.structs.replace(
        form,
        messages={
            direction: tuple(
                msgspec.structs.replace(message, content=message.content.replace("{risks}", lines))
                for message in messages
            )
            for direction, messages in form.messages.items()
        },
        categories=(*form.categories, *(GuardCategory(name=risk.id, risk=risk.id) for risk in asked)),
    )
