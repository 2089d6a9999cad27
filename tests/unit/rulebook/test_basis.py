"""Every clause that the code cites stands in the rulebook, and every article in its law."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

import hegui

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
