"""What an operator declares of a screen: what it looks for, from which score on, and what follows. Pure."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import Annotated, Literal, Self

import msgspec
from msgspec import structs

from hegui.core import InvalidInput, Json, Record, digest_bytes, nearest
from hegui.rulebook import Rulebook
from hegui.screening.classifier_judge import ClassifierJudge, Likelihoods
from hegui.screening.guard_declaration import GuardDeclaration
from hegui.screening.guards import Guards
from hegui.screening.injection import InjectionKind
from hegui.screening.judging import Failure, Judge, ReleaseMode
from hegui.screening.keyword_bank import KeywordBank
from hegui.screening.keywords import Level
from hegui.screening.media_declaration import MediaDeclaration
from hegui.screening.model import (
    ANY,
    DEFAULT_RULES,
    INJECTION,
    PERSONAL_INFORMATION,
    UNMAPPED,
    UNSCREENED,
    Action,
    Cover,
    Direction,
    PersonalInformationKind,
    Rule,
    concerns,
)
from hegui.screening.passages import SENTENCES, Passages
from hegui.screening.recurrence import Recurrences
from hegui.screening.screen import Screen
from hegui.screening.thresholds import DEFAULT_THRESHOLDS, Threshold
from hegui.screening.wording import every_risk

BANK_IN_USE = "in_use"
NO_BANK = "none"

_PERSONAL_LEVELS = ("low", "personal", "sensitive")
_DIGEST = "sha256:[0-9a-f]{64}"

_Name = Annotated[str, msgspec.Meta(min_length=1, max_length=200, pattern=r"^[^\x00-\x1f\x7f]+$")]
_Directions = Annotated[tuple[Direction, ...], msgspec.Meta(min_length=1)]


class UnusableDeclaration(InvalidInput):
    """Something in a declaration cannot be as it says.

    Attributes:
        field: where, as ``rules[3].risk``.
    """

    def __init__(self, field: str, *, zh: str, en: str) -> None:
        """Name the place; whoever read a file adds it and the line."""
        super().__init__(zh=zh, en=en)
        self.field = field


class ClassifierDeclaration(Record):
    """A classifier of the workspace, as a judge in its screen.

    Attributes:
        model: the name of a classifier that was taken into use (``hegui screen use``), for whichever version
            of it is in use; or the digest of one version, for that version and no other. With ``risks``, the
            folder of a model of the ``transformers`` library.
        risks: for such a model, the risk (``A.2.e``) or group of risks that each of its labels means.
        name: what its findings are called by; ``classifier:`` and the classifier's name where left out.
        thresholds: from which score on something is found, and how grave it is.
        passages: what is read at a time.
        release: whether passages wait for it.
        directions: where it is used.
    """

    model: _Name
    risks: dict[str, str] = msgspec.field(default_factory=dict)
    name: _Name | None = None
    thresholds: Annotated[tuple[Threshold, ...], msgspec.Meta(min_length=1)] = DEFAULT_THRESHOLDS
    passages: Passages = SENTENCES
    release: ReleaseMode = ReleaseMode.HOLD
    directions: _Directions = tuple(Direction)

    def judge(self, classifier: Likelihoods) -> ClassifierJudge:
        """The judge that is declared, with ``classifier`` as its model."""
        return ClassifierJudge(
            classifier,
            name=self.name,
            thresholds=self.thresholds,
            passages=self.passages,
            release=self.release,
            directions=frozenset(self.directions),
        )


class ScreenDeclaration(Record):
    """A screen, as its operator declares it in a file.

    Attributes:
        name: what people call it.
        keyword_bank: ``in_use`` for the bank that the workspace uses (``hegui bank keywords use``), ``none``,
            or the digest of one version that was in use.
        personal_information: ``all`` kinds, ``none``, or those that are listed.
        injection: whether prompt injection is looked for; it is recorded, and blocks where a rule says so.
        classifiers: the classifiers.
        guards: the guard models.
        media: what judges pictures, sound and films.
        rules: what is done about each finding; of those for a direction the first that fits decides, and what
            none fits is not looked for there.
    """

    name: _Name
    keyword_bank: Annotated[str, msgspec.Meta(pattern=f"^(in_use|none|{_DIGEST})$")] = BANK_IN_USE
    personal_information: (
        Literal["all", "none"] | Annotated[tuple[PersonalInformationKind, ...], msgspec.Meta(min_length=1)]
    ) = "all"
    injection: bool = True
    classifiers: tuple[ClassifierDeclaration, ...] = ()
    guards: tuple[GuardDeclaration, ...] = ()
    media: MediaDeclaration = MediaDeclaration()
    rules: Annotated[tuple[Rule, ...], msgspec.Meta(min_length=1)] = DEFAULT_RULES

    @classmethod
    def starter(cls) -> Self:
        """What a workspace screens with before anything was declared: its bank, and personal information."""
        return cls(name="starter")

    @property
    def content(self) -> bytes:
        """All of it as JSON, the same for every way of writing the same."""
        return msgspec.json.encode(self)

    @property
    def digest(self) -> str:
        """The digest of :attr:`content`."""
        return digest_bytes(self.content)

    def screen(
        self,
        *,
        bank: KeywordBank | None,
        classifiers: Sequence[Likelihoods],
        guards: Guards,
        masking_key: bytes | None = None,
        recurrences: Recurrences | None = None,
    ) -> Screen:
        """The screen that is declared.

        Args:
            bank: what :attr:`keyword_bank` stands for.
            classifiers: the model of each of :attr:`classifiers`, in their order.
            guards: what :attr:`guards` declares.
            masking_key: makes the pseudonyms that rules ask for.
            recurrences: what a person blocked, whatever is declared.

        Raises:
            NothingToLookFor: nothing is declared to look for.
            SameName: two detectors have the same name.
            NoMaskingKey: a rule asks for pseudonyms, and there is no key.
        """
        judges: list[Judge] = [
            *(declared.judge(model) for declared, model in zip(self.classifiers, classifiers, strict=True)),
            *guards.judges,
        ]
        kinds = self.personal_information
        return Screen(
            keywords=bank,
            personal_information=kinds == "all" if isinstance(kinds, str) else kinds,
            injection=self.injection,
            judges=judges,
            rules=(*self.rules, *guards.rules, *self.media.rules),
            masking_key=masking_key,
            ask=guards.ask_and_wait,
            recurrences=recurrences,
        )


def check_declaration(declaration: ScreenDeclaration, rulebook: Rulebook) -> None:
    """See that a declaration can mean what it says, as far as it alone tells.

    Args:
        declaration: a declaration.
        rulebook: knows the risks.

    Raises:
        UnusableDeclaration: a risk, a kind or a level does not exist, a rule or a threshold never decides,
            or a direction has no rule.
    """
    risks = every_risk(rulebook)
    for index, declared in enumerate(declaration.classifiers):
        _check_thresholds(declared, f"classifiers[{index}]", risks)
        for label, risk in declared.risks.items():
            if risk not in risks:
                _refuse(risk, f"classifiers[{index}].risks.{label}", risks)
    for index, rule in enumerate(declaration.rules):
        _check_rule(rule, f"rules[{index}]", risks)
        if rule.risk == UNSCREENED:
            judges = [guard.name for guard in declaration.guards]
            _check_known(rule.kind, f"rules[{index}].kind", [*judges, *declaration.media.names])
    _check_order(declaration.rules)


def declaration_yaml(declaration: ScreenDeclaration) -> str:
    """A declaration as the YAML file that declares it."""
    # YAML takes 40 ms to import, which a screen need not pay.
    import yaml  # noqa: PLC0415

    plain = {name: _shortest(getattr(declaration, name)) for name in declaration.__struct_fields__}
    return str(yaml.safe_dump(plain, allow_unicode=True, sort_keys=False, width=110, default_flow_style=None))


def screen_schema(rulebook: Rulebook) -> Mapping[str, Json]:
    """The JSON Schema (2020-12) of ``screen.yaml``, with every risk by name."""
    schema = msgspec.json.schema(ScreenDeclaration)
    named: list[Json] = [
        {"const": ANY, "title": "任何已知的发现 / whatever was found"},
        {"const": PERSONAL_INFORMATION, "title": "个人信息 / personal information"},
        {"const": UNMAPPED, "title": "不属于 31 种风险 / none of the 31 risks"},
        {"const": UNSCREENED, "title": "未能审查 / what could not be judged"},
        {"const": INJECTION, "title": "提示词注入 / prompt injection"},
        *({"const": risk, "title": f"{text.zh} / {text.en}"} for risk, text in every_risk(rulebook).items()),
    ]
    for record in ("Rule", "Threshold"):
        risk = schema["$defs"][record]["properties"]["risk"]
        risk.pop("type")
        risk["oneOf"] = named
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "Hegui 审查方案 / screen declaration",
        **schema,
    }


def _check_thresholds(declared: ClassifierDeclaration, where: str, risks: Collection[str]) -> None:
    for index, threshold in enumerate(declared.thresholds):
        field = f"{where}.thresholds[{index}]"
        if threshold.risk != ANY:
            _check_risk(threshold.risk, f"{field}.risk", risks)
        if threshold.direction not in {None, *declared.directions}:
            raise UnusableDeclaration(
                f"{field}.direction",
                zh=f"分类器不用于 {threshold.direction}，此阈值永不起作用；请改 directions 或删去阈值",
                en=f"the classifier is not used for {threshold.direction}, so this threshold never counts; "
                "change the directions or remove it",
            )


def _check_rule(rule: Rule, where: str, risks: Collection[str]) -> None:
    if rule.risk not in {ANY, PERSONAL_INFORMATION, UNMAPPED, UNSCREENED, INJECTION}:
        _check_risk(rule.risk, f"{where}.risk", risks)
    if rule.risk == INJECTION:
        _check_known(rule.kind, f"{where}.kind", tuple(InjectionKind))
    if rule.risk == PERSONAL_INFORMATION:
        _check_known(rule.kind, f"{where}.kind", tuple(PersonalInformationKind))
    _check_known(rule.level, f"{where}.level", _levels(rule.risk))
    if rule.cover is not Cover.KIND and rule.action is not Action.MASK:
        raise UnusableDeclaration(
            f"{where}.cover",
            zh=f"cover 只用于 action: mask，而这里是 {rule.action}；请删去 cover 或改为 mask",
            en=f"cover goes with action: mask, and this is {rule.action}; remove cover, or make it mask",
        )


def _levels(risk: str) -> Sequence[str]:
    """The levels that findings of a risk may have."""
    if risk == PERSONAL_INFORMATION:
        return _PERSONAL_LEVELS
    if risk == UNSCREENED:
        return tuple(Failure)
    return (*Level, *_PERSONAL_LEVELS[1:]) if risk == ANY else tuple(Level)


def _check_order(rules: Sequence[Rule]) -> None:
    """See that each direction has a rule, and that each rule may come to decide."""
    for direction in Direction:
        of_direction = [(index, rule) for index, rule in enumerate(rules) if rule.direction is direction]
        if not of_direction:
            raise UnusableDeclaration(
                "rules",
                zh=f"没有 direction: {direction} 的规则，那里就什么也不审查；请至少写一条"
                f"（都放行也要写明：{{direction: {direction}, risk: '*', action: allow}}）",
                en=f"there is no rule with direction: {direction}, so nothing would be screened there; write "
                f"one (to let everything pass, say so: {{direction: {direction}, risk: '*', action: allow}})",
            )
        for place, (index, rule) in enumerate(of_direction):
            for earlier, other in of_direction[:place]:
                if _includes(other, rule):
                    raise UnusableDeclaration(
                        f"rules[{index}]",
                        zh=f"永不起作用：rules[{earlier}] 在前，已包含它；请移到前面或删去",
                        en=f"it never decides: rules[{earlier}] stands before it and fits all that it fits; "
                        "put it first, or remove it",
                    )


def _includes(wide: Rule, narrow: Rule) -> bool:
    return (
        (wide.risk == ANY and narrow.risk == ANY) or (narrow.risk != ANY and concerns(wide.risk, narrow.risk))
    ) and all(mine in {ANY, other} for mine, other in ((wide.kind, narrow.kind), (wide.level, narrow.level)))


def _check_risk(risk: str, field: str, risks: Collection[str]) -> None:
    if risk not in risks:
        _refuse(risk, field, risks)


def _check_known(value: str, field: str, known: Collection[str]) -> None:
    if value not in {ANY, *known}:
        _refuse(value, field, known)


def _refuse(value: str, field: str, known: Collection[str]) -> None:
    close = nearest(value, known)
    meant = (f"；是不是 {close}？", f"; did you mean {close}?") if close else ("", "")
    every = (
        ", ".join((ANY, *known))
        if len(known) <= len(PersonalInformationKind)
        else "A.1 … A.5, A.1.a …, M, M.1 … "
    )
    raise UnusableDeclaration(
        field, zh=f"没有 {value!r}；可用：{every}{meant[0]}", en=f"there is no {value!r}: {every}{meant[1]}"
    )


def _shortest(value: object) -> object:
    """A value as plain data, without the fields of records that say what would hold anyway."""
    if isinstance(value, tuple):
        return [_shortest(each) for each in value]
    if isinstance(value, Record):
        return dict(_said(value))
    plain: object = msgspec.to_builtins(value)
    return plain


def _said(record: Record) -> Iterator[tuple[str, object]]:
    for field in structs.fields(record):
        value = getattr(record, field.name)
        default = field.default if field.default_factory is msgspec.NODEFAULT else field.default_factory()
        if value != default:
            yield field.name, _shortest(value)
