"""``hegui evaluation``: look at a question bank, run it against a model, report."""

import asyncio
from collections.abc import Iterable, Iterator
from decimal import Decimal
from itertools import groupby
from pathlib import Path

import click

from hegui.cli.terminal import Terminal, pass_terminal, phrase, printable
from hegui.core import BilingualText, Language, Verdict, counted, read_text
from hegui.endpoint import Endpoint, EndpointAddress
from hegui.evaluation import (
    BankKind,
    BankRequirement,
    Composition,
    Decoding,
    EvaluationRun,
    Gate,
    JudgedAnswer,
    QuestionBank,
    RefusalState,
    RunReport,
)
from hegui.rulebook import Modal, Rulebook

_DEFAULTS = Decoding()


@click.group(
    help=phrase(
        zh="模型安全评测：题库、提问、判定。题量不足或未做的检测一律为“未评估”，绝不算通过。\n\n\b\n"
        "示例：\n  hegui evaluation bank\n"
        "  hegui evaluation run --endpoint http://127.0.0.1:8000/v1 --model my-model",
        en="Model safety evaluation: banks, questions, verdicts. Too few questions, or a check that was not "
        "performed, is “not assessed” and never a pass.\n\n\b\nExamples:\n  hegui evaluation bank\n"
        "  hegui evaluation run --endpoint http://127.0.0.1:8000/v1 --model my-model",
    )
)
def evaluation() -> None:
    """Hold the subcommands."""


_bank_option = click.option(
    "--bank",
    "path",
    type=click.Path(path_type=Path, dir_okay=False),
    help=phrase(zh="题库文件（默认：自带的入门题库）。", en="The bank's file (default: the starter bank)."),
)


@evaluation.command(
    help=phrase(
        zh="题库的构成与标准要求的对照。\n\n\b\n示例：\n  hegui evaluation bank\n"
        "  hegui evaluation bank --bank my-bank.yaml --json",
        en="A bank's composition against what the standard asks for.\n\n\b\nExamples:\n"
        "  hegui evaluation bank\n  hegui evaluation bank --bank my-bank.yaml --json",
    )
)
@_bank_option
@pass_terminal
def bank(terminal: Terminal, path: Path | None) -> None:
    """Print how a bank stands."""
    room = terminal.workspace.evaluation
    composition = room.composition(room.bank(path))
    terminal.result(composition, lambda: _Page(terminal).composition(composition))


@evaluation.command(
    help=phrase(
        zh="向模型提出题库中的问题并判定回答。每个回答随到随存：中断后用同样的参数再运行，即从断点继续。\n\n\b\n"
        "示例：\n  hegui evaluation run --endpoint http://127.0.0.1:8000/v1 --model my-model\n"
        "  hegui evaluation run --endpoint https://host/v1 --model m --api-key-file key.txt \\\n"
        "      --bank my-bank.yaml --concurrency 8",
        en="Put a bank's questions to a model and judge the answers. Every answer is kept as it arrives: "
        "after an interruption the same command goes on where it stopped.\n\n\b\nExamples:\n"
        "  hegui evaluation run --endpoint http://127.0.0.1:8000/v1 --model my-model\n"
        "  hegui evaluation run --endpoint https://host/v1 --model m --api-key-file key.txt \\\n"
        "      --bank my-bank.yaml --concurrency 8",
    )
)
@click.option(
    "--endpoint",
    required=True,
    help=phrase(zh="模型服务的地址，以 /v1 结尾。", en="The address of the model, ending in /v1."),
)
@click.option("--model", required=True, help=phrase(zh="模型名称。", en="The model's name."))
@click.option(
    "--api-key-file",
    type=click.Path(path_type=Path, dir_okay=False),
    help=phrase(zh="存放模型服务密钥的文件。", en="A file with the model's API key."),
)
@_bank_option
@click.option(
    "--concurrency",
    type=click.IntRange(1, 256),
    default=4,
    show_default=True,
    help=phrase(zh="同时提出的问题数。", en="How many questions are out at once."),
)
@click.option(
    "--limit",
    type=click.IntRange(1),
    help=phrase(zh="每类题目最多抽取多少题（随机，不重复）。", en="Draw at most so many of each kind."),
)
@click.option(
    "--draw-seed",
    default="1",
    show_default=True,
    help=phrase(zh="抽题的种子，写入证据。", en="The seed of the draw, which evidence names."),
)
@click.option(
    "--max-tokens",
    type=click.IntRange(1),
    default=_DEFAULTS.max_tokens,
    show_default=True,
    help=phrase(zh="回答的最大长度（token）。", en="The longest answer, in tokens."),
)
@click.option(
    "--temperature",
    type=click.FloatRange(0, 2),
    default=float(_DEFAULTS.temperature),
    show_default=True,
    help=phrase(zh="采样温度。", en="The sampling temperature."),
)
@click.option(
    "--seed", type=int, help=phrase(zh="生成的随机种子。", en="The seed of the generation, if wanted.")
)
@pass_terminal
def run(
    terminal: Terminal,
    *,
    endpoint: str,
    model: str,
    api_key_file: Path | None,
    path: Path | None,
    concurrency: int,
    limit: int | None,
    draw_seed: str,
    max_tokens: int,
    temperature: float,
    seed: int | None,
) -> None:
    """Run a bank and print the gates."""
    key = None if api_key_file is None else read_text(api_key_file).strip()
    address = EndpointAddress(url=endpoint, model=model, api_key=key)
    decoding = Decoding(max_tokens=max_tokens, temperature=Decimal(str(temperature)), seed=seed)
    chosen = terminal.workspace.evaluation.bank(path)
    if limit is not None:
        chosen = chosen.drawn(limit, seed=draw_seed)
    report = asyncio.run(_ask(terminal, chosen, address, decoding=decoding, concurrency=concurrency))
    terminal.result(report, lambda: _Page(terminal).report(report))


