"""Whom texts speak of."""

from hegui.corpus.groups import group_names, group_words


def test_every_kind_of_discrimination_that_names_groups_has_some():
    names = group_names()
    assert {name.split()[0] for name in names} == {f"A.2.{letter}" for letter in "abcdefgh"}
    assert len(names) == len(set(names))


def test_every_word_stands_for_a_group():
    words = dict(group_words())
    assert group_names()[words["女性"]] == "A.2.e 女"
    assert set(words.values()) == set(range(len(group_names())))
