"""The detector: looks for every form of every kind where a trace of it is."""

import itertools
import re
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from functools import cache, cached_property
from importlib import resources
from typing import TYPE_CHECKING, NamedTuple

from hegui.core import digest_bytes, digest_value
from hegui.screening.detector import CONTEXT, Account, Occurrence
from hegui.screening.matcher import LONG, Matcher, MatcherKind, built
from hegui.screening.model import PERSONAL_INFORMATION, Category, PersonalInformationKind
from hegui.screening.personal_information import accounts, devices, documents, names, phones, places, vehicles
from hegui.screening.personal_information.form import SLIGHT, Literals, Sign, Trace, ValueForm
from hegui.screening.shapes import NEVER

if TYPE_CHECKING:
    from hegui.screening.sieve import Sieve

_AREAS = (documents, accounts, phones, places, names, vehicles, devices)
FORMS = tuple(form for area in _AREAS for form in area.FORMS)
"""Every form of every kind."""
RULES = {kind: text for area in _AREAS for kind, text in area.RULES.items()}
"""How each kind is recognised, in words."""


class _Compiled:
    """A form made ready for reading. To compile one takes a millisecond, and no text asks for all of them."""

    def __init__(self, form: ValueForm) -> None:
        self.form = form
        self.category = _category(form)

    @cached_property
    def whole(self) -> re.Pattern[str]:
        """Matches it; the value is the group 1."""
        return self.form.whole

    @cached_property
    def unlike(self) -> re.Pattern[str] | None:
        """Matches at the end of what makes it something else."""
        return re.compile(self.form.unlike.whole + r"\Z") if self.form.unlike else None


class _Group(NamedTuple):
    """Forms that have their trace in common.

    ``reach`` is how far from it one can extend to either side, over ``characters`` only where they are named.
    """

    reach: int
    characters: str | None
    forms: tuple[_Compiled, ...]

    def places(self, text: str, traces: Iterable[tuple[int, int]], start: int) -> Iterator[tuple[int, int]]:
        """The parts of a text, from ``start`` on, that a form around one of the traces can reach.

        A trace may be hidden by another that overlaps it: the margin on both sides is a form's whole
        reach, so that a form around either lies within.
        """
        begin = end = start
        for trace in sorted(traces):
            first, last = self._around(text, *trace)
            if first > end:
                if begin < end:
                    yield begin, end
                begin = first
            end = max(end, last)
        if begin < end:
            yield begin, end

    def _around(self, text: str, begin: int, end: int) -> tuple[int, int]:
        first = max(0, begin - self.reach)
        last = end + self.reach
        if self.characters:
            first += len(text[first:begin].rstrip(self.characters))
            last = min(last, len(text)) - len(text[end:last].lstrip(self.characters))
        return first, last


class _Tracing(NamedTuple):
    """What finds the traces of all groups; each answers with the places of its group among ``groups``.

    Signs are the characters between the two ``sign_characters``.
    """

    groups: tuple[_Group, ...]
    words: Matcher
    of_word: tuple[tuple[int, ...], ...]
    signs: re.Pattern[str]
    of_sign: tuple[int, ...]
    sign_characters: tuple[str, str]

    def told(self, text: str, start: int) -> Sequence[tuple[int, int, int]]:
        """Every word from ``start`` on, counted from there."""
        rest = text[start:] if start else text
        return self.words.find(rest) if len(rest) < LONG else _sieve().find(rest)

    def traces(
        self, text: str, start: int, told: Sequence[tuple[int, int, int]]
    ) -> Mapping[int, Sequence[tuple[int, int]]]:
        """For each group the traces from ``start`` on; ``told`` are the words from there."""
        traces: dict[int, list[tuple[int, int]]] = defaultdict(list)
        for begin, end, word in told:
            for group in self.of_word[word]:
                traces[group].append((begin + start, end + start))
        for match in self._signs(text, start):
            assert match.lastindex is not None  # noqa: S101 - each sign is a group
            traces[self.of_sign[match.lastindex - 1]].append((match.start(), match.end(match.lastindex)))
        return traces

    def _signs(self, text: str, start: int) -> Iterable[re.Match[str]]:
        if len(text) < LONG or start:
            return self.signs.finditer(text, start)
        from hegui.screening.sieve import matches_between  # noqa: PLC0415 - see `_sieve`

        return matches_between(self.signs, *self.sign_characters, text)


