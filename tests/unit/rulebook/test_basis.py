"""Every clause that the code cites stands in the rulebook, and every article in its law."""

import ast
import functools
import math
import re
from collections import Counter
from collections.abc import Iterable, Iterator
from decimal import Decimal
from pathlib import Path

import pytest

import hegui
from hegui.library.articles import split_articles
from hegui.rulebook import NUMERAL, Clause, Fine, Parameter, Rulebook, Unit, read_numeral

SOURCE = Path(hegui.__file__).parent
_TEXTS = {
    "ALGO": "algo.md",
    "ATF": "fraud.md",
    "AUCL": "aucl_2025.md",
    "CSL": "csl_2025.md",
    "CSL-2017": "csl2016.md",
    "DS": "deep_synthesis_2022.md",
    "DSL": "dsl.md",
    "IIS": "iis.md",
    "INCIDENT": "incident_reporting_2025.md",
    "MOPR": "minors.md",
    "NDSR": "ndsr.md",
    "PI-AUDIT": "pi_audit_2025.md",
    "PIPL": "pipl.md",
    "STP": "stp.md",
}
# What the official text of an article says, in its own words, beside every number that we state of it.
_WORDS = {
    "ALGO 24": "十个工作日",
    "ALGO 25": "三十个工作日",
    "ALGO 31": "一万元以上十万元以下",
    "ATF 25": "合理注意义务",
    "ATF 43": "五十万元以上五百万元以下",
    "AUCL 13.3": "避开或者破坏技术管理措施",
    "AUCL 25": "一百万元以上二百万元以下",
    "AUCL 26": "十万元以上一百万元以下",
    "AUCL 29": "一百万元以上五百万元以下",
    "CSL 20": "人工智能",
    "CSL 23": "不少于六个月",
    "CSL 26": "真实身份",
    "CSL 27": "应急预案",
    "CSL 40": "每年至少进行一次",
    "CSL 49": "停止传输",
    "CSL 50.2": "应用软件下载服务提供者",
    "CSL 51": "投诉、举报",
    "CSL 61": "一万元以上五万元以下",
    "CSL 64": "真实身份",
    "CSL 69": "五十万元以上二百万元以下",
    "CSL 77": "冻结财产",
    "CSL-2017 21": "不少于六个月",
    "CSL-2017 24": "真实身份",
    "CSL-2017 47": "停止传输",
    "CSL-2017 59": "五千元以上五万元以下",
    "CSL-2017 61": "真实身份",
    "CSL-2017 68": "十万元以上五十万元以下",
    "DS 9": "真实身份",
    "DS 14": "单独同意",
    "DS 17": "显著标识",
    "DSL 30": "风险评估",
    "DSL 32": "合法、正当",
    "DSL 45": "五十万元以上二百万元以下",
    "DSL 46": "一百万元以上一千万元以下",
    "IIS 14": "60日",
    "IIS 16": "立即停止传输",
    "INCIDENT 4": "4小时",
    "INCIDENT 8": "30日",
    "MOPR 20": "数量巨大",
    "MOPR 34": "书面",
    "MOPR 37": "每年",
    "MOPR 54": "5000万元以下",
    "MOPR 56": "违法所得1倍以上10倍以下",
    "NDSR 10": "24小时",
    "NDSR 12": "3年",
    "NDSR 19": "生成式人工智能",
    "NDSR 28": "1000万人",
    "NDSR 33": "每年度",
    "NDSR 44": "每年度",
    "NDSR 55": "100万元以下",
    "NDSR 57": "50万元以下",
    "NDSR 62": "5000万",
    "PI-AUDIT 4": "每两年",
    "PI-AUDIT 5": "100万人",
    "PI-AUDIT 11": "15个工作日",
    "PI-AUDIT 12": "100万人",
    "PI-AUDIT 15": "连续三次以上",
    "PIPL 24": "自动化决策",
    "PIPL 31": "不满十四周岁",
    "PIPL 53": "专门机构或者指定代表",
    "PIPL 56": "至少保存三年",
    "PIPL 66": "百分之五以下",
    "STP 103": "科技伦理",
    "STP 112": "没收违法所得",
}
_ARTICLE_HEAD = "第[一二三四五六七八九十百零]+条"
_ARTICLE = re.compile(rf"^\**({_ARTICLE_HEAD})", re.MULTILINE)


