"""Giving content without an explicit label to a user who asked for it: what has to hold first. Pure."""

import calendar
import datetime as dt
from pathlib import Path

from hegui.core import Conflict, InvalidInput, Verdict
from hegui.marking.files import named
from hegui.marking.inspection import Inspection
from hegui.marking.judgement import conformity, file_deviations

_MONTHS_OF_A_YEAR = 12


class NotReleasable(Conflict):
    """A file that may not be given away without an explicit label, or that shows one.

    Attributes:
        path: the file.
    """

    def __init__(self, path: Path, *, zh: str, en: str) -> None:
        """Name the file and the reason."""
        super().__init__(zh=f"{named(path)}：{zh}", en=f"{named(path)}: {en}")
        self.path = path


def refuse_unfit(path: Path, found: Inspection, *, recipient: str, agreement: str) -> None:
    """Let pass only a file with a conforming metadata label and no explicit one, for a known recipient.

    Raises:
        InvalidInput: recipient or agreement is empty.
        NotReleasable: the file is not fit.

    Basis:
        LABEL 9
    """
    if not recipient.strip() or not agreement.strip():
        raise InvalidInput(
            zh="须写明提供对象，以及明确其义务和责任的用户协议及版本",
            en="name the recipient, and the user agreement with its edition that fixes their duties",
        )
    if found.marks:
        raise NotReleasable(
            path,
            zh=f"文件里有显式标识（{found.marks[0].text}），不属于第九条的情形",
            en=f"it shows an explicit label ({found.marks[0].text}); that is no case of Article 9",
        )
    if conformity(found.labels, file_deviations(found.labels)) is not Verdict.MET:
        raise NotReleasable(
            path,
            zh="没有符合标准的隐式标识；请先运行 hegui mark 添加，隐式标识必须保留",
            en="it has no conforming metadata label, which has to stay; add one with hegui mark first",
        )


def keep_until(day: dt.date, *, months: int) -> dt.date:
    """The last day of a time of keeping that begins on ``day``; the last of the month where it has fewer."""
    index = day.year * _MONTHS_OF_A_YEAR + day.month - 1 + months
    year, month = divmod(index, _MONTHS_OF_A_YEAR)
    last = calendar.monthrange(year, month + 1)[1]
    return dt.date(year, month + 1, min(day.day, last))
