import pytest

from hegui.core import Conflict, NotFound
from hegui.screening import Keyword, KeywordBank
from hegui.settings import Settings
from hegui.workspace import Workspace


def bank(*words, name="ours"):
    keywords = [Keyword(text=text, risk="A.2.i", kind="insult", source="test") for text in words]
    return KeywordBank(keywords, name=name)


@pytest.fixture
def workspace(tmp_path):
    with Workspace.create(Settings(workspace=tmp_path / "w", actor="test@hegui")) as opened:
        yield opened


@pytest.fixture
def banks(workspace):
    return workspace.banks


def test_a_workspace_begins_with_the_starter_bank(banks, workspace):
    assert banks.adopted() is None
    assert banks.current() == KeywordBank.starter()
    assert workspace.screen.keywords == KeywordBank.starter()


def test_a_bank_is_adopted_with_evidence_and_read_back_the_same(banks, workspace):
    adopted = banks.adopt(bank("笨蛋"))
    assert (adopted.name, adopted.words, adopted.replaces, adopted.by) == ("ours", 1, None, "test@hegui")
    assert adopted.digest == bank("笨蛋").digest
    assert banks.current() == bank("笨蛋")
    assert banks.current().name == "ours"
    assert workspace.screen.keywords == bank("笨蛋")
    entry = workspace.ledger.latest("screening.bank_adopted")
    assert str(entry.ref) == adopted.entry


def test_each_version_stays_and_names_the_one_it_replaces(banks):
    first, second = banks.adopt(bank("笨蛋")), banks.adopt(bank("笨蛋", "傻瓜"))
    assert second.replaces == first.digest
    assert banks.history() == (second, first)
    assert banks.adopt(bank("傻瓜", "笨蛋")) == second
    assert len(banks.history()) == 2


def test_a_choice_that_was_erased_counts_as_taken_back(banks, workspace):
    banks.adopt(bank("笨蛋"))
    banks.adopt(bank("傻瓜"))
    workspace.ledger.erase(workspace.ledger.latest("screening.bank_adopted").ref, reason="by mistake")
    assert banks.current() == bank("笨蛋")


def test_a_version_whose_file_is_gone_is_missed(banks, workspace):
    workspace.blobs.path(banks.adopt(bank("笨蛋")).digest).unlink()
    with pytest.raises(NotFound):
        banks.current()


def test_a_version_whose_file_was_changed_is_refused(banks, workspace):
    path = workspace.blobs.path(banks.adopt(bank("笨蛋")).digest)
    path.chmod(0o644)
    path.write_bytes(path.read_bytes().replace("笨蛋".encode(), "好人".encode()))
    with pytest.raises(Conflict, match="not what was adopted"):
        banks.current()


def test_a_bank_in_use_is_kept_ready_for_searching(banks, workspace):
    banks.adopt(bank("笨蛋"))
    assert banks.current().compiled
    again = banks.current()
    assert again.compiled.lexicon.find("笨蛋", 0)
    assert "keywords" not in vars(again)
    assert len(list((workspace.root / "cache" / "banks").iterdir())) == 1
