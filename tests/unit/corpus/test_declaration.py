"""A declaration is read, or refused with place and cure."""

import textwrap

import pytest

from hegui.core import InvalidDocument, NotFound, digest_bytes
from hegui.corpus.declaration import document_flaws, load_declaration
from hegui.corpus.provenance import DocumentKind, ProofDocument, SourceKind

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
        (root / "proof.docx").write_bytes(b"")
        path = root / "corpus.yaml"
        path.write_text(textwrap.dedent(text), encoding="utf-8")
        return path

    return declare


def test_a_whole_declaration_is_read(declare):
    (source,) = load_declaration(declare(WHOLE)).sources
    assert source.kind is SourceKind.OPEN_SOURCE
    assert source.text_fields == ()


def test_a_source_without_rights_is_read(declare):
    (source,) = load_declaration(declare(WHOLE[: WHOLE.index("    rights:")])).sources
    assert source.rights is None


FAULTS = [
    ("lisense", WHOLE.replace("language:", "langage:"), 5, "language"),
    ("kind", WHOLE.replace("open_source", "open-source"), 4, "open-source"),
    ("id", WHOLE.replace("id: wiki", "id: 百科"), 2, "百科"),
    ("id", WHOLE.replace("id: wiki", "id: Wiki"), 2, "Wiki"),
    ("language", WHOLE.replace("language: zh", "language: 中文"), 5, "BCP 47"),
    ("missing", WHOLE.replace("[texts.jsonl]", "[texts.jsonl, gone.jsonl]"), 7, "gone.jsonl"),
    ("twice", WHOLE.replace("[texts.jsonl]", "[texts.jsonl, texts.jsonl]"), 7, "texts.jsonl"),
    ("format", WHOLE.replace("texts.jsonl", "proof.docx"), 7, ".parquet"),
    ("nothing", WHOLE.replace("texts.jsonl", "nothing-*.jsonl"), 7, "no file in it"),
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


@pytest.mark.parametrize("files", ["[.]", "['*.jsonl']", "['https://corpus.example/a.jsonl']"])
def test_folders_patterns_and_urls_may_be_declared(declare, files):
    (source,) = load_declaration(declare(WHOLE.replace("[texts.jsonl]", files))).sources
    assert len(source.files) == 1


WITH_CRAWL = WHOLE.replace(
    "      vouched_by: data officer\n",
    "      vouched_by: data officer\n"
    "      crawl:\n"
    "        agent: HeguiBot\n"
    "        log: proof.txt\n"
    "        robots:\n"
    "          - {site: 'https://a.example', taken_at: 2026-05-01T12:00:00Z, path: proof.txt}\n",
)
WITH_PROVIDER = (
    WHOLE + "provider:\n  vouched_by: officer\n  documents:\n    - {kind: ip_strategy, path: proof.txt}\n"
)
ASSESSED = "    assessed_before: {sampled: 10, unsafe: 1, day: 2026-05-01, by: officer}\n"


@pytest.mark.parametrize("text", [WITH_CRAWL, WITH_PROVIDER, WHOLE + ASSESSED])
def test_crawls_assessments_and_the_provider_may_be_declared(declare, text):
    assert load_declaration(declare(text)).sources


def test_a_source_that_is_not_collected_yet_has_no_files(declare):
    (source,) = load_declaration(declare(WHOLE.replace("    files: [texts.jsonl]\n", ""))).sources
    assert source.files == ()


FURTHER_FAULTS = [
    ("robots", WITH_CRAWL.replace("path: proof.txt}", "path: gone.txt}", 1), "gone.txt"),
    ("log", WITH_CRAWL.replace("log: proof.txt", "log: gone.txt"), "gone.txt"),
    ("zone", WITH_CRAWL.replace("12:00:00Z", "12:00:00"), "timezone"),
    (
        "children",
        WHOLE + "    personal_information: {holds: personal, children: true}\n",
        "under fourteen is sensitive",
    ),
    ("provider", WITH_PROVIDER.replace("strategy, path: proof.txt", "strategy, path: gone.txt"), "gone.txt"),
    ("more", WHOLE + ASSESSED.replace("unsafe: 1", "unsafe: 11"), "more than the 10 sampled"),
]


@pytest.mark.parametrize(("_name", "text", "says"), FURTHER_FAULTS, ids=[each[0] for each in FURTHER_FAULTS])
def test_a_fault_of_what_else_is_declared_is_named(declare, _name, text, says):
    path = declare(text)
    with pytest.raises(InvalidDocument, match=says) as caught:
        load_declaration(path)
    assert caught.value.line > 1


def test_the_place_of_a_providers_document_is_named(declare):
    path = declare(WITH_PROVIDER.replace("strategy, path: proof.txt", "strategy, path: gone.txt"))
    with pytest.raises(InvalidDocument) as caught:
        load_declaration(path)
    assert (caught.value.field, caught.value.line) == ("provider.documents[0].path", 15)


def test_every_document_that_is_not_there_is_a_flaw(tmp_path):
    documents = [ProofDocument(kind=DocumentKind.BLOCK_LIST, path=name) for name in ("gone.txt", "lost.txt")]
    found = [flaw.field for flaw in document_flaws(documents, tmp_path, within="provider")]
    assert found == ["provider.documents[0].path", "provider.documents[1].path"]


def test_a_block_list_that_names_nothing_is_refused_with_its_line(declare, root):
    (root / "blocked.txt").write_text("bad.example\nbad words\n", encoding="utf-8")
    path = declare(WITH_PROVIDER.replace("ip_strategy, path: proof.txt", "block_list, path: blocked.txt"))
    with pytest.raises(InvalidDocument, match=r"blocked\.txt:2: 'bad words' is neither") as caught:
        load_declaration(path)
    assert caught.value.field == "provider.documents[0].path"
