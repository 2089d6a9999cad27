"""A declaration is read, or refused with place and cure."""

import textwrap

import pytest

from hegui.core import InvalidDocument, NotFound, digest_bytes
from hegui.corpus.declaration import load_declaration
from hegui.corpus.model import SourceKind

WHOLE = """\
sources:
  - id: wiki
    name: {zh: 百科, en: encyclopaedia}
    kind: open_source
    language: zh
    origin: domestic
    files: [texts.jsonl]
    rights:
      vouched_by: data officer
      documents:
        - {kind: license, path: proof.txt}
"""


@pytest.fixture
def declare(root, write_texts):
    def declare(text):
        write_texts(["hello"])
        path = root / "corpus.yaml"
        path.write_text(textwrap.dedent(text), encoding="utf-8")
        return path

    return declare


def test_a_whole_declaration_is_read(declare):
    (source,) = load_declaration(declare(WHOLE)).sources
    assert source.kind is SourceKind.OPEN_SOURCE
    assert source.text_field == "text"


def test_a_source_without_rights_is_read(declare):
    (source,) = load_declaration(declare(WHOLE[: WHOLE.index("    rights:")])).sources
    assert source.rights is None


FAULTS = [
    ("lisense", WHOLE.replace("language:", "langage:"), 5, "language"),
    ("kind", WHOLE.replace("open_source", "open-source"), 4, "open-source"),
    ("id", WHOLE.replace("id: wiki", "id: 百科"), 2, "百科"),
    ("id", WHOLE.replace("id: wiki", "id: Wiki"), 2, "Wiki"),
    ("no file", WHOLE.replace("[texts.jsonl]", "[]"), 7, "length"),
    ("missing", WHOLE.replace("[texts.jsonl]", "[texts.jsonl, gone.jsonl]"), 7, "gone.jsonl"),
    ("twice", WHOLE.replace("[texts.jsonl]", "[texts.jsonl, texts.jsonl]"), 7, "texts.jsonl"),
    ("format", WHOLE.replace("texts.jsonl", "texts.parquet"), 7, ".jsonl"),
    ("nobody", WHOLE.replace("data officer", '""'), 9, "length"),
    ("vouch", WHOLE.replace("      vouched_by: data officer\n", ""), 9, "vouched_by"),
    ("proof", WHOLE.replace("proof.txt", "gone.txt"), 11, "gone.txt"),
    ("directory", WHOLE.replace("proof.txt", "."), 11, "no such file"),
    ("again", WHOLE + WHOLE.removeprefix("sources:\n"), 12, "sources[0]"),
    ("none", "sources: []", 1, "length"),
    ("empty", "", 1, "empty"),
]


@pytest.mark.parametrize(("_name", "text", "line", "says"), FAULTS, ids=[each[0] for each in FAULTS])
def test_a_fault_is_named_with_its_line(declare, _name, text, line, says):
    path = declare(text)
    with pytest.raises(InvalidDocument) as caught:
        load_declaration(path)
    assert (caught.value.path, caught.value.line) == (path, line)
    assert says in str(caught.value)


def test_a_document_that_is_not_the_pinned_one_is_refused(declare, root):
    right = digest_bytes((root / "proof.txt").read_bytes())
    pinned = WHOLE.replace("proof.txt}", f'proof.txt, digest: "{right}"}}')
    assert load_declaration(declare(pinned)).sources[0].rights.documents[0].digest == right
    (root / "proof.txt").write_text("another", encoding="utf-8")
    with pytest.raises(InvalidDocument, match=right) as caught:
        load_declaration(root / "corpus.yaml")
    assert caught.value.field == "sources[0].rights.documents[0].digest"


def test_a_declaration_that_is_not_there_is_not_found(tmp_path):
    with pytest.raises(NotFound, match=r"nowhere\.yaml"):
        load_declaration(tmp_path / "nowhere.yaml")
