"""``hegui scope ask``: the open questions in the terminal, the answers in the profile."""

import datetime as dt
from pathlib import Path

import click

from hegui.cli.terminal import Terminal, pass_terminal, phrase
from hegui.core import BilingualText, InvalidInput, Record, counted, legal_day, system_clock
from hegui.rulebook import FactDefinition, FactType, Rulebook
from hegui.scope import (
    FactValue,
    InterviewStep,
    InvalidFact,
    known_unknowns,
    new_profile,
    next_step,
    parse_answer,
    read_profile,
    write_answers,
)

_STOP = frozenset({"q", "quit", "stop", "停"})


@click.command(
    help=phrase(
        zh="逐题询问尚待回答的问题，先问影响义务最多的，把回答写进 PROFILE（默认 service.yaml）。\n\n"
        "没有这个文件就新建；已有的内容和注释都保留。每答一题就保存：随时可答 q 停下，再运行时接着问。"
        "不知道就答 ?，以后不再问，除非加 --again。\n\n\b\n示例：\n"
        "  hegui scope ask\n"
        "  hegui scope ask service.yaml --again",
        en="Ask the open questions one by one, that on which most obligations wait first, and write the "
        "answers into PROFILE (default: service.yaml).\n\n"
        "The file is made if there is none; what stands in it stays, comments too. Every answer is saved "
        "at once: answer q to stop, and run it again to go on. Answer ? where you do not know; that is not "
        "asked again, except with --again.\n\n\b\nExamples:\n"
        "  hegui scope ask\n"
        "  hegui scope ask service.yaml --again",
    )
)
@click.argument("profile", required=False, default="service.yaml", type=click.Path(path_type=Path))
@click.option(
    "--on",
    type=click.DateTime(["%Y-%m-%d"]),
    help=phrase(zh="按哪一天的规定（默认今天）。", en="By the rules of which day (default: today)."),
)
@click.option(
    "--again",
    is_flag=True,
    help=phrase(zh="以前答“不知道”的也再问。", en="Ask again what was answered with ? before."),
)
@pass_terminal
def ask(terminal: Terminal, profile: Path, on: dt.datetime | None, *, again: bool) -> None:
    """Ask until nothing is open, or whoever answers stops."""
    day = on.date() if on else legal_day(system_clock())
    interview = _Interview(terminal, Rulebook.load(), profile, day)
    try:
        if not profile.exists():
            interview.begin()
        interview.ask(again=again)
    except click.Abort:
        terminal.say(
            zh="\n到此为止；已有的回答都已保存。", en="\nStopped here; every answer so far is saved."
        )
    summary = interview.summary()
    terminal.result(summary, lambda: _rendered(terminal, summary))


class AskedProfile(Record):
    """How far an interview has come.

    Attributes:
        answered: facts answered this time.
        unknown: facts of which the profile says that they are not known.
        open: how many questions are open, those not known among them.
        settled: how many obligations can be told to apply or not.
        waiting: how many cannot.
    """

    profile: str
    answered: tuple[str, ...]
    unknown: tuple[str, ...]
    open: int
    settled: int
    waiting: int