def _docstrings(path: Path) -> Iterator[str]:
    tree = ast.parse(path.read_text(encoding="utf-8"))
    for node in ast.walk(tree):
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef):
            yield ast.get_docstring(node) or ""
        elif isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant):
            # a string under an assignment documents it, as a docstring does
            yield str(node.value.value)


def _bases(docstring: str) -> Iterator[str]:
    """The lines of ``Basis:`` sections: indented deeper than the word itself."""
    lines = docstring.expandtabs().splitlines()
    for start, line in enumerate(lines):
        if line.strip() == "Basis:":
            depth = len(line) - len(line.lstrip())
            for cited in lines[start + 1 :]:
                if not cited.strip() or len(cited) - len(cited.lstrip()) <= depth:
                    break
                yield cited.strip()


def _cited_by(path: Path) -> set[str]:
    return {line for docstring in _docstrings(path) for line in _bases(docstring)}


def test_a_basis_section_is_read_line_by_line():
    docstring = "Do it.\n\nBasis:\n    IM 17\n    TC260-003 8.2b\n\nReturns:\n    nothing"
    assert list(_bases(docstring)) == ["IM 17", "TC260-003 8.2b"]
    assert list(_bases("Basis:\nIM 17")) == []


@pytest.mark.parametrize("path", sorted(SOURCE.rglob("*.py")), ids=lambda p: p.relative_to(SOURCE).as_posix())
def test_every_basis_stands_in_the_rulebook(path, rulebook):
    known = {clause.citation for i in rulebook.instruments for clause in i.clauses}
    risks = {f"{i} {risk.id}" for i in ("TC260-003", "GBT-45654") for risk in rulebook.risks}
    astray = sorted(_cited_by(path) - known - risks)
    assert not astray, f"cited, but not in the rulebook: {astray}"


@pytest.mark.parametrize("instrument", _TEXTS)
def test_every_article_of_a_statute_exists_in_its_text(instrument, rulebook, shared_data):
    path = shared_data / "law" / "texts" / _TEXTS[instrument]
    if not path.is_file():
        pytest.skip(f"no {path}: the text of {instrument} is not part of the repository")
    articles = set(_ARTICLE.findall(path.read_text(encoding="utf-8").replace("　", "")))
    assert articles, f"no article found in {path}"
    # What stands in an annex has no article of its own.
    numbers = [re.match(_ARTICLE_HEAD, clause.number) for clause in rulebook.instrument(instrument).clauses]
    assert {number[0] for number in numbers if number} <= articles


def _article_text(text: str, number: str) -> str:
    """The words of one article, without spaces and marks of emphasis."""
    plain = re.sub(r"[ \u3000*]", "", text)
    return re.split(rf"^{_ARTICLE_HEAD}", plain.partition(f"\n{number}")[2], maxsplit=1, flags=re.MULTILINE)[
        0
    ]


@pytest.mark.parametrize("citation", _WORDS)
def test_the_official_text_of_a_cited_article_says_so(citation, rulebook, shared_data):
    clause = rulebook.cited(citation)
    path = shared_data / "law" / "texts" / _TEXTS[clause.instrument]
    if not path.is_file():
        pytest.skip(f"no {path}: the text of {clause.instrument} is not part of the repository")
    number = re.match(_ARTICLE_HEAD, clause.number)[0]
    assert _WORDS[citation] in _article_text(path.read_text(encoding="utf-8"), number)


@functools.cache
def _articles(path: Path) -> dict[str, str]:
    """The articles of an official text by their numbers, its annex included."""
    return {a.id: a.text for a in split_articles(path.read_text(encoding="utf-8"), name=path.name)}


def _official(instrument: str, shared_data: Path) -> dict[str, str]:
    path = shared_data / "law" / "texts" / _TEXTS[instrument]
    if not path.is_file():
        pytest.skip(f"no {path}: the text of {instrument} is not part of the repository")
    return _articles(path)


def _article_of(clause: Clause, articles: Iterable[str]) -> str:
    """``23`` of ``23.3``; of what has no article of its own the annex, which may follow the last unnamed."""
    article = re.match(r"\d+(-\d+)?", clause.id)
    *_, last = articles
    return article[0] if article else last


def _pairs(text: str) -> set[str]:
    """Every two Chinese characters that stand side by side."""
    signs = "".join(re.findall("[\u4e00-\u9fff]", text))
    return {signs[i : i + 2] for i in range(len(signs) - 1)}


