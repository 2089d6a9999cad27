import datetime as dt
import re

import openpyxl
import pytest

from hegui.core import InvalidDocument, NotFound
from hegui.rulebook import Rulebook
from hegui.screening.bank_import import import_bank, load_bank
from hegui.screening.bank_sheet import filing_rows, write_filing
from hegui.screening.keywords import Keyword, Level
from hegui.screening.lexicon import MatchMode

DAY = dt.date(2026, 11, 22)


@pytest.fixture
def write(tmp_path):
    def written(name, text):
        path = tmp_path / name
        path.write_text(text, encoding="utf-8")
        return path

    return written


@pytest.fixture
def read(write):
    return lambda name, text, **options: import_bank(write(name, text), **options)


def guessed(imported):
    return [(column.heading, column.meaning) for column in imported.columns]


def test_columns_are_guessed_by_their_headings_and_the_first_of_a_kind_counts(read):
    imported = read("a.csv", "序号,敏感词,词语,风险,级别\n1,笨蛋,别的,A.2.i,低\n\n2,出售枪支,,A.1.h,high\n")
    assert guessed(imported) == [
        ("序号", None),
        ("敏感词", "text"),
        ("词语", None),
        ("风险", "risk"),
        ("级别", "level"),
    ]
    assert [keyword.text for keyword in imported.keywords] == ["笨蛋", "出售枪支"]
    assert imported.keywords[0].level is Level.LOW
    assert imported.keywords[0].source == "a.csv"
    assert len(imported.bank) == 2


def test_columns_without_headings_are_guessed_by_what_they_hold(read):
    imported = read(
        "a.csv",
        "A.1.h,weapon,出售枪支,高,2026-11-22\nA.1.h,weapon,自制炸弹,低,2026-11-22\nA.2.i,insult,笨蛋,,\n",
    )
    assert guessed(imported) == [
        ("#1", "risk"), ("#2", None), ("#3", "text"), ("#4", "level"), ("#5", "added_on")
    ]  # fmt: skip
    assert [(k.text, k.risk, k.level) for k in imported.keywords] == [
        ("出售枪支", "A.1.h", Level.HIGH),
        ("自制炸弹", "A.1.h", Level.LOW),
        ("笨蛋", "A.2.i", Level.HIGH),
    ]
    assert [k.text for k in read("a.csv", "笨蛋,A.2.i\n", risk="A.1.h").keywords] == ["笨蛋"]
    assert read("a.csv", "").keywords == ()


def test_a_list_of_lines_needs_a_risk_and_may_have_a_day_and_a_mode(read):
    options = {"risk": "A.2.i", "added_on": DAY, "match": MatchMode.SEPARATED}
    (keyword,) = read("a.txt", "# ours\n笨蛋\r\n\n笨蛋\n", **options).keywords
    assert keyword == Keyword(
        text="笨蛋", risk="A.2.i", kind="keyword", source="a.txt", added_on=DAY, match=MatchMode.SEPARATED
    )


def test_everything_that_is_said_of_a_word_is_read(read):
    imported = read(
        "a.csv", "词,风险,匹配方式,拼音,首字母,例外\n炸弹,A.1.h,可分隔,zha dan,是,炸弹人|炸弹猫\n"
    )
    (keyword,) = imported.keywords
    assert keyword.match is MatchMode.SEPARATED
    assert (keyword.pinyin, keyword.initials, keyword.unless) == ("zha dan", True, ("炸弹人", "炸弹猫"))


def test_json_may_hold_words_or_objects(read):
    imported = read("a.json", '["笨蛋", {"word": "出售枪支", "text": null, "risk": "A.1.h"}]', risk="A.2.i")
    assert [(k.text, k.risk) for k in imported.keywords] == [("笨蛋", "A.2.i")]
    assert imported.unusable[0].line == 2
    text = '[{"word": "炸弹", "risk": "A.1.h", "date": "2026-11-22", "unless": ["炸弹人", "炸弹猫"], "n": 3}]'
    (keyword,) = read("a.json", text).keywords
    assert (keyword.risk, keyword.added_on, keyword.unless) == ("A.1.h", DAY, ("炸弹人", "炸弹猫"))


