"""The text of a law as articles."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hegui.library.articles import (
    ANNEX,
    Article,
    NoArticles,
    missing_articles,
    repeated_articles,
    split_articles,
)
from hegui.rulebook import chinese_numeral


def split(text: str) -> list[tuple[str, str]]:
    return [(article.id, article.text) for article in split_articles(text, name="law.txt")]


def test_articles_are_split_with_their_paragraphs():
    assert split(
        "甲法\n第一章 总则\n第一条 应当甲。\n\n前款另有规定的除外。\n第二章　附则\n第二条 应当乙。"
    ) == [
        ("1", "应当甲。\n前款另有规定的除外。"),
        ("2", "应当乙。"),
    ]


@pytest.mark.parametrize(
    "line",
    [
        "第一条 甲",
        "**第一条**　甲",
        "### 第一条 甲",
        "　　第一条　甲",
        "第1条 甲",
        "第一条甲",
        "> 第一条 **甲**",
    ],
)
def test_an_article_is_known_by_its_number_however_it_is_set(line):
    assert split(line) == [("1", "甲")]


def test_a_line_that_only_mentions_an_article_begins_none():
    text = (
        "第一条 甲\n第一条规定的事项，另行办理。\n第二条的规定，参照执行。\n第九条第二款同样适用。\n第二条 乙"
    )
    assert [identifier for identifier, _ in split(text)] == ["1", "2"]


def test_an_article_set_apart_is_taken_although_one_is_missing():
    articles = split_articles("第一条 甲\n第三条 丙", name="")
    assert [article.id for article in articles] == ["1", "3"]
    assert missing_articles(articles, None) == ("2",)
    assert missing_articles(articles, 5) == ("2", "4", "5")
    assert missing_articles([], None) == ()


def test_articles_inserted_behind_others_keep_their_numbers():
    articles = split_articles("第一条 甲\n第一条之一 乙\n第一条之二的丙\n第二条 丁", name="")
    assert [article.id for article in articles] == ["1", "1-1", "2"]
    assert articles[1].number == "第一条之一"
    assert missing_articles(articles, 2) == ()


def test_an_annex_is_kept_apart():
    articles = split_articles(
        "附 则\n第一条 甲\n附　则\n第二条 乙\n附件：表格\n第一条 丙\n第九条 丁", name=""
    )
    assert [(article.id, article.text) for article in articles] == [
        ("1", "甲"),
        ("2", "乙"),
        (ANNEX, "第一条 丙\n第九条 丁"),
    ]
    assert articles[-1].number == "附件"


def test_numbers_that_occur_twice_are_told():
    articles = split_articles("第一条 甲\n第二条 乙\n第一条 丙\n第二条 丁", name="")
    assert repeated_articles(articles) == ("1", "2")
    assert repeated_articles(articles[:2]) == ()


def test_comments_are_no_text():
    assert split("<!-- 第一条 x -->\n第一条 甲<!-- y\nz -->") == [("1", "甲")]


@pytest.mark.parametrize("text", ["", "总则", "第零条 甲", "条"])
def test_a_text_without_articles_is_refused(text):
    with pytest.raises(NoArticles, match=r"no line of law\.docx begins with"):
        split_articles(text, name="law.docx")


@given(st.integers(1, 120), st.sampled_from([" ", "　", "** ", ""]))
def test_as_many_articles_are_found_as_were_written(count, apart):
    bold = "**" if apart == "** " else ""
    written = [f"{bold}第{chinese_numeral(n)}条{apart}甲{n}" for n in range(1, count + 1)]
    articles = split_articles("\n".join(written), name="")
    assert articles == tuple(Article(id=str(n), text=f"甲{n}") for n in range(1, count + 1))


COUNTS = {
    "algo.md": 35,
    "aucl_2025.md": 41,
    "csl2016.md": 79,
    "csl_2025.md": 81,
    "deep_synthesis_2022.md": 25,
    "dsl.md": 55,
    "fraud.md": 50,
    "iis.md": 27,
    "incident_reporting_2025.md": 14,
    "minors.md": 60,
    "ndsr.md": 64,
    "pi_audit_2025.md": 20,
    "pipl.md": 74,
    "stp.md": 117,
}


@pytest.mark.parametrize(("name", "count"), COUNTS.items())
def test_real_texts_are_split_whole(shared_data, name, count):
    text = (shared_data / "law" / "texts" / name).read_text(encoding="utf-8")
    articles = [article for article in split_articles(text, name=name) if article.id != ANNEX]
    assert [article.id for article in articles] == [str(number) for number in range(1, count + 1)]
    assert all(article.text for article in articles)
