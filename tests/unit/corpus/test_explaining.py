"""Why a document was found to hold something."""

import pytest

from hegui.corpus.account import LineFault
from hegui.corpus.explaining import UnknownDocument
from hegui.screening import Action


@pytest.fixture
def explain(corpus, make_source, root, write_texts):
    write_texts(["风和日丽"] * 9 + ["这里有人出售冰毒，电话13812345678，请速来"])
    with (root / "texts.jsonl").open("ab") as file:
        file.write(b"no json\n")
    corpus.register_source(make_source("texts.jsonl"), root=root)

    def explain(line, file="texts.jsonl"):
        return corpus.explain("wiki", file=file, line=line)

    return explain


def test_a_document_is_explained_by_its_place(explain, root):
    document = explain(10)
    assert document.characters == 26
    drug, phone = document.findings
    assert (drug.explanation.matched, drug.action) == ("冰毒", Action.BLOCK)
    assert drug.before.endswith("出售")
    assert drug.after.startswith("，电话")
    assert (phone.explanation.finding.kind, phone.action) == ("mobile_phone", Action.MASK)
    assert (root / "texts.jsonl").read_bytes()[document.offset :].startswith(b'{"text"')


def test_a_document_without_findings_has_none(explain):
    assert explain(1).findings == ()


def test_a_line_that_was_not_screened_says_why(explain):
    document = explain(11)
    assert (document.fault, document.characters, document.findings) == (LineFault.INVALID_JSON, 0, ())


def test_a_place_that_does_not_exist_is_told(explain):
    with pytest.raises(UnknownDocument, match=r"texts\.jsonl:12: the file has 11 lines"):
        explain(12)
    with pytest.raises(UnknownDocument, match="no such file"):
        explain(1, file="other.jsonl")
