"""What an incident is, and what is kept of it. Pure."""

import datetime as dt
from enum import StrEnum

from hegui.core import BilingualText, Record
from hegui.screening import Direction


class IncidentKind(StrEnum):
    """What happened, as far as the law tells incidents apart here."""

    ILLEGAL_CONTENT = "illegal_content"
    """The service generated, or was made to generate, what the law forbids."""
    NETWORK_SECURITY = "network_security"
    """Systems, or data in them, were harmed: an attack, a flaw, a failure, a leak."""

    @property
    def text(self) -> BilingualText:
        """The kind in words."""
        return _KINDS[self]


_KINDS = {
    IncidentKind.ILLEGAL_CONTENT: BilingualText(zh="违法内容", en="illegal content"),
    IncidentKind.NETWORK_SECURITY: BilingualText(zh="网络安全事件", en="network security incident"),
}


class IncidentLevel(StrEnum):
    """How grave a network security incident is, mildest first; a person judges it.

    Basis:
        INCIDENT 4
    """

    NONE = "none"
    """It is no network security incident at all."""
    ORDINARY = "ordinary"
    LARGER = "larger"
    MAJOR = "major"
    ESPECIALLY_MAJOR = "especially_major"

    @property
    def text(self) -> BilingualText:
        """The level in words."""
        return _LEVELS[self]

    @property
    def is_reported(self) -> bool:
        """Whether the time limits of the reporting measures run: from the larger incidents upward."""
        return self not in {IncidentLevel.NONE, IncidentLevel.ORDINARY}


_LEVELS = {
    IncidentLevel.NONE: BilingualText(zh="不属于网络安全事件", en="no network security incident"),
    IncidentLevel.ORDINARY: BilingualText(zh="一般", en="ordinary"),
    IncidentLevel.LARGER: BilingualText(zh="较大", en="larger"),
    IncidentLevel.MAJOR: BilingualText(zh="重大", en="major"),
    IncidentLevel.ESPECIALLY_MAJOR: BilingualText(zh="特别重大", en="especially major"),
}


class OperatorKind(StrEnum):
    """Who runs the service, as far as time limits differ by it; one may be several of them."""

    CRITICAL_INFRASTRUCTURE = "critical_infrastructure"
    STATE_ORGAN = "state_organ"
    OTHER = "other"

    @property
    def text(self) -> BilingualText:
        """The kind in words."""
        return _OPERATORS[self]


_OPERATORS = {
    OperatorKind.CRITICAL_INFRASTRUCTURE: BilingualText(zh="关键信息基础设施", en="critical infrastructure"),
    OperatorKind.STATE_ORGAN: BilingualText(zh="中央和国家机关", en="central or state organ"),
    OperatorKind.OTHER: BilingualText(zh="其他网络运营者", en="other operator"),
}


class IncidentState(StrEnum):
    """Where an incident stands."""

    CANDIDATE = "candidate"
    """A machine proposes it; nobody has looked at it yet."""
    OPEN = "open"
    CLOSED = "closed"
    OVERTURNED = "overturned"
    """A person found that it was none."""

    @property
    def text(self) -> BilingualText:
        """The state in words."""
        return _STATES[self]

    @property
    def is_over(self) -> bool:
        """Whether nothing more is to be done."""
        return self in {IncidentState.CLOSED, IncidentState.OVERTURNED}


_STATES = {
    IncidentState.CANDIDATE: BilingualText(zh="待确认", en="to be confirmed"),
    IncidentState.OPEN: BilingualText(zh="处置中", en="open"),
    IncidentState.CLOSED: BilingualText(zh="已办结", en="closed"),
    IncidentState.OVERTURNED: BilingualText(zh="误报", en="false alarm"),
}


class DeedKind(StrEnum):
    """What was done about an incident."""

    PROPOSED = "proposed"
    OPENED = "opened"
    CONFIRMED = "confirmed"
    ASSESSED = "assessed"
    NOTED = "noted"
    STOPPED = "stopped"
    """What was found is no longer generated and passed on."""
    REMOVED = "removed"
    """What was found can no longer be seen."""
    BLOCKED = "blocked"
    """A rule keeps it from being generated again."""
    UNBLOCKED = "unblocked"
    """A person lifted such a rule."""
    EXPORTED = "exported"
    """Examples were handed over for the model to be trained with."""
    RECTIFIED = "rectified"
    """The model or the service was changed so that it does not happen again."""
    DRAFTED = "drafted"
    """A report was drafted, for a person to read."""
    REPORTED = "reported"
    """A person reported it to the authority."""
    FINALLY_REPORTED = "finally_reported"
    """A person handed in the final report."""
    CLOSED = "closed"
    OVERTURNED = "overturned"

    @property
    def text(self) -> BilingualText:
        """The deed in words."""
        return _DEEDS[self]


