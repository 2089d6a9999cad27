import datetime as dt

import pytest

from hegui.marking.release import keep_until


@pytest.mark.parametrize(
    ("day", "months", "last"),
    [
        (dt.date(2026, 11, 22), 6, dt.date(2027, 5, 22)),
        (dt.date(2026, 8, 31), 6, dt.date(2027, 2, 28)),
        (dt.date(2027, 8, 31), 6, dt.date(2028, 2, 29)),
        (dt.date(2026, 6, 30), 6, dt.date(2026, 12, 30)),
        (dt.date(2026, 12, 1), 12, dt.date(2027, 12, 1)),
    ],
)
def test_months_end_on_the_same_day_or_on_the_last_there_is(day, months, last):
    assert keep_until(day, months=months) == last
