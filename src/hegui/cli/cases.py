"""``hegui cases``: what happened and has to be dealt with."""

import datetime as dt
from collections.abc import Iterator
from pathlib import Path

import click

from hegui.cases import BY_PEOPLE, Deadline, DeedKind, Incident, IncidentKind, IncidentLevel, OperatorKind
from hegui.cli.terminal import Terminal, pass_terminal, phrase, printable
from hegui.core import CHINA, InvalidInput, counted, read_text
from hegui.dossier import Tongue
from hegui.screening import Direction, RecurrenceRule

_MOMENT = click.DateTime(["%Y-%m-%d %H:%M", "%Y-%m-%dT%H:%M"])

_reason = click.option(
    "--reason", required=True, help=phrase(zh="理由，记入证据。", en="Why; recorded as evidence.")
)


@click.group(
    help=phrase(
        zh="需要处置的事情：违法内容的停止、消除和防再生，安全事件及其时限。\n\n\b\n示例：\n"
        "  hegui -w my-service cases found hegui-1f0c… --risk A.1.f --reason 回答含有违法内容\n"
        "  hegui -w my-service cases incident list\n"
        "  hegui -w my-service cases incident show 3f0c9a…",
        en="What has to be dealt with: illegal content to be stopped, removed and kept from coming again, "
        "and incidents with their deadlines.\n\n\b\nExamples:\n"
        "  hegui -w my-service cases found hegui-1f0c… --risk A.1.f --reason 'an illegal answer'\n"
        "  hegui -w my-service cases incident list\n"
        "  hegui -w my-service cases incident show 3f0c9a…",
    )
)
def cases() -> None:
    """Nothing is opened before a command runs."""


@cases.group(
    help=phrase(
        zh="安全事件：立案、定级、时限、处置记录、办结。报告由人发出，本软件不发送任何内容。\n\n\b\n示例：\n"
        "  hegui -w my-service cases incident open --kind network_security --title 数据库被未授权访问\n"
        "  hegui -w my-service cases incident list\n"
        "  hegui -w my-service cases incident assess 3f0c9a… --level larger --reason 泄露达到标准",
        en="Incidents: opening, level, deadlines, what was done, closing. People send the reports; this "
        "software sends nothing.\n\n\b\nExamples:\n"
        "  hegui -w my-service cases incident open --kind network_security --title 'the database was read'\n"
        "  hegui -w my-service cases incident list\n"
        "  hegui -w my-service cases incident assess 3f0c9a… --level larger --reason 'a leak that large'",
    )
)
def incident() -> None:
    """Nothing is opened before a command runs."""


@incident.command(
    "open",
    help=phrase(
        zh="立案。时限自发现时起算。\n\n\b\n示例：\n"
        "  hegui -w my-service cases incident open --kind illegal_content --risk A.1.f \\\n"
        "      --exchange hegui-1f0c… --title 回答含有违法内容 --found '2026-11-22 12:00'",
        en="Open an incident. Its clocks run from when it was found.\n\n\b\nExamples:\n"
        "  hegui -w my-service cases incident open --kind illegal_content --risk A.1.f \\\n"
        "      --exchange hegui-1f0c… --title 'an answer with illegal content' --found '2026-11-22 12:00'",
    ),
)
@click.option(
    "--kind",
    type=click.Choice([kind.value for kind in IncidentKind]),
    required=True,
    help=phrase(zh="发生了什么。", en="What happened."),
)
@click.option("--title", required=True, help=phrase(zh="用一句话说明。", en="The same in a sentence."))
@click.option(
    "--found",
    type=_MOMENT,
    help=phrase(
        zh="发现或者获知的时间（北京时间）；默认现在。",
        en="When it was discovered or learned of, by the time in China; now if not given.",
    ),
)
@click.option(
    "--exchange",
    "exchanges",
    multiple=True,
    help=phrase(
        zh="涉及的对话编号，可重复。", en="An exchange of the gateway that it is about; may be repeated."
    ),
)
@click.option(
    "--risk",
    "risks",
    multiple=True,
    help=phrase(
        zh="涉及的风险，如 A.1.f，可重复。", en="A risk that it is about, as A.1.f; may be repeated."
    ),
)
@pass_terminal
def open_incident(
    terminal: Terminal,
    *,
    kind: str,
    title: str,
    found: dt.datetime | None,
    exchanges: tuple[str, ...],
    risks: tuple[str, ...],
) -> None:
    """Open an incident."""
    opened = terminal.workspace.incidents.open(
        IncidentKind(kind), title=title, found_at=_moment(found), exchanges=exchanges, risks=risks
    )
    _show(terminal, opened)


