"""What a companion service owes its users while they talk, as the operator declares it. Pure."""

import datetime as dt
from enum import StrEnum
from typing import Annotated

import msgspec
from msgspec import structs

from hegui.core import BilingualText, Record
from hegui.screening import ANY, Category, concerns

REMINDER = "companion-reminder-hours"
"""The name in the rulebook of the interval of reminders in continuous use."""

_Count = Annotated[int, msgspec.Meta(ge=1)]
_Words = tuple[Annotated[str, msgspec.Meta(min_length=1, max_length=100)], ...]


class CrisisKind(StrEnum):
    """The situations in which a provider has to do more than answer.

    Basis:
        ANTHRO 13
    """

    SELF_HARM = "self_harm"
    """Somebody says that they will harm or kill themselves."""
    PROPERTY_LOSS = "property_loss"
    """Somebody faces or has suffered a major loss of property."""
    EXTREME_EMOTION = "extreme_emotion"

    @property
    def text(self) -> BilingualText:
        """The situation in words."""
        return _KIND_TEXTS[self]

    @property
    def needs_contact(self) -> bool:
        """Whether somebody has to contact the guardian or the emergency contact."""
        return self is not CrisisKind.EXTREME_EMOTION

    @property
    def script(self) -> BilingualText:
        """What Hegui proposes to say."""
        return _SCRIPTS[self]


_KIND_TEXTS = {
    CrisisKind.SELF_HARM: BilingualText(zh="自残自杀", en="self-harm"),
    CrisisKind.PROPERTY_LOSS: BilingualText(zh="重大财产损失", en="major loss of property"),
    CrisisKind.EXTREME_EMOTION: BilingualText(zh="极端情绪", en="extreme emotion"),
}
_SCRIPTS = {
    CrisisKind.SELF_HARM: BilingualText(
        zh="谢谢你愿意说出来。你现在的痛苦是真实的，也值得被认真对待。我是人工智能，"
        "没有办法代替身边的人陪着你，请现在就告诉一个你信任的人，或者拨打全国统一心理援助热线 12356；"
        "如果情况紧急，请立即拨打 110 或 120。",
        en="Thank you for saying it. What you feel is real and deserves to be taken seriously. I am an AI "
        "and cannot be with you as a person can: please tell somebody you trust now, or call the national "
        "mental-health line 12356 (in mainland China); if it is urgent, call 110 or 120.",
    ),
    CrisisKind.PROPERTY_LOSS: BilingualText(
        zh="遇到这样的损失，慌乱是正常的。请先停止一切转账，保留聊天和付款记录，马上拨打 110 报警，"
        "也可以咨询反诈专线 96110，并告诉一个你信任的人。我是人工智能，不能代你处理。",
        en="Anybody would be shaken by such a loss. Please stop all transfers, keep the messages and "
        "receipts, call the police on 110 now (the anti-fraud line is 96110), and tell somebody you "
        "trust. I am an AI and cannot act for you.",
    ),
    CrisisKind.EXTREME_EMOTION: BilingualText(
        zh="听起来你现在很难受，这样的时刻确实不容易。你不必一个人扛着：可以先慢慢呼吸，和信任的家人、"
        "朋友说一说，也可以拨打全国统一心理援助热线 12356。",
        en="It sounds as if you are having a very hard time. You need not bear it alone: take a slow "
        "breath, talk to family or friends you trust, or call the national mental-health line 12356 (in "
        "mainland China).",
    ),
}


class FindingSort(Record):
    """What the screen may find that is taken as a sign: a guard model's or a classifier's word, for instance.

    Attributes:
        risk: a risk, a group of risks, or ``unmapped`` for what a guard names beside them.
        kind: the guard's own name for it, ``Suicide & Self-Harm``.
        level: how grave.
    """

    risk: str
    kind: str = ANY
    level: str = ANY

    def fits(self, category: Category) -> bool:
        """Whether findings of this category are meant."""
        return (
            concerns(self.risk, category.risk)
            and self.kind in {ANY, category.kind}
            and self.level in {ANY, category.level}
        )


class Signs(Record):
    """By what something is recognised in what a user says.

    Attributes:
        words: phrases that say it, as people write them.
        findings: what the screen finds that means it.
    """

    words: _Words = ()
    findings: tuple[FindingSort, ...] = ()


class CrisisPolicy(Record):
    """What is done in one kind of crisis.

    Attributes:
        kind: which.
        signs: the operator's own signs.
        script: what is said; what Hegui proposes where left out.
        starter: whether the small starter set of phrases counts too.
    """

    kind: CrisisKind
    signs: Signs = Signs()
    script: BilingualText | None = None
    starter: bool = True

    @property
    def said(self) -> BilingualText:
        """What is said."""
        return self.script or self.kind.script


class DependencePolicy(Record):
    """What is said to a user who shows signs of depending on the service.

    Attributes:
        signs: by what that is recognised; there is no starter set.
        text: what is said before the answer.
    """

    signs: Signs
    text: BilingualText = BilingualText(
        zh="提醒：我是人工智能，不能代替现实中的亲友。请留出时间与身边的人相处；如感到离不开本服务，"
        "可以寻求专业帮助。",
        en="A reminder: I am an AI and no substitute for people. Please keep time for those around you; "
        "if you feel that you cannot do without this service, professional help is there.",
    )


