"""Prompt injection: what a text says to the model rather than to a person, told by its form.

Nothing here understands a text. It knows the marks by which conversations are handed to models, the phrases
that set instructions aside or ask for them, links that would carry a conversation away, and packed text that
is to be unpacked and obeyed. Whoever paraphrases is not found, see ``docs/how-to/flag-prompt-injection.md``.
"""

import re
from collections import defaultdict
from collections.abc import Iterator, Sequence
from enum import StrEnum
from functools import cache
from typing import NamedTuple

from hegui.core import BilingualText, digest_value
from hegui.screening.detector import CONTEXT, Account, Occurrence
from hegui.screening.keywords import Level
from hegui.screening.matcher import Matcher, MatcherKind, built
from hegui.screening.model import INJECTION, Category
from hegui.screening.shapes import words


class InjectionKind(StrEnum):
    """The forms of injection that are told apart."""

    ROLE_FORGING = "role_forging"
    OVERRIDE = "override"
    PROMPT_EXTRACTION = "prompt_extraction"
    EXFILTRATION = "exfiltration"
    ENCODED = "encoded"
    HIDDEN = "hidden"

    @property
    def text(self) -> BilingualText:
        """The kind in words."""
        return _TEXTS[self]

    @property
    def category(self) -> Category:
        """What its findings are about."""
        return Category(risk=INJECTION, kind=self, level=Level.MEDIUM)


_Kind = InjectionKind
_TEXTS = {
    _Kind.ROLE_FORGING: BilingualText(zh="伪造角色标记", en="forged role marks"),
    _Kind.OVERRIDE: BilingualText(zh="要求抛开既有指令", en="sets instructions aside"),
    _Kind.PROMPT_EXTRACTION: BilingualText(zh="套取系统提示", en="asks for the system prompt"),
    _Kind.EXFILTRATION: BilingualText(zh="以链接外带数据", en="carries data away in a link"),
    _Kind.ENCODED: BilingualText(zh="要求解码后照做", en="packed text to be obeyed"),
    _Kind.HIDDEN: BilingualText(zh="隐藏字符", en="hidden characters"),
}


class _Form(NamedTuple):
    """One form: at one of ``triggers`` begins what ``pattern`` matches. Both are of folded text.

    A pattern holds no line's end and is bounded, see :data:`_LONGEST`. What excuses a match stands before it,
    see :data:`_EXCUSED`.
    """

    kind: InjectionKind
    triggers: tuple[str, ...]
    pattern: str


_LONGEST = 512
"""No pattern looks at more characters than that."""

# In English.
_ALONE = "(?<![a-z])"
_GAP = "[ \t]{1,4}"
_WORD = rf"{_GAP}[a-z'’]{{1,14}}"
_THEIRS = "(?:his|her|their|(?!openai|system|developer|creator|maker)[a-z]{1,14}['’]s)(?![a-z])"
_OF_THE_MODEL = rf"(?!{_GAP}{_THEIRS}){_WORD}"
_PAST = "(?:previous|prior|above|earlier|preceding|foregoing|initial|original)"
_RULES = "(?:instruction|prompt|guideline|directive|rule|direction|constraint|restriction)"
_DEVICE = rf"(?!{_GAP}(?:on|in){_GAP}(?!your|this|our|the|all|every|order))"

_INTO = rf"(?:{_GAP}in(?:to)?)?(?:{_GAP}(?:an?|the))?{_GAP}"
_INNER = "(?:system|initial|hidden|secret|developer|internal)"
# Somebody who asks about prompts does not ask for one.
_ITSELF = "".join(
    f"(?<!{_ALONE}{word} )"
    for word in (
        "how", "why", "whether", "for", "about", "when", "where", "if", "should", "does", "in", "to",
        "write", "improve", "design", "use", "set", "change", "test", "example of", "examples of", "kind of",
        "type of", "role of", "purpose of",
    )
)  # fmt: skip
_GOING_ON = (
    "(?:above|verbatim|you|that|says|word|exactly|in|inside|now|here|please|and|given|again|back|"
    "to me|to us|to the user|as|of this)"
)

# In Chinese.
_CLAUSE = r"[^\n。!?;]"
_PART = r"[^\n。!?;,]"
_NO_THING = "(?!(?<=提示)(?:[音框栏符]|信息|消息)|(?<=指示)[牌灯]|(?<=指令)集(?!中)|(?<=命令)行(?![吗么不]))"

