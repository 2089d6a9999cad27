"""Half-open periods of legal days."""

import datetime as dt

from hegui.core.records import Record


class Period(Record):
    """The days from ``since`` on, up to but not including ``until`` (open-ended where ``None``)."""

    since: dt.date
    until: dt.date | None = None

    def __post_init__(self) -> None:
        """Refuse a period that contains no day."""
        if self.until is not None and self.until <= self.since:
            message = f"period ends on {self.until} but begins on {self.since}"
            raise ValueError(message)

    def contains(self, day: dt.date) -> bool:
        """Whether ``day`` lies in the period."""
        return self.since <= day and (self.until is None or day < self.until)

    def overlaps(self, other: "Period") -> bool:
        """Whether the two periods share a day."""
        return (other.until is None or self.since < other.until) and (
            self.until is None or other.since < self.until
        )