class _Beginnings(NamedTuple):
    """What tells that a text may end within a form: ``bare`` without and ``labelled`` with a label.

    ``labels`` are the words among all that are traces of a label.
    """

    bare: re.Pattern[str]
    labelled: tuple[re.Pattern[str], ...]
    labels: frozenset[int]
    longest: int


class PersonalInformationDetector:
    """Looks for the kinds of :class:`hegui.screening.model.PersonalInformationKind`.

    Kinds do not hide one another, so that leaving one out changes nothing about the others.
    """

    name = "personal-information"

    def __init__(
        self, kinds: Collection[PersonalInformationKind] = frozenset(PersonalInformationKind)
    ) -> None:
        """Look for these kinds: all twenty if not said."""
        self._kinds = frozenset(kinds)

    @property
    def digest(self) -> str:
        """See :class:`hegui.screening.detector.Detector`."""
        if len(self._kinds) == len(PersonalInformationKind):
            return _digest()
        return digest_value({"forms": _digest(), "kinds": sorted(self._kinds)})

    @property
    def categories(self) -> Sequence[Category]:
        """One for each kind and level."""
        return list(dict.fromkeys(_category(form) for form in FORMS if form.kind in self._kinds))

    @property
    def sieves(self) -> Sequence["Sieve"]:
        """See :class:`hegui.screening.detector.Sifting`."""
        return [_sieve()]

    def occurrences(self, text: str, start: int) -> Sequence[Occurrence]:
        """See :class:`hegui.screening.detector.Detector`."""
        context = start - CONTEXT if start > CONTEXT else 0
        return _occurrences(text, start, context, _tracing().told(text, context))

    def read(self, text: str, start: int) -> tuple[Sequence[Occurrence], int]:
        """See :class:`hegui.screening.detector.Detector`."""
        if not _may_stand(text, start):
            return (), _begun_at(text, start, _beginnings())
        context = max(0, start - CONTEXT)
        told = _tracing().told(text, context)
        return _occurrences(text, start, context, told), _unfinished(text, start, told, _beginnings())

    def withheld(self, text: str, start: int, acting: frozenset[Category]) -> int:
        """See :class:`hegui.screening.detector.Detector`."""
        if not _may_stand(text, start):
            return _begun_at(text, start, _beginnings(acting))
        return _unfinished(text, start, _tracing().told(text, max(0, start - CONTEXT)), _beginnings(acting))

    def account(self, matched: str, category: Category) -> Account:
        """See :class:`hegui.screening.detector.Detector`."""
        del matched
        return Account(pattern=RULES[PersonalInformationKind(category.kind)], source=self.name)


def _may_stand(text: str, start: int) -> bool:
    """Whether more can be said of what begins at ``start`` or later than that it may have begun.

    In a stream nearly every piece is settled so.
    """
    return _telling().search(text, start - 1 if start else 0) is not None


def _occurrences(
    text: str, start: int, context: int, told: Sequence[tuple[int, int, int]]
) -> Sequence[Occurrence]:
    """What begins at ``start`` or later; ``told`` are the words from ``context`` on."""
    tracing = _tracing()
    if not told and len(text) < LONG and tracing.signs.search(text, context) is None:
        return ()
    every = tracing.traces(text, context, told)
    found = [
        occurrence
        for index, traces in every.items()
        for begin, end in tracing.groups[index].places(text, traces, context)
        for compiled in tracing.groups[index].forms
        if end - begin >= compiled.form.value.shortest
        for occurrence in _within(text, begin, end, compiled)
        if occurrence.start >= start
    ]
    found.sort(key=_order)
    return found


