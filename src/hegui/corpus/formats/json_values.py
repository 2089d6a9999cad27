"""JSON that is no JSON Lines: a list of documents, or several values behind one another, over any lines.

The documents of a file are the elements of its lists, those of the lists that an object keeps under a name
for records (``{"data": [...]}``), the texts beside such lists, those of one object together, and every other
object as it is. They are told apart by their brackets alone, so that memory is bounded by the longest
permitted document, and one that is no valid JSON leaves the next one where it is.
"""

import re
from collections.abc import Callable, Generator, Iterable, Iterator
from itertools import count

import msgspec

from hegui.corpus.account import LineFault
from hegui.corpus.formats.decoding import decoded
from hegui.corpus.formats.lines import BYTE_ORDER_MARK, FileLine, Readable

_CHUNK_BYTES = 1 << 20
_NAME_BYTES = 100
_LISTS = frozenset(
    {
        *("data", "rows", "items", "records", "examples", "samples", "instances", "entries", "documents"),
        *("docs", "annotations", "train", "training", "validation", "valid", "dev", "eval", "test"),
        *("数据", "语料"),
    }
)
"""Under these names an object keeps a list of documents; what else it says is about it, but for texts."""

_SPACE = re.compile(rb"[ \t\r\n]*")
_AROUND = re.compile(rb'["\[\]{},]')
_WITHIN = re.compile(rb'["\[\]{}]')
_QUOTE, _BACKSLASH, _OPENING = ord('"'), ord("\\"), b"[{"
_MAY_HOLD_TEXT = frozenset({b'"', b"[", b"{"})


class TextsBeside(FileLine):
    """The texts that an object holds beside its lists, as an object; it stands where all of that one does."""

    __slots__ = ()


def json_values(
    file: Readable, *, longest_bytes: int, is_text: Callable[[str], bool], most: int | None = None
) -> Iterator[FileLine]:
    """The bytes of every document, and where it stands.

    Args:
        file: at its beginning.
        longest_bytes: a longer document is named, but not read into memory.
        is_text: whether a member of that name holds text.
        most: to see what documents are like: no more than so many values, and so many elements of each list;
            what follows a value that is a longer list is not read.

    Raises:
        ValueError: what should be a value, or should follow one, is something else.
        EOFError: the file ends within a value.
    """
    scanner = _Scanner(file, longest_bytes)
    for _ in _times(most):
        mark = scanner.mark(last=True)
        if mark == b"[":
            scanner.step()
            ended = yield from _elements(scanner, most)
            if not ended:
                return
        elif mark == b"{":
            yield from _object(scanner, is_text, most)
        elif mark is None:
            return
        else:
            raise ValueError(_shown(mark))


def _elements(scanner: "_Scanner", most: int | None) -> Generator[FileLine, None, bool]:
    """Those of the list whose bracket was stepped over; returns whether it ended."""
    if scanner.mark() == b"]":
        scanner.step()
        return True
    for _ in _times(most):
        scanner.mark()
        element = scanner.begin()
        scanner.pass_value()
        yield scanner.taken(element)
        if not _goes_on(scanner, b"]"):
            return True
    return False


def _object(scanner: "_Scanner", is_text: Callable[[str], bool], most: int | None) -> Iterator[FileLine]:
    """The object ahead; where it has lists, their elements, and the texts beside them."""
    whole, lists = scanner.begin(), False
    beside = _Excerpt(whole.start, whole.longest_bytes)
    scanner.step()
    goes_on = scanner.mark() != b"}"
    if not goes_on:
        scanner.step()
    while goes_on:
        scanner.mark()
        member = scanner.begin()
        name = scanner.name()
        if scanner.mark() != b":":
            raise ValueError(_shown(name))
        scanner.step()
        called, first = _called(name), scanner.mark()
        inside = called in _LISTS and first == b"["
        if inside:
            scanner.step()
        if inside and scanner.mark() in {b"{", b"]"}:
            lists = True
            scanner.end(whole, member)
            ended = yield from _elements(scanner, most)
            if not ended:
                scanner.pass_value(depth=1)
        else:
            scanner.pass_value(depth=int(inside))
            scanner.end(member)
            # A name that cannot be read is shown to whoever reads the document, and fails there.
            if first in _MAY_HOLD_TEXT and (called is None or is_text(called)):
                beside.join(member)
        goes_on = _goes_on(scanner, b"}")
    if not lists:
        yield scanner.taken(whole)
    elif beside.size:
        data = None if beside.over_long else b"{" + beside.data + b"}"
        yield TextsBeside(whole.start, scanner.position - whole.start, data)


def _times(most: int | None) -> Iterable[int]:
    return count() if most is None else range(most)


def _called(name: bytes) -> str | None:
    """What a member is called; ``None`` where that cannot be read."""
    characters = decoded(b'"' + name + b'"')
    if isinstance(characters, LineFault) or len(name) >= _NAME_BYTES:
        return None
    try:
        return msgspec.json.decode(characters[0], type=str)
    except msgspec.DecodeError:
        return None


def _goes_on(scanner: "_Scanner", end: bytes) -> bool:
    """Whether a comma follows, and not the end."""
    mark = scanner.mark()
    if mark not in {b",", end}:
        raise ValueError(_shown(mark))
    scanner.step()
    return mark == b","