@incident.command(
    "list",
    help=phrase(
        zh="列出待确认、处置中以及办结后尚须提交总结报告的事件；--all 列出全部。\n\n\b\n示例：\n"
        "  hegui -w my-service cases incident list",
        en="The incidents to be confirmed or dealt with, and those closed whose final report is still to be "
        "handed in; --all shows those that are over too.\n\n\b\nExamples:\n"
        "  hegui -w my-service cases incident list",
    ),
)
@click.option(
    "--all", "everything", is_flag=True, help=phrase(zh="包括已结束的。", en="Those that are over too.")
)
@pass_terminal
def list_incidents(terminal: Terminal, *, everything: bool) -> None:
    """List incidents."""
    found = terminal.workspace.incidents.incidents(everything=everything)
    terminal.result(
        found,
        lambda: (
            "\n".join(_line(terminal, each) for each in found)
            or phrase(zh="没有待处置的事件。", en="No incident is open.")
        ),
    )


@incident.command(
    help=phrase(
        zh="一个事件的时限和处置经过。\n\n\b\n示例：\n  hegui -w my-service cases incident show 3f0c9a…",
        en="An incident with its deadlines and what was done.\n\n\b\nExamples:\n"
        "  hegui -w my-service cases incident show 3f0c9a…",
    )
)
@click.argument("identifier", metavar="INCIDENT")
@pass_terminal
def show(terminal: Terminal, identifier: str) -> None:
    """Show an incident."""
    _show(terminal, terminal.workspace.incidents.incident(identifier))


@incident.command(
    help=phrase(
        zh="确认系统提出的事件。时限自系统发现时起算。\n\n\b\n示例：\n"
        "  hegui -w my-service cases incident confirm 3f0c9a… --reason 属实",
        en="Confirm an incident that the system proposed. Its clocks run since the system found it.\n\n\b\n"
        "Examples:\n  hegui -w my-service cases incident confirm 3f0c9a… --reason 'it is so'",
    )
)
@click.argument("identifier", metavar="INCIDENT")
@_reason
@pass_terminal
def confirm(terminal: Terminal, identifier: str, reason: str) -> None:
    """Confirm a candidate."""
    _show(terminal, terminal.workspace.incidents.confirm(identifier, reason=reason))


@incident.command(
    help=phrase(
        zh="由人判定级别；判定可以更改。报告时限只对较大以上事件适用，自发现时起算。\n\n\b\n示例：\n"
        "  hegui -w my-service cases incident assess 3f0c9a… --level larger --operator other \\\n"
        "      --reason 泄露人数达到标准",
        en="A person judges the level, and may change the judgement. Time limits for reports hold from the "
        "larger incidents upward and run from the discovery.\n\n\b\nExamples:\n"
        "  hegui -w my-service cases incident assess 3f0c9a… --level larger --operator other \\\n"
        "      --reason 'so many people are concerned'",
    )
)
@click.argument("identifier", metavar="INCIDENT")
@click.option(
    "--level",
    type=click.Choice([level.value for level in IncidentLevel]),
    required=True,
    help=phrase(
        zh="none（不属于网络安全事件）、ordinary（一般）、larger（较大）、major（重大）、"
        "especially_major（特别重大）。",
        en="How grave, as network security incidents are graded; none where it is no such incident.",
    ),
)
@click.option(
    "--operator",
    "operators",
    type=click.Choice([kind.value for kind in OperatorKind]),
    multiple=True,
    help=phrase(
        zh="运营者类别，可重复；默认取自适用性判断。",
        en="Who runs the service; may be repeated. What the scope says if not given.",
    ),
)
@_reason
@pass_terminal
def assess(
    terminal: Terminal, identifier: str, *, level: str, operators: tuple[str, ...], reason: str
) -> None:
    """Judge the level."""
    assessed = terminal.workspace.incidents.assess(
        identifier,
        level=IncidentLevel(level),
        operators=tuple(map(OperatorKind, operators)),
        reason=reason,
    )
    _show(terminal, assessed)


