import multiprocessing
import os

import pytest

from hegui.screening.compiled_bank import CompiledBank, CompiledBanks, matching_digest, spelled
from hegui.screening.keywords import Keyword
from hegui.screening.lexicon import MatchMode, Spelling
from hegui.screening.matcher import MatcherKind, MatcherMissing

DIGEST = "sha256:" + "0" * 64


def word(text, **fields):
    return Keyword(**({"text": text, "risk": "A.1.h", "kind": "test", "source": "test"} | fields))


WORDS = [word("炸弹", pinyin="zha dan"), word("枪支", risk="A.1.f"), word("毒品")]


def never():
    raise AssertionError("compiled although it was kept")


def found(compiled, text):
    return [(hit.start, compiled.categories[hit.label].risk) for hit in compiled.lexicon.find(text, 0)]


def test_a_keyword_is_looked_for_in_all_its_forms():
    keyword = word(
        "製炸彈", match=MatchMode.SEPARATED, pinyin="zhi zha dan", initials=True, unless=("不製炸彈",)
    )
    assert list(spelled(keyword, 7)) == [
        Spelling("制炸弹", MatchMode.SEPARATED, 7, ("不制炸弹",)),
        Spelling("zhizhadan", MatchMode.WHOLE_WORD, 7),
        Spelling("zhi zha dan", MatchMode.WHOLE_WORD, 7),
        Spelling("zzd", MatchMode.WHOLE_WORD, 7),
    ]
    assert len(list(spelled(word("毒", pinyin="du"), 0))) == 2


def test_words_of_one_category_share_it():
    compiled = CompiledBank.of(WORDS)
    assert [category.risk for category in compiled.categories] == ["A.1.h", "A.1.f"]
    assert found(compiled, "枪支zhadan") == [(0, "A.1.f"), (2, "A.1.h")]


def test_what_was_dumped_is_loaded_the_same():
    loaded = CompiledBank.load(CompiledBank.of(WORDS).dump())
    assert loaded.categories == CompiledBank.of(WORDS).categories
    assert found(loaded, "枪支zhadan") == [(0, "A.1.f"), (2, "A.1.h")]


def test_a_bank_is_compiled_once_and_then_kept(tmp_path):
    banks = CompiledBanks(tmp_path / "cache")
    banks.compiled(DIGEST, lambda: WORDS)
    assert found(banks.compiled(DIGEST, never), "毒品") == [(0, "A.1.h")]


def test_a_bank_with_another_digest_is_another_file(tmp_path):
    banks = CompiledBanks(tmp_path)
    banks.compiled(DIGEST, lambda: WORDS)
    assert found(banks.compiled("sha256:" + "1" * 64, lambda: WORDS[:1]), "毒品") == []


def test_another_automaton_is_another_file(tmp_path):
    CompiledBanks(tmp_path, kinds=(MatcherKind.AHOCORASICK_RS,)).compiled(DIGEST, lambda: WORDS)
    banks = CompiledBanks(tmp_path, kinds=(MatcherKind.usual(), MatcherKind.AHOCORASICK_RS))
    banks.compiled(DIGEST, lambda: WORDS)
    assert len(list(tmp_path.iterdir())) == 2
    assert found(banks.compiled(DIGEST, never), "毒品") == [(0, "A.1.h")]


@pytest.mark.parametrize(
    "damage",
    [
        lambda data: b"",
        lambda data: data[:3],
        lambda data: data[:-1],
        lambda data: data[:-1] + bytes([data[-1] ^ 1]),
        lambda data: data.replace("毒品".encode(), "善品".encode()),
        lambda data: os.urandom(len(data)),
    ],
)
def test_a_damaged_file_is_made_anew(tmp_path, damage):
    banks = CompiledBanks(tmp_path)
    banks.compiled(DIGEST, lambda: WORDS)
    (path,) = tmp_path.iterdir()
    whole = path.read_bytes()
    path.write_bytes(damage(whole))
    assert found(banks.compiled(DIGEST, lambda: WORDS), "毒品") == [(0, "A.1.h")]
    assert path.read_bytes() == whole


def test_where_nothing_can_be_kept_the_bank_is_compiled_all_the_same(tmp_path):
    (tmp_path / "file").write_text("")
    banks = CompiledBanks(tmp_path / "file" / "cache")
    assert found(banks.compiled(DIGEST, lambda: WORDS), "毒品") == [(0, "A.1.h")]


def test_only_the_latest_few_are_kept(tmp_path):
    banks = CompiledBanks(tmp_path)
    for number in range(9):
        banks.compiled(f"sha256:{number:064d}", lambda: WORDS)
    assert len(list(tmp_path.iterdir())) == 4
    banks.compiled(f"sha256:{8:064d}", never)


def use(folder, digests):
    banks = CompiledBanks(folder)
    for digest in digests:
        assert found(banks.compiled(digest, lambda: WORDS), "毒品") == [(0, "A.1.h")]


def test_several_processes_may_use_one_folder_at_once(tmp_path):
    digests = [f"sha256:{number:064d}" for number in range(6)] * 4
    context = multiprocessing.get_context("spawn")
    processes = [context.Process(target=use, args=(tmp_path, digests[n:])) for n in range(3)]
    for process in processes:
        process.start()
    for process in processes:
        process.join()
    assert [process.exitcode for process in processes] == [0, 0, 0]
    assert not [path for path in tmp_path.iterdir() if path.name.startswith(".")]


def test_an_automaton_that_is_not_installed_is_told_before_anything_is_kept(tmp_path, monkeypatch):
    monkeypatch.setattr(MatcherKind, "installed", property(lambda kind: kind is not MatcherKind.HYPERSCAN))
    with pytest.raises(MatcherMissing, match="pip install hyperscan"):
        CompiledBanks(tmp_path, kinds=(MatcherKind.usual(), MatcherKind.HYPERSCAN))


def test_the_matching_has_a_digest():
    assert matching_digest().startswith("sha256:")