def test_a_bank_of_our_own_is_read_as_that(read):
    text = (
        "name: ours\nsource: us\nadded_on: 2026-11-22\ngroups: [{risk: A.2.i, kind: insult, words: [笨蛋]}]\n"
    )
    imported = read("a.yaml", text)
    assert (imported.name, imported.columns, len(imported.keywords)) == ("ours", (), 1)
    document = ' {"name": "ours", "source": "us", "added_on": "2026-11-22", "groups": []}'
    assert read("a.json", document).name == "ours"


def test_a_workbook_is_read(tmp_path):
    book = openpyxl.Workbook()
    book.active.append(["敏感词", "风险", "加入日期", "编号"])
    book.active.append(["炸弹", "A.1.h", dt.date(2026, 11, 20), 1])
    book.active.append([])
    book.active.append([12345, "A.2.i", dt.datetime(2026, 11, 21, 8), 2])  # noqa: DTZ001 - as workbooks have it
    book.active.append(["\u200b", "A.2.i", None, 3])
    book.save(tmp_path / "a.xlsx")
    imported = import_bank(tmp_path / "a.xlsx")
    assert [(k.text, k.added_on) for k in imported.keywords] == [
        ("炸弹", dt.date(2026, 11, 20)),
        ("12345", dt.date(2026, 11, 21)),
    ]
    assert [line.line for line in imported.unusable] == [5]


def test_the_attachment_of_a_filing_is_read_back(tmp_path, rulebook):
    words = [Keyword(text="炸弹", risk="A.1.h", kind="keyword", source="a.xlsx")]
    (tmp_path / "a.xlsx").write_bytes(
        write_filing(filing_rows(words, rulebook=rulebook), created=dt.datetime(2026, 11, 22, tzinfo=dt.UTC))
    )
    assert import_bank(tmp_path / "a.xlsx").keywords == tuple(words)


def test_a_risk_may_be_told_by_its_name(read):
    book = Rulebook.load()
    (risk,) = [risk for risk in book.risks if risk.id == "A.2.i"]
    imported = read("a.csv", f"词,风险\n笨蛋,{risk.text.zh}\n坏蛋,A.2.i {risk.text.zh}\n", rulebook=book)
    assert [keyword.risk for keyword in imported.keywords] == ["A.2.i", "A.2.i"]


def test_a_file_in_the_encoding_of_chinese_spreadsheets_is_read_and_that_is_shown(tmp_path):
    path = tmp_path / "a.csv"
    path.write_bytes("词,风险\n炸弹,A.1.h\n".encode("gb18030"))
    imported = import_bank(path)
    assert [keyword.text for keyword in imported.keywords] == ["炸弹"]
    assert imported.encoding == "GB 18030"


@pytest.mark.parametrize(
    "data",
    [
        "词,风险\n炸弹,A.1.h\n枪支,A.1.h\n".encode().replace(b"\xe6\x94\xaf", b"\xe6\x94"),
        b"\xff\xff\xff\xff",
        b"word,risk\n\x80abc,A.1.h\n",
    ],
)
def test_a_damaged_file_is_refused_and_not_taken_for_another_encoding(tmp_path, data):
    path = tmp_path / "a.csv"
    path.write_bytes(data)
    with pytest.raises(InvalidDocument, match="not UTF-8 from byte"):
        import_bank(path)


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        ("\u200b\tA.2.i", "nothing is left"),
        ("a\x07b\tA.2.i", "control characters"),
        ("笨蛋\tB.1", "no risk 'B.1'"),
        ("笨蛋", "no risk is given"),
        ("\tA.2.i", "no text is given"),
    ],
)
def test_a_line_that_gives_no_word_is_told_and_the_others_are_taken(read, line, reason):
    imported = read("a.txt", f"{line}\n出售枪支\tA.1.h\n")
    assert len(imported.keywords) == 1
    (unusable,) = imported.unusable
    assert unusable.line == 1
    assert reason in unusable.reason.en