_DEEDS = {
    DeedKind.PROPOSED: BilingualText(zh="系统提出", en="proposed by the system"),
    DeedKind.OPENED: BilingualText(zh="立案", en="opened"),
    DeedKind.CONFIRMED: BilingualText(zh="确认", en="confirmed"),
    DeedKind.ASSESSED: BilingualText(zh="定级", en="level judged"),
    DeedKind.NOTED: BilingualText(zh="记录", en="noted"),
    DeedKind.STOPPED: BilingualText(zh="停止生成和传输", en="generation and transmission stopped"),
    DeedKind.REMOVED: BilingualText(zh="消除", en="removed"),
    DeedKind.BLOCKED: BilingualText(zh="防止再次生成", en="recurrence blocked"),
    DeedKind.UNBLOCKED: BilingualText(zh="解除防再生规则", en="recurrence rule lifted"),
    DeedKind.EXPORTED: BilingualText(zh="导出训练样例", en="examples exported"),
    DeedKind.RECTIFIED: BilingualText(zh="整改", en="rectified"),
    DeedKind.DRAFTED: BilingualText(zh="起草报告", en="report drafted"),
    DeedKind.REPORTED: BilingualText(zh="已报告", en="reported"),
    DeedKind.FINALLY_REPORTED: BilingualText(zh="已提交总结报告", en="final report handed in"),
    DeedKind.CLOSED: BilingualText(zh="办结", en="closed"),
    DeedKind.OVERTURNED: BilingualText(zh="认定为误报", en="found to be a false alarm"),
}

BY_PEOPLE = (
    DeedKind.NOTED,
    DeedKind.STOPPED,
    DeedKind.REMOVED,
    DeedKind.RECTIFIED,
    DeedKind.REPORTED,
    DeedKind.FINALLY_REPORTED,
)
"""What people do elsewhere and note here."""


_OF_CONTENTS = frozenset({DeedKind.STOPPED, DeedKind.REMOVED, DeedKind.BLOCKED})
"""What is done about each exchange for itself."""


class Discovery(Record):
    """What was found in one exchange.

    Attributes:
        exchange: the exchange.
        risk: what is wrong with it, as ``A.1.f``.
        direction: whether the answer is or what was asked.
    """

    exchange: str
    risk: str
    direction: Direction


class Deed(Record):
    """One line of an incident's history.

    Attributes:
        kind: what was done.
        at: when it was done; what people note may have been done before.
        by: who did it, or noted it.
        text: what is said of it.
        entry: the ledger entry, ``main/17``.
        exchange: the exchange it is about; all that were known of then where it names none.
    """

    kind: DeedKind
    at: dt.datetime
    by: str
    text: str
    entry: str
    exchange: str | None = None


class Incident(Record):
    """Something that happened and has to be dealt with.

    Attributes:
        id: its number, as ``3f0c9a…``.
        kind: what happened.
        title: what happened, in somebody's words.
        found_at: when it was discovered or learned of: every time limit runs from there.
        state: where it stands.
        exchanges: the exchanges of the gateway that it is about.
        risks: the risks that it is about, as ``A.1.f``.
        direction: whether what was found first is an answer or was asked; ``None`` where it is neither.
        level: how grave a person judged it to be; ``None`` while nobody did.
        operators: who runs the service; empty while that is not known.
        handled_at: when its handling ended.
        deeds: what was done, in the order in which it was recorded.
        discoveries: what was found in which exchange, in that order, as far as it was said.
    """

    id: str
    kind: IncidentKind
    title: str
    found_at: dt.datetime
    state: IncidentState
    exchanges: tuple[str, ...] = ()
    risks: tuple[str, ...] = ()
    direction: Direction | None = None
    level: IncidentLevel | None = None
    operators: tuple[OperatorKind, ...] = ()
    handled_at: dt.datetime | None = None
    deeds: tuple[Deed, ...] = ()
    discoveries: tuple[Discovery, ...] = ()

    def done(self, kind: DeedKind, *, exchange: str | None = None) -> dt.datetime | None:
        """When something was done for the first time; ``None`` where it was not.

        What is done about contents is done when it was done about each of them.

        Args:
            kind: what.
            exchange: about which exchange; about all if not said.
        """
        if kind not in _OF_CONTENTS or not self.exchanges:
            return min((deed.at for deed in self.deeds if deed.kind is kind), default=None)
        asked = self.exchanges if exchange is None else (exchange,)
        done = [self._done_about(each, kind) for each in asked]
        return None if None in done else max(filter(None, done))

    def _done_about(self, exchange: str, kind: DeedKind) -> dt.datetime | None:
        joined = next(
            (
                number
                for number, deed in enumerate(self.deeds)
                if deed.kind is DeedKind.NOTED and deed.exchange == exchange
            ),
            -1,
        )
        about = (
            deed.at
            for number, deed in enumerate(self.deeds)
            if deed.kind is kind
            and (deed.exchange == exchange or (deed.exchange is None and number > joined))
        )
        return min(about, default=None)