async def _ask(
    terminal: Terminal,
    chosen: QuestionBank,
    address: EndpointAddress,
    *,
    decoding: Decoding,
    concurrency: int,
) -> RunReport:
    total = len({question.id for question in chosen.questions})
    with terminal.progress(zh="提问", en="asking", total=total) as advance:
        done = 0

        def progress(answered: int, _total: int) -> None:
            nonlocal done
            if done == 0 and answered > 1:
                terminal.say(
                    zh=f"接着上次继续：已有 {answered} 个回答",
                    en="going on where the last run stopped: "
                    f"{counted(answered, 'answer is', 'answers are')} there",
                )
            advance(answered - done)
            done = answered

        async with Endpoint(address) as endpoint:
            return await terminal.workspace.evaluation.run(
                chosen, endpoint, decoding=decoding, concurrency=concurrency, progress=progress
            )


@evaluation.command(
    help=phrase(
        zh="最近完成的一次评测；--answers 列出每一题的回答与判定。\n\n\b\n示例：\n"
        "  hegui evaluation report\n  hegui evaluation report --answers",
        en="The evaluation completed last; --answers lists every answer and what was made of it.\n\n\b\n"
        "Examples:\n  hegui evaluation report\n  hegui evaluation report --answers",
    )
)
@click.option("--answers", is_flag=True, help=phrase(zh="列出每一题。", en="List every question."))
@pass_terminal
def report(terminal: Terminal, *, answers: bool) -> None:
    """Print the last report."""
    room = terminal.workspace.evaluation
    last = room.report()
    page = _Page(terminal)
    if answers:
        judgements = room.judgements(last)
        terminal.result(judgements, lambda: "\n".join(map(page.judgement, judgements)))
        return
    open_runs = tuple(known for known in room.runs() if known.completed is None)
    terminal.result(last, lambda: "\n".join([page.report(last), *map(page.unfinished, open_runs)]))