# What stands in a clause before a match and excuses it: a negation right before, or a clause that from its
# beginning states what others do or asks how that is done. Anything else before an order, a politeness, an
# adverb, another clause without a stop, leaves it an order; so does a clause that began too far back.
_CLAUSE_BEGINS = r"[^\w \t'’][ \t]*"
_NEGATION = (
    r"(?<![a-z])(?<!why )(?:not|never|cannot) |n['’]t |"
    "(?<![得能可何要会应么别])不(?:要|能|可|得|应|许|会|可以|应该|允许)?再?|"
    "(?<![特分识级个区])别再?|[勿莫没未]|没有|无法|避免|防止|禁止"
)
# People in the plural, by what such words end in: users, actors, patients, civilians, tourists, employees.
_PEOPLE = (
    "(?:(?:some|many|most|few|the|these|those) )?(?:(?!agents)[a-z]{2,12}(?:er|or|ent|ian|ist|ee|al)s|people)"
)
_MAY = "(?:who|may|can|might|could|should|would|will|must|do|did|often|always|sometimes|usually)"
_STATEMENT = (
    f"(?:(?:and|but|if|when|because|that) )?(?:i|he|she|it|they|{_PEOPLE}) (?:{_MAY} ){{0,2}}|"
    "(?:in order )?to "
)
_QUESTION = (
    "(?:(?:how|why|when|where) (?:do|does|did|can|could|should|would|will|must|to)|should(?! you)|"
    "what happens (?:if|when)) "
    f"(?:(?:i|we|you|one|he|she|it|they|(?:an?|the|my|our) [a-z]{{1,14}}|{_PEOPLE}) )?"
)
_NOT_TOLD_ZH = r"[^\W你您请让作为把]"
_STATEMENT_ZH = (
    f"(?:如果|因为|但是?)?(?:我|[他她它]们?|{_NOT_TOLD_ZH}{{0,4}}(?:[者员师客民生]|(?<!大)家|(?<![主器])人|"
    "(?<![我咱])们|司机|公司|企业|政府|学校|用户|平台|机构))"
    "(?:也|都|却|会|能|可以|可能|常常|经常|总是?|容易|往往|有时|曾经?|已经?|企图|试图|应该?|必须){0,3}"
)
_QUESTION_ZH = r"(?:请问)?[^\W你您请不]{0,6}(?<![论管])(?:如何|怎么|怎样|为何|为什么)[^\W你您请不]{0,5}"
_BY_HAND = r"(?<![a-z])(?:times|press|button) to "
_EXCUSED = {
    _Kind.OVERRIDE: re.compile(
        rf"(?:{_NEGATION}|{_BY_HAND}|"
        rf"{_CLAUSE_BEGINS}(?:{_STATEMENT}|{_QUESTION}|{_STATEMENT_ZH}|{_QUESTION_ZH}))\Z"
    ),
    _Kind.PROMPT_EXTRACTION: re.compile(rf"(?:{_NEGATION})\Z"),
}

_URL = r"https?://[^\s()<>{}\[\]【】\"']{1,160}?[?&][^\s()<>=&\"']{1,40}="
# What is to be filled in by the model stands in some sort of brackets; so do the names of parameters in the
# description of an interface, unless they name what was said.
_SAID = (
    "(?:conver|chat|histor|messag|dialog|data|secret|passw|key|token|prompt|content|context|memor|credential)"
)
_PARAMETER = rf"(?![a-z0-9_.-]{{0,32}}?{_SAID})[a-z0-9_.-]{{1,32}}(?:[}}\]>】]|%7d)"
_BLANK = rf"[^\s()&\"']{{0,40}}?(?:\{{|\[|<|【|%7b)(?!{_PARAMETER})"
_SIGNED = r"(?![^\s()]{0,240}?(?:signature|x-amz|expires|token|sig)=)"

_UNPACK = ("base64", "base32", "rot13", "decode", "解码", "译码")
_PACKED_CHARACTERS = "a-z0-9+/_-"
_OBEY_EN = ("follow", "obey", "execut", "do what", "carry out", "perform", "comply", "act on", "answer")
_OBEY_ZH = ("执行", "照做", "照办", "遵守", "遵照", "遵循", "按其", "按照", "回答", "完成")
_NOT_PACKED = f"(?<![{_PACKED_CHARACTERS}])"
# Whoever asks to decode “the following” asks no more than that.
_OBEY = (
    rf"(?:{_NOT_PACKED}(?<!the ){words(_OBEY_EN).whole}e?(?:s|d|ing)?(?![{_PACKED_CHARACTERS}])|"
    f"{words(_OBEY_ZH).whole})"
)

