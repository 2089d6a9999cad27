import itertools
import pickle

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hegui.screening.lexicon import Hit, Lexicon, MatchMode, Spelling
from hegui.screening.matcher import MatcherKind
from hegui.screening.separation import MOST_SEPARATORS, SEPARATORS

LETTERS = "0123456789abcdefghijklmnopqrstuvwxyz"
words = st.text("ab弹 *", min_size=1, max_size=4).filter(lambda word: word.strip(" *"))
texts = st.text("ab弹 *，", max_size=20) | st.text("a弹*", max_size=20)
contexts = st.lists(st.tuples(st.text("ab弹", max_size=2), st.text("ab弹", max_size=2)), max_size=2)
forms = st.builds(
    lambda text, mode, label, around: Spelling(
        text, mode, label, tuple(before + text + behind for before, behind in around if before + behind)
    ),
    words,
    st.sampled_from(MatchMode),
    st.integers(0, 3),
    st.just([]) | contexts,
)
several = st.lists(forms, max_size=6)


def occurs(text, form, start):
    """Where the form ends that begins at ``start``, told character by character; ``None`` if none does."""
    if form.mode is not MatchMode.SEPARATED:
        end = start + len(form.text)
        if text[start:end] != form.text:
            return None
        around = text[max(0, start - 1) : start] + text[end : end + 1]
        touched = any(character in LETTERS or character == "_" for character in around)
        return None if touched and form.mode is MatchMode.WHOLE_WORD else end
    place, gaps = start, []
    characters = [c for c in form.text if c not in SEPARATORS]
    for number, character in enumerate(characters):
        gap = 0
        while number and place < len(text) and text[place] in SEPARATORS and text[place] != character:
            place, gap = place + 1, gap + 1
        if text[place : place + 1] != character or gap > MOST_SEPARATORS:
            return None
        gaps.append(gap)
        place += 1
    for edge, beside in ((start, start - 1), (place - 1, place)):
        if text[edge] in LETTERS and 0 <= beside < len(text) and text[beside] in LETTERS:
            return None
    # Within a part of the form that is written without separators, ASCII is apart everywhere or nowhere.
    spelled, index = list(form.text), 0
    for alike, characters_alike in itertools.groupby(spelled, lambda c: c in LETTERS):
        group = list(characters_alike)
        if alike and len({gap > 0 for gap in gaps[index + 1 : index + len(group)]}) > 1:
            return None
        index += sum(c not in SEPARATORS for c in group)
    return place


def excused(text, form, start, end):
    for context in form.contexts:
        for offset in range(len(context)):
            if context[offset:].startswith(form.text) and start >= offset:
                begin = start - offset
                if text[begin : begin + len(context)] == context and end - start <= len(form.text):
                    return True
    return False


def naive(text, forms):
    hits = {
        Hit(start, end, form.label)
        for form in forms
        for start in range(len(text))
        if (end := occurs(text, form, start)) is not None and not excused(text, form, start, end)
    }
    return sorted(hits, key=lambda hit: (hit.start, -hit.end, hit.label))


def found(lexicon, text, start=0):
    return list(dict.fromkeys(lexicon.find(text, start)))


@given(several, texts)
def test_it_finds_what_a_naive_search_finds(forms, text):
    assert found(Lexicon(forms), text) == naive(text, forms)


@given(several, texts, st.data())
def test_what_begins_at_a_place_does_not_depend_on_where_the_search_began(forms, text, data):
    start = data.draw(st.integers(0, len(text)))
    lexicon = Lexicon(forms)
    assert lexicon.find(text, start) == [hit for hit in lexicon.find(text, 0) if hit.start >= start]


@given(several, texts, st.data())
def test_a_glance_sees_what_a_closer_look_sees(forms, text, data):
    start = data.draw(st.integers(0, len(text)))
    lexicon = Lexicon(forms)
    assert lexicon.read(text, start) == (lexicon.find(text, start), lexicon.unfinished(text, start))


@given(several, texts, texts)
def test_more_text_changes_nothing_before_the_unfinished_place(forms, text, more):
    lexicon = Lexicon(forms)
    limit = lexicon.unfinished(text, 0)
    now = [hit for hit in lexicon.find(text, 0) if hit.start < limit]
    later = [hit for hit in lexicon.find(text + more, 0) if hit.start < limit]
    assert now == later