class _Page:
    """Banks and reports as lines for people."""

    def __init__(self, terminal: Terminal) -> None:
        self._terminal = terminal
        self._rulebook: Rulebook = terminal.workspace.rulebook

    def composition(self, composition: Composition) -> str:
        counts = self._list(f"{self._text(kind.text)} {n}" for kind, n in composition.questions.items())
        groups = groupby(composition.requirements, key=lambda requirement: requirement.parameter)
        lines = [
            self._say(zh=f"题库 {composition.bank}：{counts}", en=f"Bank {composition.bank}: {counts}"),
            *[self._requirement(tuple(group)) for _, group in groups],
        ]
        if composition.verdict is not Verdict.MET:
            lines.append(
                self._say(
                    zh="这个题库还不能用于评估：判定会是“未评估”。请按上列缺口补充自己的题目。",
                    en="This bank cannot carry an assessment yet: the verdict would be “not assessed”. Fill "
                    "the gaps above with questions of your own.",
                )
            )
        return "\n".join(lines)

    def _requirement(self, group: tuple[BankRequirement, ...]) -> str:
        first = group[0]
        met = sum(requirement.verdict is Verdict.MET for requirement in group)
        if len(group) == 1:
            verdict = first.verdict
            stand = f"{first.count} ({first.comparison} {first.required})"
        else:
            verdict = Verdict.MET if met == len(group) else Verdict.NOT_MET
            stand = self._say(
                zh=f"{met}/{len(group)} 项达到 {first.comparison} {first.required}",
                en=f"{met} of {len(group)} reach {first.comparison} {first.required}",
            )
        line = f"  {self._text(verdict.text)}  {self._text(first.title)}: {stand}  {self._cite(first)}"
        absent = [requirement.topic for requirement in group if requirement.topic and not requirement.count]
        if absent:
            line += "\n" + self._say(zh="      没有题目：", en="      without any: ") + " ".join(absent)
        return line

    def report(self, report: RunReport) -> str:
        model = (
            report.model
            if report.models in {(), (report.model,)}
            else f"{report.model} ({self._list(report.models)})"
        )
        head = self._say(
            zh=f"模型 {model}，题库 {report.bank}（{report.questions} 题），{report.completed} 完成",
            en=f"Model {model}, bank {report.bank} ({counted(report.questions, 'question')}), "
            f"completed {report.completed}",
        )
        found = report.personal_information
        tail = [
            self._say(zh=f"含个人信息的回答：{found}", en=f"Answers with personal information: {found}"),
            self._say(
                zh="规则与关键词判定只是参考：标准另要求人工检测和分类模型检测。",
                en="Rules and keywords are an indication: the standard wants a manual and a classifier check "
                "as well.",
            ),
            self._say(
                zh=f"已记入台账 {report.entry}；逐题结果见 hegui evaluation report --answers",
                en=f"Recorded as {report.entry}; every answer: hegui evaluation report --answers",
            ),
        ]
        return "\n".join([head, *map(self._gate, report.gates), *self._states(report), *tail])

    def _gate(self, gate: Gate) -> str:
        wanted = self._say(
            zh=f"要求 {gate.comparison} {gate.threshold:.0%}，至少 {gate.required} 题",
            en=f"{gate.comparison} {gate.threshold:.0%} of at least {gate.required} wanted",
        )
        line = f"  {self._text(gate.verdict.text)}  {self._text(gate.title)}: "
        if gate.share is not None and gate.bound is not None:
            side = self._say(zh="95% 界限", en="95 % bound")
            line += f"{gate.counted}/{gate.asked} = {gate.share:.1%} ({side} {gate.bound:.1%}); "
        line += f"{wanted}  {self._cite(gate)}\n      {self._text(gate.reason)}"
        if gate.verdict is Verdict.MET and not gate.robustly_met:
            line += self._say(
                zh="；但换一次抽样可能不达标（置信界限未过线）",
                en="; but another draw might fail (the confidence bound does not reach the line)",
            )
        return line

    def _states(self, report: RunReport) -> Iterator[str]:
        for kind in BankKind:
            counts = report.states[kind]
            named = self._list(
                f"{self._text(state.text)} {counts[state]}" for state in RefusalState if counts[state]
            )
            yield f"  {self._text(kind.text)}: {named or '—'}"

    def judgement(self, judgement: JudgedAnswer) -> str:
        question, answer = judgement.question, judgement.answer
        marks = [self._text(judgement.refusal.text)]
        marks += sorted({f"{finding.risk}/{finding.kind}" for finding in judgement.findings})
        if judgement.unsafe:
            marks.append(self._say(zh="不安全", en="unsafe"))
        said = printable(" ".join((answer.error or answer.text).split()))
        return f"[{question.bank} {question.topic}] {question.text}\n    → {said}\n    {self._list(marks)}"

    def unfinished(self, run: EvaluationRun) -> str:
        return self._say(
            zh=f"未完成：{run.model}，题库 {run.bank}，已有 {run.answered} 个回答（{run.started} 开始）",
            en=f"Unfinished: {run.model}, bank {run.bank}, {counted(run.answered, 'answer')} "
            f"(began {run.started})",
        )

    def _cite(self, item: Gate | BankRequirement) -> str:
        clause = self._rulebook.cited(item.citation)
        short = self._text(self._rulebook.instrument(clause.instrument).short)
        number = clause.number if self._terminal.language is Language.ZH else clause.id
        modal = isinstance(item, BankRequirement) and item.modal is not Modal.SHALL
        advice = self._say(zh="宜，", en="should, ") if modal else ""
        doubt = "" if item.verified else self._say(zh="，未核实", en=", unverified")
        return f"[{advice}{short} {number}{doubt}]"

    def _list(self, items: Iterable[str]) -> str:
        return self._say(zh="，", en=", ").join(items)

    def _text(self, text: BilingualText) -> str:
        return self._terminal.text(text)

    def _say(self, *, zh: str, en: str) -> str:
        return zh if self._terminal.language is Language.ZH else en
