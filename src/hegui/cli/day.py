"""Days that people name on the command line, by China's calendar."""

import datetime as dt
from typing import Any

import click

from hegui.cli.terminal import phrase
from hegui.core import CHINA

_FIRST_YEAR, _LAST_YEAR = 1970, 2999


class ChinaDay(click.DateTime):
    """A day such as ``2026-11-26``, as its first moment in China."""

    def __init__(self) -> None:
        """Take days alone, no times."""
        super().__init__(["%Y-%m-%d"])

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> dt.datetime:  # noqa: ANN401 - click's
        """The day's first moment; a year that nobody means is refused before it is reckoned with."""
        day: dt.datetime = super().convert(value, param, ctx)
        if not _FIRST_YEAR <= day.year <= _LAST_YEAR:
            self.fail(
                phrase(
                    zh=f"{value} 不在 {_FIRST_YEAR} 年至 {_LAST_YEAR} 年之间",
                    en=f"{value} is not between the years {_FIRST_YEAR} and {_LAST_YEAR}",
                ),
                param,
                ctx,
            )
        return day.replace(tzinfo=CHINA)
