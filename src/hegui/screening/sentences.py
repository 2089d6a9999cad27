"""Where sentences end, in folded text: Chinese and Western marks, quotation marks behind them, line ends."""

import re

# Folding has made ！？； one with their ASCII forms. A full stop ends a sentence where white space follows:
# 3.14 and example.com are no ends. Marks may repeat (？！, ……), and what closes a quotation belongs to it.
_CLOSING = r"[”’\"'」』)】》〉\]]*"
_END = re.compile(rf"[。!?;…\n]+{_CLOSING}|\.{_CLOSING}(?=\s)")
# Where a sentence without an end is cut: behind the last of these.
_PAUSE = re.compile(r"[,、:\s]")


def sentence_end(text: str, start: int, *, longest: int, complete: bool) -> int | None:
    """Where the sentence that begins at ``start`` ends, exclusive.

    The answer never depends on how much of the text behind the sentence is there already: an end is told
    once a character behind it is known, or the text is complete.

    Args:
        text: folded text.
        start: where the sentence begins.
        longest: a longer sentence is cut, behind a pause in its second half if there is one.
        complete: no more text will come.

    Returns:
        The end, greater than ``start``; ``None`` where more text must be seen first, or none is left.
    """
    limit = start + longest
    # A full stop at the limit needs to see what is behind it, and `search` would hide that.
    found = _END.search(text, start, min(limit, len(text)) + 1)
    end = min(found.end(), limit) if found is not None and found.start() < limit else None
    if end is None and len(text) > limit:
        end = _pause(text, start + longest // 2, limit)
    if end is not None and end < len(text):
        return end
    return len(text) if complete and start < len(text) else None


def _pause(text: str, start: int, end: int) -> int:
    """Behind the last pause of ``text[start:end]``, else ``end``."""
    return max((match.end() for match in _PAUSE.finditer(text, start, end)), default=end)