_SET_ASIDE_EN = (
    "ignore", "disregard", "forget", "do not follow", "don't follow", "stop following", "override", "bypass",
)  # fmt: skip
_SET_ASIDE_ZH = (
    "忽略", "无视", "忘记", "忘掉", "忘了", "抛开", "抛弃", "不要理会", "不用理会", "不必理会", "别管",
    "不要管", "不用管", "不要遵守", "不再遵守", "停止遵守", "不要遵循", "不再遵循", "停止遵循", "绕过",
)  # fmt: skip
_SWITCH_OFF_EN = ("ignore", "bypass", "disable", "circumvent", "override", "turn off")
_SWITCH_OFF_ZH = ("绕过", "关闭", "解除", "无视", "忽略", "取消")
_NOW_EN = ("you are now", "you're now")
_SWITCH_TO_EN = ("enter", "switch to", "activate", "enable")
_SHOW_EN = (
    "repeat",
    "reveal",
    "show",
    "print",
    "output",
    "display",
    "tell",
    "give",
    "leak",
    "dump",
    "recite",
    "what",
)
_SHOW_ZH = (
    "输出", "打印", "显示", "重复", "复述", "告诉我", "泄露", "透露", "展示", "说出", "列出", "背诵",
    "给我看", "公开", "发给我", "交出", "写出",
)  # fmt: skip

