import json

import pytest

from hegui.core import InvalidDocument, NotFound
from hegui.screening.examples import read_examples
from simulators.examples import as_csv, as_jsonl, rows


@pytest.fixture
def write(tmp_path):
    def written(name, content):
        path = tmp_path / name
        path.write_bytes(content.encode() if isinstance(content, str) else content)
        return path

    return written


def test_columns_and_labels_are_guessed_and_told(write):
    data = read_examples(write("a.csv", as_csv(rows())))
    assert (data.file.text_column, data.file.label_column, data.file.rows) == ("text", "label", 576)
    assert data.file.unsafe == 288
    assert data.groups == ["topic"]
    assert data.counter_speech is None
    assert data.file.digest.startswith("sha256:")


def test_the_same_rows_are_read_from_jsonl_and_tsv(write):
    table = rows()
    expected = read_examples(write("a.csv", as_csv(table))).rows
    assert read_examples(write("a.jsonl", as_jsonl(table))).rows == expected
    tsv = as_csv(table).replace(",", "\t")
    assert read_examples(write("a.tsv", tsv)).rows == expected


@pytest.mark.parametrize(
    ("content", "unsafe"),
    [
        ("文本,标签\n好,安全\n坏,不安全\n", 1),
        ("\ufeff,split,topic,label,TEXT\n1,train,race,1,坏\n2,train,race,0,好\n", 1),
        ("comment,label\n好,normal\n坏,offensive\n", 1),
        ('内容,风险\n好,无\n坏,A.2.e\n更坏,"A.2.e,A.1.f"\n', 2),
    ],
)
def test_what_people_call_columns_and_labels_is_understood(write, content, unsafe):
    assert read_examples(write("a.csv", content)).file.unsafe == unsafe


def test_risks_are_kept_apart(write):
    data = read_examples(
        write("a.jsonl", '{"text": "坏", "label": ["A.2.e", "A.1.f"]}\n{"text": "好", "label": []}\n')
    )
    assert [row.risks for row in data.rows] == [{"A.2.e", "A.1.f"}, set()]
    bad, good = data.rows
    assert bad.shows("A.2.e")
    assert bad.shows("A.2")
    assert not bad.shows("A.2.f")
    assert not good.shows("A.2")


def test_numbers_and_booleans_are_labels_too(write):
    data = read_examples(write("a.jsonl", '{"text": "坏", "label": true}\n{"text": "好", "label": 0}\n'))
    assert [row.unsafe for row in data.rows] == [True, False]


def test_people_may_name_the_columns_and_what_means_unsafe(write):
    path = write("a.csv", "a,b\n坏,attack\n好,praise\n")
    data = read_examples(path, text_column="a", label_column="b", unsafe=["attack"])
    assert [row.unsafe for row in data.rows] == [True, False]


def test_counter_speech_is_told_by_the_benchmarks_own_number(write):
    path = write("a.csv", "label,fine-grained-label,TEXT\n1,1,坏\n0,3,不要骂人\n0,0,好\n")
    assert read_examples(path).counter_speech == ("fine-grained-label", "3")
    path = write("b.csv", "label,fine-grained-label,TEXT\n1,3,坏\n0,0,好\n")
    assert read_examples(path).counter_speech is None  # there, 3 is something unsafe
    path = write("c.csv", "label,kind,TEXT\n1,attack,坏\n0,反歧视,不要骂人\n")
    assert read_examples(path).counter_speech == ("kind", "反歧视")


def test_what_cannot_be_used_is_counted_and_named(write):
    lines = [
        '{"text": "坏", "label": 1}',
        "no json",
        "[1]",
        '{"text": " ", "label": 0}',
        '{"text": "好"}',
        "",
    ]
    lines.append('{"text": "好", "label": 0}')
    data = read_examples(write("a.jsonl", "\n".join(lines)))
    assert [row.line for row in data.unusable] == [2, 3, 4, 5]
    assert (data.file.rows, data.file.unusable) == (2, 4)
    data = read_examples(write("a.csv", "text,label\n好,0\n坏,1,x\n\n坏,1\n"))
    assert [(row.line, row.en) for row in data.unusable] == [(3, "it has 3 cells instead of 2")]


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        ("a.csv", b"text,label\n\xff,1\n", r"a\.csv:2: not UTF-8"),
        ("a.xml", "", "unknown kind of file"),
        ("a.csv", 'text,label\n"好,0\n', r"a\.csv:2: not CSV"),
        (
            "a.csv",
            "a,label\n好,0\n",
            r"a\.csv:1: which column is the text\? Say it with --text-column; there are: a、",
        ),
        ("a.csv", "text,b\n好,0\n", "which column is the label"),
        ("a.csv", "text,label\n好,maybe\n", r"a\.csv:1: label: labels that are not understood: 'maybe'"),
        ("a.csv", "", "which column is the text"),
        ("a.csv", "text,label\n,0\n", "no line holds a usable labelled text"),
        ("a.jsonl", "[" * 100_000, "which column is the text"),
    ],
)
def test_what_is_no_table_of_labelled_texts_is_refused_with_its_place(write, name, content, message):
    with pytest.raises(InvalidDocument, match=message):
        read_examples(write(name, content))


def test_a_column_that_is_not_there_is_refused_with_the_nearest(write):
    with pytest.raises(InvalidDocument, match="did you mean “text”"):
        read_examples(write("a.csv", "text,label\n好,0\n"), text_column="texts")


def test_a_file_that_is_not_there_is_said_to_be(tmp_path):
    with pytest.raises(NotFound):
        read_examples(tmp_path / "none.csv")


def test_a_cell_may_hold_lines_and_a_line_may_be_long(write):
    data = read_examples(write("a.csv", f'text,label\n"一\n二",1\n{"好" * 200_000},0\n'))
    assert [len(row.text) for row in data.rows] == [3, 200_000]


def test_every_json_value_becomes_a_cell(write):
    row = {"text": "好", "label": 0, "note": None, "list": [1, "a"], "number": 1.5}
    data = read_examples(write("a.jsonl", json.dumps(row) + "\n"))
    assert data.rows[0].others == {"note": "", "list": "1,a", "number": "1.5"}
