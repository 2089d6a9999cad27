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
    "CSL": "csl_2025.md",
    "CSL-2017": "csl2016.md",
    "DS": "deep_synthesis_2022.md",
    "DSL": "dsl.md",
    "INCIDENT": "incident_reporting_2025.md",
    "NDSR": "ndsr.md",
    "PI-AUDIT": "pi_audit_2025.md",
    "PIPL": "pipl.md",
}
_ARTICLE = re.compile(r"^\**(第[一二三四五六七八九十百]+条)", re.MULTILINE)


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
    cited = {re.match(r"第.+?条", clause.number)[0] for clause in rulebook.instrument(instrument).clauses}
    assert cited <= articles
