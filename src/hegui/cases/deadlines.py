"""Until when what has to be done: the one place where the time limits of incidents are computed. Pure."""

import datetime as dt
from collections.abc import Iterator

from hegui.cases.model import DeedKind, Incident, IncidentKind, OperatorKind
from hegui.core import CHINA, BilingualText, Record, legal_day
from hegui.rulebook import Parameter, Rulebook, Unit

_ILLEGAL_CONTENT = "IM 14.1"
_STEPS = {
    DeedKind.STOPPED: BilingualText(zh="停止生成、停止传输", en="stop generating and transmitting it"),
    DeedKind.REMOVED: BilingualText(zh="消除", en="remove it"),
    DeedKind.RECTIFIED: BilingualText(
        zh="采取模型优化训练等措施整改", en="rectify, by training of the model or otherwise"
    ),
    DeedKind.REPORTED: BilingualText(zh="向有关主管部门报告", en="report to the authority"),
}

_REPORT_HOURS = {
    OperatorKind.CRITICAL_INFRASTRUCTURE: "incident-report-hours-critical-infrastructure",
    OperatorKind.STATE_ORGAN: "incident-report-hours-state-organ",
    OperatorKind.OTHER: "incident-report-hours",
}
_FINAL_REPORT_DAYS = "incident-final-report-days"


class Deadline(Record):
    """Something that has to be done about an incident.

    Attributes:
        duty: what counts as done.
        text: what is asked.
        clause: where, as ``INCIDENT 4.4``.
        until: the last moment; ``None`` where no hours are fixed, or nothing has set the clock going yet.
        to: who must have received it.
        remark: what nobody has said yet, or what sets the clock going.
        is_certain: whether it is due whatever is still to be said.
        is_verified: whether the clause was checked against the official text.
        done: when it was done; ``None`` while it is not.
    """

    duty: DeedKind
    text: BilingualText
    clause: str
    until: dt.datetime | None = None
    to: BilingualText | None = None
    remark: BilingualText | None = None
    is_certain: bool = True
    is_verified: bool = True
    done: dt.datetime | None = None

    def is_late(self, now: dt.datetime) -> bool:
        """Whether it was done too late, or is not done and the time is over."""
        return self.until is not None and (self.done or now) > self.until


def deadlines(incident: Incident, rulebook: Rulebook) -> tuple[Deadline, ...]:
    """What has to be done about an incident, done or not, in the order of the law.

    Where nobody has judged the level yet, the report to the authorities is told with the time it would be
    due by: the clock runs from the discovery, not from the judgement. Where nobody knows who runs the
    service, the shortest limit is told.

    Args:
        incident: the incident.
        rulebook: has the limits that were in force when it was found.

    Basis:
        IM 14.1
        INCIDENT 4
        INCIDENT 8
    """
    steps = _illegal_content(incident, rulebook) if incident.kind is IncidentKind.ILLEGAL_CONTENT else ()
    return (*steps, *_reports(incident, rulebook))


def _illegal_content(incident: Incident, rulebook: Rulebook) -> Iterator[Deadline]:
    """What is asked at once; the law fixes no hours."""
    clause = rulebook.cited(_ILLEGAL_CONTENT)
    for duty, text in _STEPS.items():
        yield Deadline(
            duty=duty,
            text=text,
            clause=_ILLEGAL_CONTENT,
            is_verified=clause.verification.verified,
            done=incident.done(duty),
        )


def _reports(incident: Incident, rulebook: Rulebook) -> Iterator[Deadline]:
    """The reports that the reporting measures ask for."""
    level = incident.level
    if level is not None and not level.is_reported:
        return
    day = legal_day(incident.found_at)
    in_force = {limit.id: limit for limit in rulebook.parameters if limit.period.contains(day)}
    limits = {kind: in_force[name] for kind, name in _REPORT_HOURS.items() if name in in_force}
    asked = [limits[kind] for kind in incident.operators if kind in limits]
    remark = _UNJUDGED if level is None else None
    if not asked and limits:
        asked = [min(limits.values(), key=lambda limit: limit.value)]
        remark = remark or _UNKNOWN_OPERATOR
    for limit in asked:
        yield _deadline(incident, limit, DeedKind.REPORTED, begins=incident.found_at, remark=remark)
    final = in_force.get(_FINAL_REPORT_DAYS)
    if final is not None:
        remark = _UNHANDLED if level is not None and incident.handled_at is None else remark
        yield _deadline(incident, final, DeedKind.FINALLY_REPORTED, begins=incident.handled_at, remark=remark)


_UNJUDGED = BilingualText(
    zh="尚未定级；如属较大以上网络安全事件", en="the level is not judged yet; if it is a larger one or graver"
)
_UNKNOWN_OPERATOR = BilingualText(
    zh="尚不知运营者类别，按最短时限", en="who runs the service is not known; by the shortest limit"
)
_UNHANDLED = BilingualText(zh="自处置结束起算", en="runs from the end of handling")


def _deadline(
    incident: Incident,
    limit: Parameter,
    duty: DeedKind,
    *,
    begins: dt.datetime | None,
    remark: BilingualText | None,
) -> Deadline:
    return Deadline(
        duty=duty,
        text=limit.text,
        clause=limit.citation,
        until=None if begins is None else _end(begins, limit),
        to=limit.to,
        remark=remark,
        is_certain=incident.level is not None,
        is_verified=limit.verification.verified,
        done=incident.done(duty),
    )


def _end(begins: dt.datetime, limit: Parameter) -> dt.datetime:
    """The last moment of a time limit.

    Hours run from the moment itself. Of days, the one it begins on is not counted and the last is whole; that
    it might end later where the last one is a holiday is not relied upon.
    """
    count = int(limit.value)
    if limit.unit is Unit.HOURS:
        return begins + dt.timedelta(hours=count)
    after = legal_day(begins) + dt.timedelta(days=count + 1)
    return dt.datetime.combine(after, dt.time(), CHINA).astimezone(dt.UTC)