@given(several, texts)
def test_it_waits_only_where_more_text_could_decide(forms, text):
    limit = Lexicon(forms).unfinished(text, 0)
    if limit < len(text):
        rest = text[limit:]
        spellings = [form.text for form in forms] + [
            context[context.index(form.text) :] for form in forms for context in form.contexts
        ]
        bare = "".join(character for character in rest if character not in SEPARATORS)
        begun = [spelling for spelling in spellings if spelling.startswith(rest)]
        apart = [
            form
            for form in forms
            if form.mode is MatchMode.SEPARATED
            and "".join(c for c in form.text if c not in SEPARATORS).startswith(bare)
        ]
        assert begun or apart


@pytest.mark.parametrize("mode", [MatchMode.EXACT, MatchMode.SEPARATED])
def test_a_word_is_waited_for_until_it_is_clear_that_it_does_not_come(mode):
    lexicon = Lexicon([Spelling("炸弹", mode, 0)])
    waits = mode is MatchMode.SEPARATED
    assert lexicon.unfinished("炸", 0) == 0
    assert lexicon.unfinished("炸弹", 0) == 2
    assert lexicon.unfinished("炸*", 0) == (0 if waits else 2)
    assert lexicon.unfinished("炸****", 0) == (0 if waits else 5)
    assert lexicon.unfinished("炸*****", 0) == 6
    assert lexicon.unfinished("炸，", 0) == 2


def test_a_separated_word_in_latin_letters_waits_for_what_touches_it():
    lexicon = Lexicon([Spelling("gun", MatchMode.SEPARATED, 0)])
    assert lexicon.unfinished("a g u n", 0) == 2
    assert lexicon.unfinished("a g u n ", 0) == 8
    assert lexicon.unfinished("ag u n", 0) == 6


def test_a_context_is_waited_for_where_it_could_still_come():
    lexicon = Lexicon([Spelling("笨蛋", MatchMode.EXACT, 0, ("大笨蛋糕",))])
    assert lexicon.unfinished("大笨蛋", 0) == 1
    assert lexicon.unfinished("小笨蛋", 0) == 3
    assert lexicon.find("大笨蛋糕", 0) == []
    assert [hit.start for hit in lexicon.find("大笨蛋很大", 0)] == [1]


@pytest.mark.parametrize("kind", MatcherKind)
@given(forms=several, text=texts, long=st.booleans())
def test_every_automaton_finds_the_same(kind, forms, text, long):
    if not kind.installed:
        pytest.skip(f"{kind.value} has no wheel for this platform")
    text = text + "，" * (5000 if long else 0) + text
    kinds = (MatcherKind.usual(), kind) if kind is MatcherKind.HYPERSCAN else (kind,)
    assert Lexicon(forms, kinds=kinds).find(text, 0) == Lexicon(forms).find(text, 0)


@pytest.mark.parametrize("kind", MatcherKind)
@given(forms=several, text=texts)
def test_a_lexicon_that_was_dumped_or_sent_is_the_same(kind, forms, text):
    if not kind.installed:
        pytest.skip(f"{kind.value} has no wheel for this platform")
    lexicon = Lexicon(forms, kinds=(kind,))
    for other in (
        Lexicon.load(lexicon.dump(), kinds=(kind,)),
        pickle.loads(pickle.dumps(lexicon)),  # noqa: S301 - our own bytes
    ):
        assert other.find(text, 0) == lexicon.find(text, 0)
        assert other.unfinished(text, 0) == lexicon.unfinished(text, 0)


def test_what_is_no_dump_is_refused():
    dump = Lexicon([Spelling("炸弹", MatchMode.EXACT, 0)]).dump()
    for damaged in (b"", dump[:-9], dump.replace("炸弹".encode(), b"ab")):
        with pytest.raises(ValueError):
            Lexicon.load(damaged)


def test_a_lexicon_without_forms_finds_nothing():
    assert Lexicon([]).find("炸弹", 0) == []
    assert Lexicon([]).unfinished("炸弹", 0) == 2