_FORMS = (
    _Form(_Kind.ROLE_FORGING, ("<|",), r"<\|/?[a-z0-9_▁]{2,32}\|>"),
    _Form(
        _Kind.ROLE_FORGING,
        ("[inst]", "[/inst]", "<<sys>>", "<</sys>>", "<start_of_turn>", "<end_of_turn>", "[gmask]"),
        r"[\[<][^\]>\n]{3,14}[\]>]{1,2}",
    ),
    _Form(
        _Kind.OVERRIDE,
        _SET_ASIDE_EN,
        rf"{_ALONE}{words(_SET_ASIDE_EN).whole}(?:{_OF_THE_MODEL},?){{0,4}}?{_GAP}"
        rf"(?:(?:{_PAST}|your)(?:{_OF_THE_MODEL}){{0,3}}?{_GAP}{_RULES}|"
        rf"(?:system|developer)(?:{_WORD}){{0,2}}?{_GAP}(?:{_RULES}|message))s?(?![a-z])",
    ),
    _Form(
        _Kind.OVERRIDE,
        _SET_ASIDE_EN,
        rf"{_ALONE}{words(_SET_ASIDE_EN).whole}{_GAP}(?:everything|anything|all)(?:{_GAP}that)?{_GAP}"
        rf"(?:above(?![a-z-])|before(?:{_GAP}this)?(?![a-z])(?!{_GAP}(?:an?|you|we|i|going|my|our|{_THEIRS}){_GAP})|"
        rf"said{_GAP}(?:before|above)|you{_GAP}(?:were|have{_GAP}been){_GAP}(?:told|given|instructed))",
    ),
    _Form(
        _Kind.OVERRIDE,
        _SET_ASIDE_ZH,
        rf"{words(_SET_ASIDE_ZH).whole}{_CLAUSE}{{0,8}}?(?:"
        r"(?:之前|以前|以上|上面|上述|前面|先前|此前|前述|原有|原来|原先|初始|预设|内置|开发者|给你|你的|你收到|你被)"
        rf"{_PART}{{0,8}}?(?:指令|指示|提示词|提示语|系统提示|命令|设定|规则|准则|约束|限制|人设)|"
        r"系统[里中]?的?(?:(?:所有|全部|预设|初始|内置)的?)?(?:指令|提示|设定|规则|准则|约束|限制))"
        rf"{_NO_THING}",
    ),
    _Form(
        _Kind.OVERRIDE,
        _SWITCH_OFF_EN,
        rf"{_ALONE}{words(_SWITCH_OFF_EN).whole}(?:{_GAP}(?:all|any|every|of|the)){{0,3}}{_GAP}"
        rf"(?:(?:your|its){_GAP}(?:safety{_GAP}(?:guardrail|filter|rule|polic|measure)|content{_GAP}(?:filter|polic))|"
        rf"(?:(?:your|its){_GAP})?guardrail|safety{_GAP}(?:guardrail|filter|measure|polic)|content{_GAP}(?:filter|polic))"
        rf"[a-z]{{0,4}}(?![a-z]){_DEVICE}",
    ),
    _Form(
        _Kind.OVERRIDE,
        (*_NOW_EN, *_SWITCH_TO_EN),
        rf"{_ALONE}{words((*_NOW_EN, *_SWITCH_TO_EN)).whole}{_INTO}"
        rf"(?:unrestricted|jailbreak|jailbroken|dan|uncensored){_GAP}mode(?![a-z])",
    ),
    _Form(
        _Kind.OVERRIDE, _NOW_EN, rf"{_ALONE}{words(_NOW_EN).whole}{_INTO}(?:developer|god){_GAP}mode(?![a-z])"
    ),
    _Form(
        _Kind.OVERRIDE,
        _SWITCH_TO_EN,
        rf"{_ALONE}{words(_SWITCH_TO_EN).whole}{_INTO}(?:developer|god){_GAP}mode(?![a-z]){_DEVICE}",
    ),
    _Form(
        _Kind.OVERRIDE,
        _SWITCH_OFF_ZH,
        rf"{words(_SWITCH_OFF_ZH).whole}[掉了]?"
        rf"(?:{_PART}{{0,3}}?(?:你|您|模型|自身|自己|对话|会话|聊天){_PART}{{0,4}}?|(?:所有|一切|全部|任何|系统|内置)?的?)"
        r"(?:安全(?:策略|护栏|准则|限制|审查|过滤)|内容(?:审查|过滤|审核|政策)|护栏)",
    ),
    _Form(
        _Kind.PROMPT_EXTRACTION,
        _SHOW_EN,
        rf"{_ALONE}[a-z']{{1,16}}(?:{_WORD},?){{0,5}}?{_GAP}(?:your(?:{_WORD}){{0,2}}?{_GAP}"
        rf"(?:{_INNER}{_GAP}message|(?:{_INNER}|original|full|exact)(?:{_GAP}system)?{_GAP}(?:prompt|"
        rf"(?:instruction|rule|directive|guideline)(?!s?{_GAP}(?:about|for{_GAP}(?:an?|my|the)){_GAP})))s?"
        r"(?![a-z])|"
        rf"(?=[tfec]){_ITSELF}(?:the|full|entire|complete){_GAP}(?:(?:hidden|secret){_GAP})?system{_GAP}prompt(?![a-z])"
        rf"(?!{_GAP}(?!{_GOING_ON}(?![a-z]))[a-z]))",
    ),
    _Form(
        _Kind.PROMPT_EXTRACTION,
        ("repeat", "print", "output", "recite", "copy"),
        rf"{_ALONE}[a-z']{{1,16}}(?:{_WORD},?){{0,2}}?"
        rf"{_GAP}(?:everything|all|the{_GAP}(?:words|text|content|contents|lines))"
        rf"(?:{_GAP}of{_GAP}the{_GAP}text)?{_GAP}(?:above|before{_GAP}this)(?![a-z-])"
        rf"(?!{_GAP}(?:the fold|average|sea|zero|freezing|[0-9]{{1,5}} ?(?:°|%|k?m(?![a-z]))))",
    ),
    _Form(
        _Kind.PROMPT_EXTRACTION,
        _SHOW_ZH,
        rf"{words(_SHOW_ZH).whole}(?:(?!怎|如何|写){_CLAUSE}){{0,10}}?(?:"
        r"[你您](?:的|被|收到|得到)?(?:所有|全部|完整|一切|初始|原始|最初|隐藏|内部|系统|开发者|底层|预设|核心|的){0,3}?"
        r"(?:提示词|提示语|系统提示|指令|设定|prompt)|"
        r"系统(?:提示词|提示语)|(?<![a-z0-9])(?<![a-z0-9] )(?<!操作|文件)系统指令|"
        r"system prompt|(?:初始|隐藏|原始|内部)(?:指令|提示)|"
        r"(?:上面|以上|上述|前面|之前)的?(?:所有|全部|一切)的?(?:内容|文字|文本)(?!的|中|里))"
        rf"{_NO_THING}",
    ),
    _Form(_Kind.EXFILTRATION, ("](http",), rf"\]\({_URL}{_BLANK}"),
    _Form(_Kind.EXFILTRATION, ("<img",), rf"<img[^\n>]{{0,60}}?src=[\"']?{_URL}{_BLANK}"),
    _Form(
        _Kind.EXFILTRATION,
        ("![",),
        rf"!\[[^\]\n]{{0,80}}\]\({_SIGNED}{_URL}[a-z0-9+/_%-]{{48,128}}",
    ),
    _Form(
        _Kind.ENCODED,
        _UNPACK,
        # Looked for apart, not one behind the other: every place for the one with every place for the other
        # would be a million places.
        rf"{words(_UNPACK).whole}(?=[^\n]{{0,360}}?{_OBEY})"
        rf"(?:[^\n]{{0,160}}?{_NOT_PACKED})?[{_PACKED_CHARACTERS}]{{24,200}}",
    ),
)  # fmt: skip


