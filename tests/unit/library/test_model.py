"""Whether a text is the text of the instrument it is attached to."""

import msgspec

from hegui.library import TextDoubtful
from hegui.library.articles import split_articles
from hegui.library.model import doubts_about
from hegui.rulebook import chinese_numeral

TITLE = "中华人民共和国个人信息保护法\n"


def written(numbers):
    return "\n".join(f"第{chinese_numeral(number)}条 甲" for number in numbers)


def doubts(instrument, text):
    return [doubt.en for doubt in doubts_about(instrument, text, split_articles(text, name=""))]


def test_a_text_with_title_and_every_article_leaves_no_doubt(rulebook):
    assert doubts(rulebook.instrument("PIPL"), TITLE + written(range(1, 75))) == []


def test_spaces_in_the_title_do_not_matter(rulebook):
    text = "中华人民共和国\n个 人 信 息 保 护 法\n" + written(range(1, 75))
    assert doubts(rulebook.instrument("PIPL"), text) == []


def test_another_count_is_doubtful(rulebook):
    text = TITLE + written([*range(1, 74)])
    assert doubts(rulebook.instrument("PIPL"), text) == [
        "the instrument has 74 articles, the text 73",
        "missing: 74",
    ]


def test_the_edition_with_that_many_articles_is_named(rulebook):
    law, old = rulebook.instrument("CSL"), rulebook.instrument("CSL-2017")
    text = "中华人民共和国网络安全法\n" + written(range(1, 80))
    found = doubts_about(law, text, split_articles(text, name=""), others=(old, law))
    assert [doubt.en for doubt in found][1] == "CSL-2017 has that many"


def test_another_title_is_doubtful(rulebook):
    (doubt,) = doubts(rulebook.instrument("PIPL"), written(range(1, 75)))
    assert doubt == "the title 中华人民共和国个人信息保护法 does not occur in it"


def test_gaps_and_repetitions_are_doubtful_where_no_count_is_known(rulebook):
    unknown = msgspec.structs.replace(rulebook.instrument("PIPL"), articles=None)
    assert doubts(unknown, TITLE + written([1, 2, 5, 2])) == ["missing: 3, 4", "twice: 2"]


def test_a_long_list_of_missing_articles_is_cut_short(rulebook):
    assert doubts(rulebook.instrument("PIPL"), TITLE + written([1]))[1].endswith("10, 11, …")


def test_the_refusal_names_every_doubt_and_the_way_out(rulebook):
    text = written([1])
    found = doubts_about(rulebook.instrument("PIPL"), text, split_articles(text, name=""))
    error = TextDoubtful("PIPL", found)
    assert error.doubts == found
    assert "--force" in error.text.zh
    assert "does not occur in it; the instrument has 74 articles" in error.text.en
