from hypothesis import given
from hypothesis import strategies as st

from hegui.screening.lexicon import Lexicon, MatchMode, Spelling

words = st.text("ab弹 *", min_size=1, max_size=4).filter(lambda word: word.strip(" *"))
forms = st.builds(
    lambda text, mode, label, around: Spelling(
        text, mode, label, tuple(before + text + behind for before, behind in around if before + behind)
    ),
    words,
    st.sampled_from(MatchMode),
    st.integers(0, 3),
    st.just([]) | st.lists(st.tuples(st.text("ab弹", max_size=2), st.text("ab弹", max_size=2)), max_size=2),
)


@given(
    st.lists(forms, max_size=6),
    st.text("ab弹 *，", max_size=20),
    st.integers(0, 20),
    st.frozensets(st.integers(0, 3), min_size=1),
)
def test_forms_of_some_labels_begin_where_they_would_without_the_others(several, text, start, labels):
    alone = Lexicon([form for form in several if form.label in labels])
    assert Lexicon(several).withheld(text, start, labels) == alone.unfinished(text, start)


def test_a_form_with_another_label_is_not_waited_for():
    lexicon = Lexicon([Spelling("炸弹", MatchMode.EXACT, 0), Spelling("炸药包", MatchMode.EXACT, 1)])
    assert lexicon.unfinished("买炸药", 0) == 1
    for _ in range(2):
        assert lexicon.withheld("买炸药", 0, frozenset({0})) == 3
        assert lexicon.withheld("买炸药", 0, frozenset({1})) == 1