@incident.command(
    help=phrase(
        zh="记录查明的情况，或者在别处做了什么（--did）。\n\n\b\n示例：\n"
        "  hegui -w my-service cases incident note 3f0c9a… --text 已查明原因\n"
        "  hegui -w my-service cases incident note 3f0c9a… --did reported --at '2026-11-22 15:30' \\\n"
        "      --text 已电话报告属地网信部门",
        en="Note what was found out, or what was done elsewhere (--did).\n\n\b\nExamples:\n"
        "  hegui -w my-service cases incident note 3f0c9a… --text 'the cause is known'\n"
        "  hegui -w my-service cases incident note 3f0c9a… --did reported --at '2026-11-22 15:30' \\\n"
        "      --text 'reported to the local administration by telephone'",
    )
)
@click.argument("identifier", metavar="INCIDENT")
@click.option("--text", required=True, help=phrase(zh="内容。", en="What is to be kept."))
@click.option(
    "--did",
    type=click.Choice([did.value for did in BY_PEOPLE]),
    default="noted",
    help=phrase(zh="做了法规要求的哪一步。", en="What was done of what the law asks for."),
)
@click.option(
    "--at",
    type=_MOMENT,
    help=phrase(zh="何时（北京时间）；默认现在。", en="When, by the time in China; now if not given."),
)
@pass_terminal
def note(terminal: Terminal, identifier: str, *, text: str, did: str, at: dt.datetime | None) -> None:
    """Note something."""
    noted = terminal.workspace.incidents.note(identifier, text=text, did=DeedKind(did), at=_moment(at))
    _show(terminal, noted)


@incident.command(
    help=phrase(
        zh="起草报告（.docx 和 .pdf），写入目录 OUT：在案的情况、法定要求与完成情况、处置经过，"
        "其余留空由人填写。由人审阅、决定和报送，本软件不发送；报送后用 note --did reported 记录。"
        "\n\n\b\n示例：\n"
        "  hegui -w my-service cases incident report 3f0c9a… --out report/",
        en="Draft the report (.docx and .pdf) into the directory OUT: what is on record, what the law asks "
        "for and what is done, with room for what only people can say. People read it, decide and send; this "
        "software sends nothing. Note the sending with note --did reported.\n\n\b\nExamples:\n"
        "  hegui -w my-service cases incident report 3f0c9a… --out report/",
    )
)
@click.argument("identifier", metavar="INCIDENT")
@click.option(
    "--out",
    type=click.Path(path_type=Path, file_okay=False),
    required=True,
    help=phrase(zh="目录，须为空或尚不存在。", en="A directory, empty or not there yet."),
)
@click.option(
    "--tongue",
    type=click.Choice([tongue.value for tongue in Tongue]),
    default=Tongue.BOTH.value,
    show_default=True,
    help=phrase(zh="报告的语言。", en="The languages of the report."),
)
@pass_terminal
def report(terminal: Terminal, identifier: str, *, out: Path, tongue: str) -> None:
    """Draft the report."""
    draft = terminal.workspace.dossier.report_incident(identifier, out, tongue=Tongue(tongue))
    terminal.result(
        draft,
        lambda: "\n".join(
            [
                phrase(
                    zh=f"{draft.directory}：草稿 {', '.join(draft.files)} [{draft.entry}]；"
                    "请审阅、补充、决定并报送",
                    en=f"{draft.directory}: draft {', '.join(draft.files)} [{draft.entry}]; read it, "
                    "complete it, decide and send",
                ),
                *(terminal.text(reason) for reason in draft.skipped),
            ]
        ),
    )


