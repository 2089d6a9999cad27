"""A small corpus to play with."""

import json
from pathlib import Path

import pytest

from hegui.core import BilingualText
from hegui.corpus import (
    Corpus,
    DocumentKind,
    Origin,
    ProofDocument,
    Rights,
    ScanSettings,
    Source,
    SourceKind,
)
from hegui.screening import GuardDeclaration, GuardJudge, Keyword, KeywordBank, Level, Screen, load_format


@pytest.fixture(scope="session")
def screen() -> Screen:
    """Three words, one of them only to be noted, and personal information."""
    words = (
        Keyword(text="冰毒", risk="A.1.h", kind="drugs", source="test"),
        Keyword(text="砍死你", risk="A.1.f", kind="violence", source="test"),
        Keyword(text="谣言", risk="A.1.g", kind="falsehood", source="test", level=Level.LOW),
    )
    return Screen(keywords=KeywordBank(words, name="test"), personal_information=True)


@pytest.fixture(scope="session")
def unanswered(screen) -> Screen:
    """The same with a guard model that nobody asks, as when it is down."""
    guard = GuardDeclaration(name="guard", url="http://127.0.0.1:1/v1", model="m", format="qwen3guard")
    judges = [GuardJudge(guard, load_format("qwen3guard"))]
    return Screen(keywords=screen.keywords, personal_information=True, judges=judges)


@pytest.fixture
def make_corpus(database, blobs, ledger, rulebook, screen, clock, tmp_path):
    """Makes the corpus of one workspace, cut into shards of ``shard_bytes``."""

    def make(*, shard_bytes: int) -> Corpus:
        return Corpus(
            database=database,
            blobs=blobs,
            ledger=ledger,
            rulebook=rulebook,
            screen=screen,
            clock=clock,
            scanning=ScanSettings(journal=tmp_path / "journal", shard_bytes=shard_bytes),
        )

    return make


@pytest.fixture
def corpus(make_corpus) -> Corpus:
    """A corpus that reads in small pieces."""
    return make_corpus(shard_bytes=100)


@pytest.fixture
def root(tmp_path) -> Path:
    """A directory with one file of each document that may be needed."""
    root = tmp_path / "material"
    root.mkdir()
    (root / "proof.txt").write_text("proof", encoding="utf-8")
    return root


@pytest.fixture
def write_texts(root):
    """Writes texts into a JSON Lines file and returns its name."""

    def write(texts, name="texts.jsonl") -> str:
        lines = (json.dumps({"text": text}, ensure_ascii=False) for text in texts)
        (root / name).write_text("".join(f"{line}\n" for line in lines), encoding="utf-8")
        return name

    return write


@pytest.fixture
def make_source():
    """Makes an open-source source whose licence is in ``proof.txt``."""

    def make(*files, **changes) -> Source:
        given = {
            "id": "wiki",
            "name": BilingualText(zh="百科", en="encyclopaedia"),
            "kind": SourceKind.OPEN_SOURCE,
            "language": "zh",
            "origin": Origin.DOMESTIC,
            "files": files or ("texts.jsonl",),
            "rights": Rights(
                vouched_by="data officer",
                license="CC0-1.0",
                documents=(ProofDocument(kind=DocumentKind.LICENSE, path="proof.txt"),),
            ),
        }
        return Source(**(given | changes))

    return make