class _Interview:
    """One run of the questions."""

    def __init__(self, terminal: Terminal, rulebook: Rulebook, path: Path, day: dt.date) -> None:
        self._terminal = terminal
        self._rulebook = rulebook
        self._path = path
        self._day = day
        self._answered: list[str] = []

    def begin(self) -> None:
        """Make the file that answers go into."""
        name = self._named(zh="服务的名称", en="The service's name")
        provider = self._named(zh="提供者的名称", en="The provider's name")
        try:
            with self._path.open("x", encoding="utf-8") as file:
                file.write(new_profile(name=name, provider=provider))
        except OSError as error:
            raise InvalidInput(
                zh=f"无法新建 {self._path}：{error.strerror}",
                en=f"cannot make {self._path}: {error.strerror}",
            ) from error

    def ask(self, *, again: bool) -> None:
        """Ask what is open until nothing is left."""
        facts = dict(read_profile(self._path, self._rulebook).facts)
        put_off = set[str]() if again else set(known_unknowns(self._path))
        step = self._step(facts, put_off)
        while step.question is not None:
            name = step.question.fact
            self._put(self._rulebook.facts[name], waiting=len(step.question.obligations))
            value = self._answer(self._rulebook.facts[name])
            write_answers(self._path, {name: value})
            self._answered.append(name)
            if value is None:
                put_off.add(name)
            else:
                facts[name] = value
            settled, step = step.settled, self._step(facts, put_off)
            self._terminal.say(
                zh=f"  又有 {step.settled - settled} 项义务有了结论，{step.waiting} 项尚不能确定。",
                en=f"  {counted(step.settled - settled, 'more obligation is', 'more obligations are')} "
                f"settled, {counted(step.waiting, 'still waits', 'still wait')}.",
            )

    def summary(self) -> AskedProfile:
        """What stands in the file now."""
        if not self._path.exists():
            return AskedProfile(
                profile=str(self._path), answered=(), unknown=(), open=0, settled=0, waiting=0
            )
        facts = read_profile(self._path, self._rulebook).facts
        step = self._step(facts, set())
        return AskedProfile(
            profile=str(self._path),
            answered=tuple(self._answered),
            unknown=tuple(sorted(known_unknowns(self._path))),
            open=step.open,
            settled=step.settled,
            waiting=step.waiting,
        )

    def _step(self, facts: dict[str, FactValue], put_off: set[str]) -> InterviewStep:
        return next_step(self._rulebook, facts, on=self._day, put_off=put_off)

    def _put(self, fact: FactDefinition, *, waiting: int) -> None:
        """Show a question and what may be answered."""
        self._terminal.say(
            zh=f"\n{fact.question.zh}  （影响 {waiting} 项义务）",
            en=f"\n{fact.question.en}  ({counted(waiting, 'obligation waits', 'obligations wait')})",
        )
        for number, choice in enumerate(fact.choices, start=1):
            self._terminal.say(
                zh=f"  {number}. {choice.text.zh}（{choice.value}）",
                en=f"  {number}. {choice.text.en} ({choice.value})",
            )

    def _answer(self, fact: FactDefinition) -> FactValue | None:
        label = phrase(**_EXPECTED[fact.type])
        while True:
            typed = click.prompt(f"{fact.name} [{label}, ?, q]", err=True, prompt_suffix=": ")
            if typed.strip().lower() in _STOP:
                raise click.Abort
            try:
                return parse_answer(fact, typed)
            except InvalidFact as error:
                self._terminal.say(zh="  " + error.text.zh, en="  " + error.text.en)

    def _named(self, *, zh: str, en: str) -> BilingualText:
        in_chinese = click.prompt(phrase(zh=f"{zh}（中文）", en=f"{en}, in Chinese"), err=True)
        in_english = click.prompt(
            phrase(zh=f"{zh}（英文）", en=f"{en}, in English"), err=True, default=in_chinese
        )
        return BilingualText(zh=in_chinese, en=in_english)


_EXPECTED = {
    FactType.BOOL: {"zh": "是/否", "en": "yes/no"},
    FactType.INTEGER: {"zh": "整数", "en": "a number"},
    FactType.CHOICE: {"zh": "一个编号", "en": "one number"},
    FactType.CHOICES: {"zh": "若干编号，或“无”", "en": "numbers, or none"},
}


def _rendered(terminal: Terminal, summary: AskedProfile) -> str:
    text = BilingualText(
        zh=f"{summary.profile}：这次回答 {len(summary.answered)} 题，共 {len(summary.unknown)} 题答为不知道；"
        f"{summary.settled} 项义务已有结论，{summary.waiting} 项尚不能确定，{summary.open} 题待答。\n"
        f"下一步：hegui scope {summary.profile}",
        en=f"{summary.profile}: {len(summary.answered)} answered this time, "
        f"{len(summary.unknown)} not known; "
        f"{counted(summary.settled, 'obligation is', 'obligations are')} settled, "
        f"{counted(summary.waiting, 'waits', 'wait')} on {counted(summary.open, 'question')}.\n"
        f"Next: hegui scope {summary.profile}",
    )
    return terminal.text(text)