@incident.command(
    help=phrase(
        zh="办结。法规要求而没有做的，须说明理由（--despite）；较大以上事件随后起算总结报告的时限。"
        "\n\n\b\n示例：\n"
        "  hegui -w my-service cases incident close 3f0c9a… --summary 规则已生效，模型已重新训练",
        en="End the handling. What the law asks for and was not done needs a reason (--despite). The time "
        "for the final report on a larger incident runs from here.\n\n\b\nExamples:\n"
        "  hegui -w my-service cases incident close 3f0c9a… --summary 'rule in force, model trained again'",
    )
)
@click.argument("identifier", metavar="INCIDENT")
@click.option("--summary", required=True, help=phrase(zh="结果。", en="What came of it."))
@click.option(
    "--despite",
    default="",
    help=phrase(zh="为何未做的不必再做。", en="Why what is not done need not be."),
)
@pass_terminal
def close(terminal: Terminal, identifier: str, *, summary: str, despite: str) -> None:
    """Close an incident."""
    _show(terminal, terminal.workspace.incidents.close(identifier, summary=summary, despite=despite))


@incident.command(
    help=phrase(
        zh="认定为误报：解除其防再生规则，恢复提供回答，更正用户的违规计数。\n\n\b\n示例：\n"
        "  hegui -w my-service cases incident overturn 3f0c9a… --reason 内容合法",
        en="Find that it was a false alarm: its rules are lifted, its answers shown again, and the counts of "
        "users corrected.\n\n\b\nExamples:\n"
        "  hegui -w my-service cases incident overturn 3f0c9a… --reason 'the content is lawful'",
    )
)
@click.argument("identifier", metavar="INCIDENT")
@_reason
@pass_terminal
def overturn(terminal: Terminal, identifier: str, reason: str) -> None:
    """Overturn an incident."""
    _show(terminal, terminal.workspace.takedown.overturn(identifier, reason=reason))


@cases.command(
    help=phrase(
        zh="在一次对话中发现违法内容：立案（或确认系统提出的事件）；同样的提问和 --word、--text "
        "所写的内容一秒内在所有网关被拦截；回答不再提供。"
        "随后用 export 导出整改样例，用 incident report 起草报告。"
        "\n\n\b\n示例：\n"
        "  hegui -w my-service cases found hegui-1f0c… --risk A.1.f --reason 回答含有违法内容 \\\n"
        "      --word 某某违法说法",
        en="Illegal content was found in an exchange: an incident is opened (or the one that the system "
        "proposed confirmed); the same question, and what --word and --text name, is blocked in every "
        "gateway within a second; the answer is withdrawn. Then export examples for the model to be mended, "
        "and draft the report with incident report.\n\n\b\nExamples:\n"
        "  hegui -w my-service cases found hegui-1f0c… --risk A.1.f --reason 'an illegal answer' \\\n"
        "      --word 'an illegal phrase'",
    )
)
@click.argument("exchange")
@click.option(
    "--risk", required=True, help=phrase(zh="涉及的风险，如 A.1.f。", en="What is wrong, as A.1.f.")
)
@_reason
@click.option(
    "--direction",
    type=click.Choice([Direction.OUTPUT.value, Direction.INPUT.value]),
    default=Direction.OUTPUT.value,
    show_default=True,
    help=phrase(zh="违法的是回答还是提问。", en="Whether the answer is illegal or what was asked."),
)
@click.option(
    "--word",
    "words",
    multiple=True,
    help=phrase(
        zh="今后提问和回答中都不得出现的词语，可重复。",
        en="What neither requests nor answers may hold from now on; may be repeated.",
    ),
)
@click.option(
    "--text",
    "files",
    type=click.Path(path_type=Path, dir_okay=False),
    multiple=True,
    help=phrase(
        zh="文件，其全文不得再次作为提问；只保存带密钥的摘要。可重复。",
        en="A file with a text that must not be asked again; only its keyed digest is kept. May be repeated.",
    ),
)
@click.option(
    "--incident",
    "identifier",
    help=phrase(zh="归入这个已有的事件。", en="The incident that it belongs to, if there is one already."),
)
@pass_terminal
def found(
    terminal: Terminal,
    exchange: str,
    *,
    identifier: str | None,
    risk: str,
    reason: str,
    direction: str,
    words: tuple[str, ...],
    files: tuple[Path, ...],
) -> None:
    """Take illegal content down."""
    taken = terminal.workspace.takedown.found(
        exchange,
        risk=risk,
        reason=reason,
        direction=Direction(direction),
        words=words,
        texts=[read_text(file) for file in files],
        incident=identifier,
    )
    if taken.done(DeedKind.BLOCKED, exchange=exchange) is None:
        terminal.say(
            zh="这次对话没有留存，因此没有可拦截的原文；请再次运行并给出 --word 或 --text",
            en="nothing of this exchange is kept, so there is no text to block; run this again with --word "
            "or --text",
        )
    if taken.done(DeedKind.REMOVED, exchange=exchange) is None:
        terminal.say(
            zh="回答不在本工作区留存：请在展示它的应用中删除（/api/cases/withdrawn 列出须撤下的内容），"
            "再用 incident note --did removed 记录",
            en="the answer is not kept here: remove it where it is shown (/api/cases/withdrawn lists what "
            "must not be), then note that with incident note --did removed",
        )
    _show(terminal, taken)