def _begun_at(text: str, start: int, beginnings: _Beginnings) -> int:
    """The first place from ``start`` on where a form without a label may have begun."""
    end = len(text)
    if start < end - beginnings.longest:  # noqa: PLR1730 - a piece is read in two microseconds: calls are seen
        start = end - beginnings.longest
    broken = beginnings.bare.search(text, start)
    return broken.start() if broken else end


def _unfinished(text: str, start: int, told: Sequence[tuple[int, int, int]], beginnings: _Beginnings) -> int:
    """The same of any form; ``told`` are the words around it."""
    place = _begun_at(text, start, beginnings)
    # Labels are looked for among the traces, which costs nearly nothing.
    if any(word in beginnings.labels for _, _, word in told):
        start = max(start, len(text) - beginnings.longest)
        for pattern in beginnings.labelled:
            for match in pattern.finditer(text, max(0, start - CONTEXT)):
                if match.start(1) >= start:
                    place = min(place, match.start(1))
    return place


def _category(form: ValueForm) -> Category:
    return Category(risk=PERSONAL_INFORMATION, kind=form.kind.value, level=form.level or form.kind.level)


# The expressions are compiled once in a process, and those for beginnings only where there are streams.


@cache
def _by_trace() -> Mapping[Trace, Sequence[ValueForm]]:
    """The forms by what tells of them: a trace of their own or a label."""
    by_trace: dict[Trace, list[ValueForm]] = defaultdict(list)
    for form in FORMS:
        by_trace[form.trace or Literals(form.label.words if form.label else ())].append(form)
    return by_trace


@cache
def _words() -> Mapping[str, Sequence[int]]:
    """All words to look for, each with the groups it tells of; those that only begin a text, too."""
    words: dict[str, list[int]] = defaultdict(list)
    for index, trace in enumerate(_by_trace()):
        if isinstance(trace, Literals):
            for word in trace.words:
                words[word].append(index)
    for form in FORMS:
        for word in form.label.words if form.label else ():
            words.setdefault(word, [])
    return words


@cache
def _tracing() -> _Tracing:
    of_sort: dict[str, list[tuple[str, int]]] = defaultdict(list)
    for index, trace in enumerate(_by_trace()):
        if isinstance(trace, Sign):
            of_sort[trace.sort].append((trace.behind, index))
    return _Tracing(
        groups=tuple(itertools.starmap(_group, _by_trace().items())),
        words=built(tuple(_words()), MatcherKind.usual()),
        of_word=tuple(map(tuple, _words().values())),
        signs=_signs(of_sort),
        of_sign=tuple(index for signs in of_sort.values() for _, index in signs),
        sign_characters=_extremes(of_sort),
    )


@cache
def _sieve() -> "Sieve":
    from hegui.screening.sieve import Sieve  # noqa: PLC0415 - who reads nothing long needs no arrays

    find = _tracing().words.find
    return Sieve(tuple(_words()), within=find, throughout=find)


def _signs(of_sort: Mapping[str, Sequence[tuple[str, int]]]) -> re.Pattern[str]:
    # One character at a time, so that no trace hides another. What is behind it is a group of its own. The
    # expression begins with one range of characters, which is the fastest to look for.
    sorts = (
        f"(?<=[{re.escape(sort)}])(?={'|'.join(f'({behind})' for behind, _ in signs)})"
        for sort, signs in of_sort.items()
    )
    first, last = _extremes(of_sort)
    return re.compile(f"[{re.escape(first)}-{re.escape(last)}](?:{'|'.join(sorts)})")


def _extremes(sorts: Iterable[str]) -> tuple[str, str]:
    every = "".join(sorts)
    return min(every), max(every)