def test_a_level_that_is_none_is_told(read):
    (unusable,) = read("a.csv", "word,risk,level\n笨蛋,A.2.i,extreme\n").unusable
    assert "extreme" in unusable.reason.en


@pytest.mark.parametrize(
    ("name", "text", "fault"),
    [
        ("a.doc", "", r"a\.doc:1: unknown kind of file '\.doc'; use one of \.yaml, \.xlsx, "),
        ("a.csv", 'a,"b\n', "not CSV"),
        ("a.json", "[", "not JSON"),
        ("a.json", "[3]", "a list of words"),
        ("a.json", "{}", "name"),
        ("a.xlsx", "no workbook", "not an xlsx"),
    ],
)
def test_a_file_that_is_not_what_it_says_is_refused(read, name, text, fault):
    with pytest.raises(InvalidDocument, match=fault):
        read(name, text)


@pytest.mark.parametrize("name", ["none.csv", "none.xlsx", "none.json", "none.yaml"])
def test_a_file_that_is_missing_is_named(tmp_path, name):
    with pytest.raises(NotFound):
        import_bank(tmp_path / name)


HEADING = "text,risk,kind,level,match,added_on"
CHINESE_HEADING = "关键词,风险,类别,级别,匹配方式,加入日期"


@pytest.mark.parametrize("heading", [HEADING, CHINESE_HEADING])
def test_a_bank_is_loaded_with_headings_in_either_language(write, heading):
    text = heading + "\n炸弹,A.1.h,weapons,medium,,2026-11-22\n\nrape,A.1.f,,,whole_word,\n"
    bank = load_bank(write("list.csv", text))
    assert bank.name == "list"
    assert bank.keywords == (
        Keyword(text="rape", risk="A.1.f", kind="keyword", source="list.csv", match=MatchMode.WHOLE_WORD),
        Keyword(
            text="炸弹", risk="A.1.h", kind="weapons", level=Level.MEDIUM, source="list.csv", added_on=DAY
        ),
    )


@pytest.mark.parametrize(
    ("name", "text", "message"),
    [
        ("a.txt", "好\n炸弹\n", r"a\.txt:1: no risk is given"),
        ("a.txt", "炸弹\tA.1.h\n枪支\tA.9.z\n", r"a\.txt:2: keyword '枪支': there is no risk 'A\.9\.z'"),
        ("a.txt", "炸弹\tA.1.h\tx\n", r"a\.txt:1: #3: unknown column"),
        ("a.csv", "text,riks\n炸弹,A.1.h\n", r"a\.csv:1: riks: unknown column; did you mean risk"),
        ("a.csv", "word,xyz\n", r"a\.csv:1: xyz: unknown column; known: "),
        ("a.csv", "risk\nA.1.h\n", r"a\.csv:2: no text is given"),
        ("a.csv", "text,risk,level\n炸弹,A.1.h,huge\n", r"a\.csv:2: Invalid enum value 'huge'"),
        ("a.csv", "text,risk,added_on\n\n炸弹,A.1.h,2026-02-30\n", r"a\.csv:3: .*date"),
        ("a.csv", 'text,risk\n"炸"弹,A.1.h\n', r"a\.csv:2: not CSV"),
        ("a.csv", "text,risk\n,A.1.h\n", r"a\.csv:2: no text is given"),
    ],
)
def test_a_bank_with_a_fault_is_not_loaded_and_told_where_it_is(write, name, text, message):
    with pytest.raises(InvalidDocument) as error:
        load_bank(write(name, text))
    assert re.search(message, str(error.value)), str(error.value)