@cases.command(
    help=phrase(
        zh="列出有效的防再生规则。\n\n\b\n示例：\n  hegui -w my-service cases rules",
        en="The recurrence rules in force.\n\n\b\nExamples:\n  hegui -w my-service cases rules",
    )
)
@pass_terminal
def rules(terminal: Terminal) -> None:
    """List recurrence rules."""
    known = terminal.workspace.screens.recurrences()
    terminal.result(
        known,
        lambda: (
            "\n".join(map(_rule, known))
            or phrase(zh="没有防再生规则。", en="No recurrence rule is in force.")
        ),
    )


@cases.command(
    help=phrase(
        zh="解除一条防再生规则：一秒内所有网关不再拦截。\n\n\b\n示例：\n"
        "  hegui -w my-service cases lift 9d21… --reason 已重新训练并复测",
        en="Lift a recurrence rule: within a second no gateway blocks by it.\n\n\b\nExamples:\n"
        "  hegui -w my-service cases lift 9d21… --reason 'trained again and tested'",
    )
)
@click.argument("rule")
@_reason
@pass_terminal
def lift(terminal: Terminal, rule: str, reason: str) -> None:
    """Lift a recurrence rule."""
    _show(terminal, terminal.workspace.takedown.lift(rule, reason=reason))


@cases.command(
    help=phrase(
        zh="导出一个事件的对话供整改训练（JSON Lines）：风险、方向、提问、回答，以及待人填写的正确回答。"
        "只导出仍在留存的；不同意用于训练的用户不导出。每次导出都留下证据。\n\n\b\n示例：\n"
        "  hegui -w my-service cases export 3f0c9a… --out examples.jsonl --reason 交模型组重新训练",
        en="Export an incident's exchanges for the model to be trained with (JSON Lines): risk, direction, "
        "what was asked and answered, and the correct answer for people to fill in. Only what is still kept "
        "is exported, and nothing of users who do not let their texts be used. Every export leaves evidence."
        "\n\n\b\nExamples:\n"
        "  hegui -w my-service cases export 3f0c9a… --out examples.jsonl --reason 'for the model team'",
    )
)
@click.argument("identifier", metavar="INCIDENT")
@click.option(
    "--out",
    type=click.Path(path_type=Path, dir_okay=False),
    required=True,
    help=phrase(zh="写入的文件，不得已存在。", en="The file; it must not exist."),
)
@_reason
@pass_terminal
def export(terminal: Terminal, identifier: str, *, out: Path, reason: str) -> None:
    """Export examples."""
    done = terminal.workspace.takedown.export(identifier, out, reason=reason)
    terminal.result(
        done,
        lambda: phrase(
            zh=f"{done.file}：{done.examples} 个样例；{len(done.not_kept)} 次对话没有留存，"
            f"{len(done.opted_out)} 次的用户不同意用于训练。请填写 correct 后再用于训练。",
            en=f"{done.file}: {counted(done.examples, 'example')}; "
            f"{counted(len(done.not_kept), 'exchange is', 'exchanges are')} not kept, the "
            f"users of {len(done.opted_out)} do not let theirs be used. Fill in “correct” before training.",
        ),
    )


