"""Documents: files of people, and what is wrong with them."""

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hegui.core import InvalidDocument, InvalidInput, NotFound, Record, load_document, nearest, read_text
from hegui.core.documents import field_line


class Part(Record):
    name: str
    day: dt.date | None = None


class Whole(Record):
    title: str
    parts: tuple[Part, ...] = ()
    named: dict[str, Part] = {}  # noqa: RUF012 - a record copies its defaults
    main: Part | None = None
    bag: frozenset[Part] = frozenset()
    count: int = 0


@pytest.fixture
def load(tmp_path):
    def written(content: str | bytes, kind: type = Whole):
        path = tmp_path / "whole.yaml"
        path.write_bytes(content.encode() if isinstance(content, str) else content)
        return load_document(path, kind)

    return written


def refusal(load, content) -> InvalidDocument:
    with pytest.raises(InvalidDocument) as caught:
        load(content)
    error = caught.value
    # Whatever else is said, the place comes first, in both languages.
    for text in (error.text.zh, error.text.en):
        assert text.startswith(f"{error.path}:{error.line}: ")
    return error


def test_a_document_becomes_a_record(load):
    assert load("title: 甲\nparts:\n- name: 乙\n  day: 2026-11-22\n") == Whole(
        title="甲", parts=(Part(name="乙", day=dt.date(2026, 11, 22)),)
    )


def test_json_is_read_too(load):
    assert load('{"title": "a", "count": 3}') == Whole(title="a", count=3)


def test_a_byte_order_mark_is_no_fault(load):
    assert load(b"\xef\xbb\xbftitle: a\n") == Whole(title="a")


def test_a_missing_file_is_not_found(tmp_path):
    with pytest.raises(NotFound, match=r"no such file: .*gone\.yaml"):
        load_document(tmp_path / "gone.yaml", Whole)


def test_a_directory_cannot_be_read(tmp_path):
    with pytest.raises(InvalidInput, match=r"cannot read .*: Is a directory"):
        read_text(tmp_path)


def test_text_that_is_not_utf_8_is_refused_with_line_and_byte(load):
    error = refusal(load, b"title: a\n# " + "合规".encode("gb18030"))
    assert error.line == 2
    assert "not UTF-8 from byte 11 on; save the file as UTF-8" in str(error)


def test_a_control_character_is_refused_with_its_line(load):
    assert refusal(load, b"title: a\ncount: \x01\n").line == 2


@pytest.mark.parametrize(
    ("content", "line"),
    [("title: a\nparts: [", 3), ("title: a\n  count: 3: 4\n", 2), ("title: *nobody\n", 1), ("a: !odd b", 1)],
)
def test_what_is_not_yaml_is_refused_with_its_line(load, content, line):
    assert refusal(load, content).line == line


@pytest.mark.parametrize("content", ["", "\n", "# nothing\n"])
def test_an_empty_file_is_refused(load, content):
    error = refusal(load, content)
    assert (error.line, error.field) == (1, "")
    assert "empty" in str(error)


@pytest.mark.parametrize(
    ("content", "line", "field"),
    [
        ("title: a\ntitle: b\n", 2, "title"),
        ("title: a\nparts:\n- name: b\n  name: c\n", 4, "name"),
        ("title: a\nmain: {name: b, name: c}\n", 2, "name"),
    ],
)
def test_a_repeated_key_is_refused(load, content, line, field):
    error = refusal(load, content)
    assert (error.line, error.field) == (line, field)
    assert "stands twice" in str(error)


@pytest.mark.parametrize(
    ("content", "line", "field"),
    [
        ("title: a\ncount: many\n", 2, "count"),
        ("title: a\nparts:\n- name: b\n- name: [c]\n", 4, "parts[1].name"),
        ("title: a\nparts:\n- name: b\n-\n  day: 2026-11-22\n", 5, "parts[1]"),
        ("title: a\nmain:\n  name: 7\n", 3, "main.name"),
        ("- title\n", 1, ""),
    ],
)
def test_a_value_of_the_wrong_kind_is_refused_with_line_and_field(load, content, line, field):
    error = refusal(load, content)
    assert (error.line, error.field) == (line, field)