@pytest.mark.parametrize("instrument", _TEXTS)
def test_every_paraphrase_resembles_its_own_article_more_than_the_others(instrument, rulebook, shared_data):
    articles = {number: _pairs(text) for number, text in _official(instrument, shared_data).items()}
    seen = Counter(pair for pairs in articles.values() for pair in pairs)

    def likeness(said: set[str], number: str) -> float:
        """What is rare says more about an article than what stands everywhere."""
        return sum(math.log(1 + len(articles) / seen[pair]) for pair in said & articles[number])

    for clause in rulebook.instrument(instrument).clauses:
        said, own = _pairs(clause.heading.zh + clause.text.zh), _article_of(clause, articles)
        ranked = sorted(articles, key=lambda number: likeness(said, number), reverse=True)
        assert own in ranked[:2], f"{clause.citation} resembles article {ranked[0]} more than its own"
        share = len(said & articles[own]) / len(said)
        assert share > _LEAST_SHARE, f"{clause.citation} has {share:.0%} of its words from its article"


_LEAST_SHARE = 0.25
_SCALES = {"": 1, "千": 1000, "万": 10_000, "百万": 1_000_000, "千万": 10_000_000, "亿": 100_000_000}
_NUMBER = re.compile(rf"({NUMERAL})(百万|千万|千|万|亿)?")


def _numbers(text: str) -> set[int]:
    """Every number that a text names, in either script: 六, 10, 一千万, 5000万, 百分之五 (as five)."""
    found = set()
    for numeral, scale in _NUMBER.findall(text):
        number = read_numeral(numeral)
        if number is not None:
            found |= {number, number * _SCALES[scale]}
    return found


def test_numbers_are_read_in_either_script():
    text = "每年至少一次，保存不少于六个月；5000万元以下，或者百分之五；一千万人以上，120分钟"
    assert {1, 6, 50_000_000, 5, 10_000_000, 120} <= _numbers(text)
    assert not {2, 7, 60} & _numbers(text)


def _says(numbers: set[int], value: Decimal | int, unit: Unit) -> bool:
    if unit is Unit.SHARE:
        return int(value * 100) in numbers
    hours, rest = divmod(int(value), 60)
    as_hours = unit is Unit.MINUTES and not rest and hours in numbers
    # 每年度 and 年度 name no number.
    return int(value) in numbers or as_hours


def _parameters_of_texts(rulebook: Rulebook) -> list[Parameter]:
    return [parameter for parameter in rulebook.parameters if parameter.instrument in _TEXTS]


def test_every_parameter_stands_in_the_official_text_of_its_article(rulebook, shared_data):
    checked = 0
    for parameter in _parameters_of_texts(rulebook):
        articles = _official(parameter.instrument, shared_data)
        text = articles[_article_of(rulebook.cited(parameter.citation), articles)]
        yearly = parameter.unit is Unit.YEARS and parameter.value == 1 and "每年" in text
        assert yearly or _says(_numbers(text), parameter.value, parameter.unit), parameter.id
        checked += 1
    assert checked > 50


_CITED = rf"本法第({NUMERAL})条"


def _cited(articles: dict[str, str], numeral: str) -> str:
    return articles[str(read_numeral(numeral))]


def _amounts(fine: Fine) -> Iterator[int]:
    yield from filter(None, (fine.at_least, fine.at_most, fine.gains_at_least, fine.gains_at_most))
    if fine.turnover_at_most is not None:
        yield int(fine.turnover_at_most * 100)


def test_every_fine_stands_in_the_official_text_of_its_article(rulebook, shared_data):
    checked = 0
    for penalty in rulebook.penalties:
        clause = rulebook.cited(penalty.clause)
        if clause.instrument not in _TEXTS:
            continue
        articles = _official(clause.instrument, shared_data)
        text = articles[_article_of(clause, articles)]
        numbers = _numbers(text)
        if "依照该款规定处罚" in text:
            numbers |= _numbers("；".join(_cited(articles, cited) for cited in re.findall(_CITED, text)))
        fines = [fine for sanction in penalty.sanctions for fine in (sanction.fine, sanction.persons) if fine]
        amounts = {amount for fine in fines for amount in _amounts(fine)}
        assert amounts <= numbers, f"{penalty.id}: {sorted(amounts - numbers)} not in {penalty.clause}"
        checked += len(amounts)
    assert checked > 100