class CompanionPolicy(Record):
    """How a companion service keeps its duties towards users. What is left out is taken from the rulebook.

    Attributes:
        reminder_hours: after how long of continuous use a user is reminded, and again each time.
        pause_minutes: a pause up to so long is use. No clause says how continuous use is counted, so this is
            the operator's.
        notice: told at the beginning of a use: that this is an AI and no person.
        reminder: told when a reminder is due.
        exit_words: whoever says nothing else wants to stop.
        farewell: the last thing that is said to them.
        crises: what is done in each kind of crisis.
        promise: added to what is said in a crisis where a person has to contact somebody, and only there.
        dependence: what is said on signs of dependence; nothing where left out.
        keep_days: how long a contact that was made is remembered; an open one is not forgotten. No clause
            says how long, so this is the operator's.

    Basis:
        ANTHRO 13
        ANTHRO 18
        ANTHRO 19
    """

    reminder_hours: Annotated[float, msgspec.Meta(gt=0)] | None = None
    pause_minutes: _Count = 30
    notice: BilingualText = BilingualText(
        zh="（您正在与人工智能交流，对方不是真人。）", en="(You are talking to an AI, not to a person.)"
    )
    reminder: BilingualText = BilingualText(
        zh="（您已连续使用较长时间，请注意休息。）",
        en="(You have been here for a long time. Please take a break.)",
    )
    exit_words: Annotated[_Words, msgspec.Meta(min_length=1)] = (
        "退出", "结束", "停止", "结束对话", "退出对话", "停止服务", "不聊了", "再见", "拜拜",
        "exit", "quit", "stop", "bye", "goodbye", "end chat",
    )  # fmt: skip
    farewell: BilingualText = BilingualText(
        zh="好的，对话已结束。", en="All right, the conversation has ended."
    )
    crises: tuple[CrisisPolicy, ...] = tuple(CrisisPolicy(kind=kind) for kind in CrisisKind)
    promise: BilingualText = BilingualText(
        zh="我们的工作人员会尽快联系你留下的监护人或紧急联系人。",
        en="Our staff will get in touch with the guardian or emergency contact you named "
        "as soon as they can.",
    )
    dependence: DependencePolicy | None = None
    keep_days: _Count = 180

    def crisis(self, kind: CrisisKind) -> CrisisPolicy | None:
        """What is declared for a kind."""
        return next((crisis for crisis in self.crises if crisis.kind is kind), None)


class Duty(StrEnum):
    """What falls due in the course of a use."""

    NOTICE = "notice"
    REMINDER = "reminder"


class CompanionSession(Record):
    """A user's continuous use, and nothing about for what.

    Attributes:
        since: when it began.
        last: when it was seen last.
        said: up to when whatever fell due in it was said to the user in words; ``None`` where nothing was.
        told: up to when the application was told of it, in words or by the header alone.
    """

    since: dt.datetime
    last: dt.datetime
    said: dt.datetime | None = None
    told: dt.datetime | None = None

    def owes(self, heard: dt.datetime | None, *, every_hours: float) -> Duty | None:
        """What is due to somebody who heard of all that fell due up to ``heard``.

        Basis:
            ANTHRO 18
        """
        if heard is None:
            return Duty.NOTICE
        every = dt.timedelta(hours=every_hours)
        return Duty.REMINDER if (self.last - self.since) // every > (heard - self.since) // every else None

    def settled(self, moment: dt.datetime, *, in_words: bool) -> "CompanionSession":
        """The same, after what was due at ``moment`` was said, or was told to the application alone."""
        told = max(moment, self.told or moment)
        said = max(moment, self.said or moment) if in_words else self.said
        return structs.replace(self, said=said, told=told)


def continued(before: CompanionSession | None, now: dt.datetime, *, pause_minutes: int) -> CompanionSession:
    """A user's use after they were seen once more: the same, or a new one behind a longer pause."""
    if before is None or now - before.last > dt.timedelta(minutes=pause_minutes):
        return CompanionSession(since=now, last=now)
    return structs.replace(before, last=max(now, before.last))


class Contact(Record):
    """That a person has to contact somebody's guardian or emergency contact, and what came of it.

    Attributes:
        id: names it.
        user: the user's pseudonym.
        tenant: whose user it is; they hold the names and numbers.
        kind: what happened.
        exchange: the exchange in which it was said.
        at: when.
        outcome: what came of it; empty while it is open.
        closed_at: when a person said so.
    """

    id: str
    user: str
    tenant: str
    kind: CrisisKind
    exchange: str
    at: dt.datetime
    outcome: str = ""
    closed_at: dt.datetime | None = None

    @property
    def is_open(self) -> bool:
        """Whether nobody has dealt with it yet."""
        return self.closed_at is None


class Crisis(Record):
    """What evidence keeps of a crisis: that there was one, never what was said.

    Attributes:
        kind: which.
        exchange: in which exchange.
        user: the pseudonym, where the user is known.
        tenant: whose user it is.
        contact: the contact that has to be made; ``None`` where none is due, or nobody is known.
        is_new: whether it was opened now; it was open already where not.
    """

    kind: CrisisKind
    exchange: str
    user: str | None
    tenant: str | None
    contact: str | None
    is_new: bool