class InjectionDetector:
    """Looks for the forms of :class:`InjectionKind` in folded text.

    See :class:`hegui.screening.detector.Detector`; what folding takes away ``hidden.py`` sees.
    """

    name = "injection"

    @property
    def digest(self) -> str:
        """See :class:`hegui.screening.detector.Detector`."""
        return _digest()

    @property
    def categories(self) -> Sequence[Category]:
        """One for each kind."""
        return [kind.category for kind in dict.fromkeys(form.kind for form in _FORMS)]

    def occurrences(self, text: str, start: int) -> Sequence[Occurrence]:
        """See :class:`hegui.screening.detector.Detector`."""
        return _occurrences(text, _told(text, start))

    def read(self, text: str, start: int) -> tuple[Sequence[Occurrence], int]:
        """See :class:`hegui.screening.detector.Detector`."""
        told = _told(text, start)
        # Nothing reaches over a line's end, nor further than the longest; a trigger may be broken off.
        live = max(start, len(text) - _LONGEST, text.rfind("\n", start) + 1)
        waiting = [begin for begin, _ in told if begin >= live]
        limit = min([*waiting, max(live, len(text) - _tracing().longest_trigger + 1)])
        return _occurrences(text, told), min(limit, len(text))

    def withheld(self, text: str, start: int, acting: frozenset[Category]) -> int:
        """See :class:`hegui.screening.detector.Detector`; all kinds are waited for alike."""
        del text, acting
        return start

    def account(self, matched: str, category: Category) -> Account:
        """See :class:`hegui.screening.detector.Detector`."""
        del matched
        return Account(pattern=InjectionKind(category.kind).text, source=self.name)


class _Compiled(NamedTuple):
    category: Category
    pattern: re.Pattern[str]


class _Tracing(NamedTuple):
    """Finds triggers, each with the forms that may begin there."""

    triggers: Matcher
    forms: tuple[tuple[_Compiled, ...], ...]
    longest_trigger: int


@cache
def _tracing() -> _Tracing:
    forms: defaultdict[str, list[_Compiled]] = defaultdict(list)
    for form in _FORMS:
        compiled = _Compiled(form.kind.category, re.compile(form.pattern))
        for trigger in form.triggers:
            forms[trigger].append(compiled)
    return _Tracing(
        triggers=built(list(forms), MatcherKind.usual()),
        forms=tuple(map(tuple, forms.values())),
        longest_trigger=max(map(len, forms)),
    )


@cache
def _digest() -> str:
    forms = [[form.kind, [*form.triggers], form.pattern] for form in _FORMS]
    return digest_value([forms, {kind: excuse.pattern for kind, excuse in _EXCUSED.items()}])


def _told(text: str, start: int) -> Sequence[tuple[int, int]]:
    """Where triggers begin from ``start`` on, each with its number."""
    found = _tracing().triggers.find(text[start:] if start else text)
    return [(begin + start, word) for begin, _, word in found]


def _occurrences(text: str, told: Sequence[tuple[int, int]]) -> Sequence[Occurrence]:
    if not told:
        return ()
    found = set(_matches(text, told))
    return sorted(found, key=lambda occurrence: (occurrence.start, -occurrence.end, occurrence.category.kind))


def _matches(text: str, told: Sequence[tuple[int, int]]) -> Iterator[Occurrence]:
    forms = _tracing().forms
    for begin, word in told:
        for category, pattern in forms[word]:
            match = pattern.match(text, begin)
            if match is not None and not _excused(text, begin, category):
                yield Occurrence(begin, match.end(), category)


def _excused(text: str, begin: int, category: Category) -> bool:
    excuse = _EXCUSED.get(InjectionKind(category.kind))
    # Where there is less than the context, the text itself begins.
    start = "\n" if begin < CONTEXT else ""
    return excuse is not None and excuse.search(start + text[max(0, begin - CONTEXT) : begin]) is not None