def _rule(rule: RecurrenceRule) -> str:
    words = "、".join(map(printable, rule.words)) or "—"
    texts = phrase(zh=f"{len(rule.texts)} 段原文", en=counted(len(rule.texts), "text"))
    return f"{rule.id}  {rule.risk}  {words}  {texts}  {rule.incident}"


def _moment(given: dt.datetime | None) -> dt.datetime | None:
    """A moment as people in China say it."""
    if given is None:
        return None
    try:
        return given.replace(tzinfo=CHINA).astimezone(dt.UTC)
    except OverflowError as error:
        raise InvalidInput(
            zh=f"{given} 早于可以记录的时间；请检查年份",
            en=f"{given} is before any time that can be kept; check the year",
        ) from error


def _show(terminal: Terminal, incident: Incident) -> None:
    due = terminal.workspace.incidents.deadlines(incident)
    terminal.result(
        {"incident": incident, "deadlines": due},
        lambda: "\n".join(_page(terminal, incident, due, now=terminal.workspace.clock())),
    )


def _line(terminal: Terminal, incident: Incident) -> str:
    level = terminal.text(incident.level.text) if incident.level else phrase(zh="未定级", en="not judged")
    return (
        f"{incident.id}  {terminal.text(incident.state.text)}  {terminal.text(incident.kind.text)}  {level}  "
        f"{_time(incident.found_at)}  {printable(incident.title)}"
    )


def _page(
    terminal: Terminal, incident: Incident, due: tuple[Deadline, ...], *, now: dt.datetime
) -> Iterator[str]:
    yield _line(terminal, incident)
    told = [*incident.risks, *incident.exchanges, *(terminal.text(each.text) for each in incident.operators)]
    if told:
        yield "  " + "  ".join(told)
    if not incident.state.is_over or incident.handled_at is not None:
        yield phrase(zh="时限（北京时间）", en="Deadlines (time in China)")
        yield from (deadline_line(terminal, each, now=now) for each in due)
    yield phrase(zh="经过", en="What was done")
    for deed in incident.deeds:
        yield (
            f"  {_time(deed.at)}  {terminal.text(deed.kind.text)}  {printable(deed.text)}  "
            f"{deed.by}  {deed.entry}"
        )


def deadline_line(terminal: Terminal, each: Deadline, *, now: dt.datetime) -> str:
    """A duty with the time it is due by, or was done at."""
    if each.done is not None:
        state = phrase(zh="已做 ", en="done ") + _time(each.done)
    elif each.until is not None:
        state = phrase(zh="至 ", en="by ") + _time(each.until)
    else:
        state = (
            phrase(zh="立即", en="at once") if each.remark is None else phrase(zh="待起算", en="not running")
        )
    if each.is_late(now):
        state += phrase(zh="，逾期", en=", late")
    to = f" → {terminal.text(each.to)}" if each.to else ""
    said = [terminal.text(each.remark)] if each.remark else []
    said += [] if each.is_verified else [phrase(zh="条款未经核对", en="the clause was not checked")]
    remark = phrase(zh=f"（{'；'.join(said)}）", en=f" ({'; '.join(said)})") if said else ""
    return f"  [{state}]  {terminal.text(each.text)}{to}  {each.clause}{remark}"


def _time(moment: dt.datetime) -> str:
    return f"{moment.astimezone(CHINA):%Y-%m-%d %H:%M}"