def _group(trace: Trace, forms: Sequence[ValueForm]) -> _Group:
    return _Group(
        reach=max(form.reach for form in forms),
        characters=trace.characters if isinstance(trace, Sign) else None,
        forms=tuple(map(_Compiled, forms)),
    )


@cache
def _beginnings(categories: frozenset[Category] | None = None) -> _Beginnings:
    """Of the forms of these categories; of all if not said."""
    forms = [form for form in FORMS if categories is None or _category(form) in categories]
    labelled = [form for form in forms if form.label]
    bare = [form for form in forms if not form.label]
    # Most characters of a text begin none, and those of one script begin only some of them.
    scripts = ([form for form in bare if form.value.firsts.isascii() is latin] for latin in (True, False))
    labels = {word for form in labelled if form.label for word in form.label.words}
    begun = "|".join(_begun(forms) for forms in scripts if forms) or NEVER
    firsts = "".join(form.value.firsts for form in bare)
    return _Beginnings(
        # One class of characters first: that is the fastest to look for.
        bare=re.compile(f"[{firsts}](?<=(?={begun}).)" if firsts else NEVER),
        labelled=tuple(map(re.compile, dict.fromkeys(form.broken for form in labelled))),
        labels=frozenset(index for index, word in enumerate(_words()) if word in labels),
        longest=max(form.longest for form in forms),
    )


@cache
def _telling() -> re.Pattern[str]:
    """Finds what every value has in it or beside it: a trace, or the end of its label."""
    traces = dict.fromkeys(form.trace for form in FORMS if form.trace)
    words = [word for trace in traces if isinstance(trace, Literals) for word in trace.words]
    # Of a word that is not all Chinese, one other character tells enough.
    foreign = {word: next(filter(str.isascii, word), "") for word in words}
    chinese = [word for word in words if not foreign[word]]
    single = [trace.sort for trace in traces if isinstance(trace, Sign)] + [*foreign.values()]
    ends = "".join(map(re.escape, dict.fromkeys("".join(single)))) + "".join(
        form.label.lasts for form in FORMS if form.label
    )
    last = "".join(dict.fromkeys(word[-1] for word in chinese))
    # One class of characters first: that is the fastest to look for.
    return re.compile(f"[{ends}{last}](?:(?<=[{ends}])|{'|'.join(f'(?<={word})' for word in chinese)})")


def _begun(forms: Sequence[ValueForm]) -> str:
    firsts = "".join(form.value.firsts for form in forms)
    return f"(?=[{firsts}])(?:{'|'.join(dict.fromkeys(form.broken for form in forms))})"


def _within(text: str, begin: int, end: int, compiled: _Compiled) -> Iterator[Occurrence]:
    search = compiled.whole.search
    match = search(text, begin, end)
    while match is not None:
        start, stop = match.span(1)
        if compiled.form.holds(match[1]) and not (
            compiled.unlike and compiled.unlike.search(text, max(0, start - CONTEXT), start)
        ):
            yield Occurrence(start, stop, compiled.category)
        # From the next character on, not from the match's end: what occurs at a place must not depend on
        # where the search began.
        match = search(text, match.start() + 1, end)


def _order(occurrence: Occurrence) -> tuple[int, int, bool]:
    """By place, the longer first, and of the same text what says more of it."""
    return occurrence.start, -occurrence.end, occurrence.category.level == SLIGHT


@cache
def _digest() -> str:
    """Of all that decides what is found."""
    room = resources.files("hegui.screening")
    files = [path for path in room.joinpath("personal_information").iterdir() if path.name.endswith(".py")]
    data = ("places.txt", "surnames.txt", "not_names.txt")
    files += [room.joinpath("shapes.py"), *(room.joinpath("data", name) for name in data)]
    return digest_bytes(b"".join(path.read_bytes() for path in sorted(files, key=lambda path: path.name)))
