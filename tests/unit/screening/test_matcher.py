import subprocess
import sys

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hegui.screening.matcher import MatcherKind, MatcherMissing, built, loaded

words = st.lists(st.text("ab弹𝐁é", min_size=1, max_size=4), unique=True, min_size=1, max_size=6)
texts = st.text("ab弹𝐁é ", max_size=30)


def naive(text, words):
    return sorted(
        (start, start + len(word), number)
        for number, word in enumerate(words)
        for start in range(len(text))
        if text.startswith(word, start)
    )


@pytest.fixture(params=MatcherKind)
def kind(request):
    if not request.param.installed:
        pytest.skip(f"{request.param.value} has no wheel for this platform")
    return request.param


@pytest.mark.parametrize("kind", MatcherKind)
@settings(max_examples=60)
@given(words=words, text=texts)
def test_it_finds_what_a_naive_search_finds_and_so_does_what_it_dumps(kind, words, text):
    if not kind.installed:
        pytest.skip(f"{kind.value} has no wheel for this platform")
    matcher = built(words, kind)
    assert sorted(matcher.find(text)) == naive(text, words)
    dump = matcher.dump()
    if dump is not None:
        assert sorted(loaded(kind, dump).find(text)) == naive(text, words)


def test_many_hits_of_a_long_text_are_placed_by_characters(kind):
    text = "é弹a" * 20_000
    assert sorted(built(["弹a"], kind).find(text)) == naive(text, ["弹a"])


def test_a_damaged_dump_is_refused(kind):
    dump = built(["炸弹", "弹药"], kind).dump() or b"nothing is dumped of some"
    for damaged in (b"", dump[:20], dump[:-4], bytes(reversed(dump))):
        with pytest.raises(ValueError):
            loaded(kind, damaged)


def test_a_database_that_is_none_is_refused():
    if not MatcherKind.HYPERSCAN.installed:
        pytest.skip("hyperscan has no wheel for this platform")
    with pytest.raises(ValueError):
        loaded(MatcherKind.HYPERSCAN, msgspec.msgpack.encode((b"\4\0\0\0", b"no database")))


def test_one_matcher_may_search_in_many_threads(kind):
    # In a process of its own: what goes wrong here ends it.
    code = f"""
from concurrent.futures import ThreadPoolExecutor
from hegui.screening.matcher import MatcherKind, built
matcher = built(["炸弹"], MatcherKind({kind.value!r}))
with ThreadPoolExecutor(8) as pool:
    found = list(pool.map(matcher.find, ["很好炸弹" * 5000] * 64))
assert all(len(each) == 5000 for each in found)
"""
    subprocess.run([sys.executable, "-c", code], check=True)


def test_an_automaton_that_is_not_installed_is_named_with_its_cure(monkeypatch):
    monkeypatch.setattr(MatcherKind, "installed", property(lambda kind: kind is MatcherKind.AHOCORASICK_RS))
    assert MatcherKind.usual() is MatcherKind.AHOCORASICK_RS
    with pytest.raises(MatcherMissing, match="pip install hyperscan") as error:
        built(["炸弹"], MatcherKind.HYPERSCAN)
    assert error.value.kind is MatcherKind.HYPERSCAN


def test_the_usual_automaton_is_the_fastest_that_is_installed():
    usual = MatcherKind.usual()
    assert usual is (MatcherKind.DAACHORSE if MatcherKind.DAACHORSE.installed else MatcherKind.AHOCORASICK_RS)