def test_a_day_that_does_not_exist_is_refused(load):
    assert "day is out of range for month" in str(
        refusal(load, "title: a\nmain: {name: b, day: 2026-02-30}\n")
    )


@pytest.mark.parametrize(
    ("content", "line", "advice"),
    [
        ("titel: a\n", 1, "did you mean title?"),
        ("title: a\nparts:\n- nmae: b\n", 3, "did you mean name?"),
        ("title: a\nmain:\n  nmae: b\n", 3, "did you mean name?"),
        ("title: a\nnamed:\n  x: {nmae: b}\n", 3, "did you mean name?"),
    ],
)
def test_a_misspelt_field_is_refused_with_the_nearest_known_one(load, content, line, advice):
    error = refusal(load, content)
    assert error.line == line
    assert advice in str(error)
    assert "是不是" in error.text.zh


def test_a_field_like_no_other_is_refused_without_advice(load):
    error = refusal(load, "title: a\nqqqq: 1\n")
    assert error.line == 2
    assert "did you mean" not in str(error)


def test_a_misspelt_field_in_a_set_is_refused_with_its_line(load):
    error = refusal(load, "title: a\nbag:\n- name: a\n- nmae: b\n")
    assert (error.line, error.field) == (4, "bag[1]")
    assert "unknown field `nmae`" in str(error)


def test_a_document_may_be_something_other_than_a_record(load):
    with pytest.raises(InvalidDocument) as caught:
        load("[1, x]", tuple[int, ...])
    assert caught.value.field == "[1]"


def test_keys_that_cannot_be_names_are_refused_with_their_line(load):
    assert refusal(load, "title: a\n? [1, 2]\n: b\n").line == 2


def test_a_document_that_contains_itself_is_refused(load):
    assert refusal(load, "title: a\nparts: &parts [*parts]\n").line == 2


def test_aliases_that_multiply_do_not_keep_the_reader_busy(load):
    laughs = "".join(f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 10)}]\n" for n in range(1, 30))
    refusal(load, f"a0: &a0 [x]\n{laughs}")


@pytest.mark.parametrize("depth", [6_000, 200_000])
def test_a_document_nested_beyond_reason_is_refused(load, depth):
    assert "nested too deeply" in str(refusal(load, "title: " + "[" * depth + "]" * depth))


class Nest(Record):
    inner: tuple["Nest", ...] = ()


def test_a_record_nested_beyond_reason_is_refused(load):
    with pytest.raises(InvalidDocument, match="nested too deeply"):
        load("{inner: [" * 2_000 + "]}" * 2_000, Nest)


def test_a_document_of_many_brackets_that_are_not_nested_is_read(load):
    parts = ", ".join(['{"name": "b"}'] * 6_000)
    assert len(load(f'{{"title": "a", "parts": [{parts}]}}').parts) == 6_000


@pytest.mark.parametrize(
    ("field", "line"),
    [
        ("title", 1),
        ("parts[1].name", 4),
        ("parts[1]", 4),
        ("parts[9]", 3),
        ("parts[0].day", 3),
        ("title.x", 1),
    ],
)
def test_the_line_of_a_field_is_found_as_deep_as_it_can_be_followed(tmp_path, field, line):
    path = tmp_path / "whole.yaml"
    path.write_text("title: a\nparts:\n- name: b\n- name: c\n")
    assert field_line(path, field) == line


@given(st.text())
def test_any_text_is_either_read_or_refused_with_a_place(tmp_path_factory, text):
    path = tmp_path_factory.getbasetemp() / "any.yaml"
    path.write_bytes(text.encode("utf-8", "surrogatepass"))
    with pytest.raises(InvalidDocument) as caught:
        load_document(path, Whole)  # nothing that short happens to have a title
    assert 1 <= caught.value.line <= len(text) + 1


def test_the_nearest_known_name_is_offered_and_nothing_far_off():
    assert nearest("public_servcie", ["public_service", "overseas"]) == "public_service"
    assert nearest("zzz", ["public_service", "overseas"]) is None