def _shown(data: bytes | None) -> str:
    return (data or b"").decode("utf-8", "replace")


class _Excerpt:
    """A part of the file, as far as a document may be long."""

    def __init__(self, start: int, longest_bytes: int) -> None:
        self.start = start
        self.longest_bytes = longest_bytes
        self.size = 0
        self.data = bytearray()

    @property
    def over_long(self) -> bool:
        """Whether it is longer, and nothing is kept."""
        return self.size > self.longest_bytes

    def add(self, data: bytes | bytearray, size: int | None = None) -> None:
        """What follows, and how long it is where not all of it was kept."""
        self.size += len(data) if size is None else size
        if self.over_long:
            self.data.clear()
        else:
            self.data += data

    def join(self, member: "_Excerpt") -> None:
        """A member more, behind a comma."""
        self.add(b"," if self.size else b"")
        self.add(member.data, member.size)


class _Scanner:
    """Goes through a file from bracket to bracket, a chunk at a time."""

    def __init__(self, file: Readable, longest_bytes: int) -> None:
        self._file = file
        self._longest_bytes = longest_bytes
        self._chunk = file.read1(_CHUNK_BYTES)
        self._at = len(BYTE_ORDER_MARK) if self._chunk.startswith(BYTE_ORDER_MARK) else 0
        self._before = 0  # bytes of the file before the chunk
        self._from = self._at
        self._open: list[_Excerpt] = []

    @property
    def position(self) -> int:
        """Of the byte ahead, in the file."""
        return self._before + self._at

    def mark(self, *, last: bool = False) -> bytes | None:
        """The next byte that is no space, ahead.

        Args:
            last: whether the file may end here; there is no such byte then.
        """
        while True:
            space = _SPACE.match(self._chunk, self._at)
            self._at = space.end() if space else self._at
            if self._at < len(self._chunk):
                return self._chunk[self._at : self._at + 1]
            if not self._next_chunk():
                if last:
                    return None
                raise EOFError

    def step(self) -> None:
        """Go behind the byte ahead."""
        self._at += 1

    def begin(self) -> "_Excerpt":
        """Keep what follows, until :meth:`end`."""
        self._keep()
        excerpt = _Excerpt(self.position, self._longest_bytes)
        self._open.append(excerpt)
        return excerpt

    def end(self, *excerpts: "_Excerpt") -> None:
        """Keep no more in them, where that has not ended before."""
        self._keep()
        self._open = [each for each in self._open if each not in excerpts]

    def taken(self, excerpt: "_Excerpt") -> FileLine:
        """Everything from where it was begun, without the space behind it."""
        self.end(excerpt)
        if excerpt.over_long:
            return FileLine(excerpt.start, excerpt.size, None)
        data = bytes(excerpt.data).rstrip()
        return FileLine(excerpt.start, len(data), data)

    def name(self) -> bytes:
        """Go behind the string ahead; as much of what it says as names have."""
        if self.mark() != b'"':
            raise ValueError(_shown(self.mark()))
        self.step()
        name, escaped, quoted = b"", 0, True
        while quoted:
            begin = self._at
            self._at, escaped, quoted = _string_end(self._chunk, begin + escaped)
            name += self._chunk[begin : self._at][: _NAME_BYTES - len(name)]
            if quoted:
                self._read_on()
        return name.removesuffix(b'"')

    def pass_value(self, depth: int = 0) -> None:
        """Go to the comma or bracket behind the value ahead.

        Args:
            depth: how many of its brackets were stepped over.
        """
        escaped, quoted = 0, False
        while True:
            chunk, at = self._chunk, self._at
            while at < len(chunk):
                if quoted:
                    at, escaped, quoted = _string_end(chunk, at + escaped)
                    continue
                found = (_WITHIN if depth else _AROUND).search(chunk, at)
                if found is None:
                    at = len(chunk)
                    continue
                mark = chunk[found.start()]
                if not depth and mark != _QUOTE and mark not in _OPENING:
                    self._at = found.start()
                    return
                at = found.end()
                if mark == _QUOTE:
                    quoted = True
                else:
                    depth += 1 if mark in _OPENING else -1
            self._at = at
            self._read_on()

    def _read_on(self) -> None:
        if not self._next_chunk():
            raise EOFError

    def _next_chunk(self) -> bool:
        self._keep()
        self._before += len(self._chunk)
        self._chunk, self._at, self._from = self._file.read1(_CHUNK_BYTES), 0, 0
        return bool(self._chunk)

    def _keep(self) -> None:
        if self._open:
            piece = self._chunk[self._from : self._at]
            for each in self._open:
                each.add(piece)
        self._from = self._at


def _string_end(chunk: bytes, at: int) -> tuple[int, int, bool]:
    """Where a string ends, how many bytes of the next chunk to step over, and whether it goes on there."""
    while (end := chunk.find(b'"', at)) >= 0:
        if _backslashes(chunk, at, end) % 2 == 0:
            return end + 1, 0, False
        at = end + 1
    return len(chunk), _backslashes(chunk, at, len(chunk)) % 2, True


def _backslashes(chunk: bytes, begin: int, end: int) -> int:
    """How many of them stand right before ``end``."""
    at = end
    while at > begin and chunk[at - 1] == _BACKSLASH:
        at -= 1
    return end - at
