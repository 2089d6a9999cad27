import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from hegui.marking import (
    Carrier,
    Dialect,
    ExplicitLabel,
    Fault,
    ImplicitLabel,
    Placement,
    Prominence,
    Treatment,
)
from hegui.marking.formats.text import TEXT, FrontMatterUnusable
from hegui.marking.reading import found
from hegui.marking.splices import spliced

PROMINENCE = Prominence(height=0.05, seconds=2)

BODY = "# 标题\n\n今天天气很好。\n"


def embed(data: bytes | str, label: ImplicitLabel) -> bytes:
    data = data.encode() if isinstance(data, str) else data
    return spliced(data, TEXT.write(data, label))


def read(data: bytes | str):
    items = list(TEXT.read(data.encode() if isinstance(data, str) else data))
    return [found(item) for item in items if not isinstance(item, Fault)], [
        item for item in items if isinstance(item, Fault)
    ]


def extract(data: bytes | str) -> ImplicitLabel | None:
    ((label,), faults) = read(data)
    assert faults == []
    return label.strict()


SAMPLES = {
    "empty": "",
    "plain": BODY,
    "windows lines": BODY.replace("\n", "\r\n"),
    "byte order mark": "\ufeff" + BODY,
    "front matter": f"---\n标题: 天气 # 注释\ntags:\n  - a\n  - AIGC\n---\n{BODY}",
    "front matter, windows lines": f"---\ntitle: x\ntags: [AIGC]\n---\n{BODY}".replace("\n", "\r\n"),
    "front matter, byte order mark": f"\ufeff---\ntitle: x\n...\n{BODY}",
    "empty front matter": f"---\n---\n{BODY}",
    "commented front matter": f"---\n# nothing\n---\n{BODY}",
    "a rule at the top": f"---\n{BODY}",
    "nested": f"---\na: {{AIGC: 1}}\n? [b, c]\n: d\ne:\n  AIGC: {{Label: 1}}\n---\n{BODY}",
}


@given(st.from_type(ImplicitLabel), st.sampled_from(sorted(SAMPLES)))
def test_what_is_embedded_is_what_is_extracted(label, name):
    assert extract(embed(SAMPLES[name], label)) == label


@given(st.from_type(ImplicitLabel), st.from_type(ImplicitLabel), st.sampled_from(sorted(SAMPLES)))
def test_embedding_twice_is_embedding_once(label, other, name):
    once = embed(SAMPLES[name], label)
    assert embed(once, label) == once
    assert embed(embed(SAMPLES[name], other), label) == once


@pytest.mark.parametrize("name", SAMPLES)
def test_every_line_stays_and_only_the_label_comes_in(label, name):
    before, after = SAMPLES[name].encode(), embed(SAMPLES[name], label)
    (splice,) = TEXT.write(before, label)
    assert splice.start == splice.end
    assert after == before[: splice.start] + splice.data + before[splice.start :]


@given(st.from_type(ImplicitLabel))
def test_another_yaml_parser_reads_seven_strings(label):
    text = embed(SAMPLES["front matter"], label).decode()
    matter = yaml.safe_load(text.split("---\n")[1])
    assert matter["AIGC"] == label.fields()
    assert matter["标题"] == "天气"


LABELLED = {
    "mapping": "AIGC:\n  Label: '1'\n  ContentProducer: {c}\n  ProduceID: x\n  ReservedCode1: ''\n"
    "  ContentPropagator: {c}\n  PropagateID: x\n  ReservedCode2: ''\n",
    "another case": "aigc:\n    label: '1'\n    contentproducer: {c}\n    produceid: x\n"
    "    reservedcode1: ''\n"
    "    contentpropagator: {c}\n    propagateid: x\n    reservedcode2: |-\n      abc\n",
    "one line": "AIGC: {{Label: '1', ContentProducer: {c}, ProduceID: x, ReservedCode1: '',"
    " ContentPropagator: {c}, PropagateID: x, ReservedCode2: ''}}\n",
    "quoted key": "'AIGC': {{Label: '1', ContentProducer: {c}, ProduceID: x, ReservedCode1: '',\n"
    "  ContentPropagator: {c}, PropagateID: x, ReservedCode2: ''}}\n",
}


@pytest.mark.parametrize("written", LABELLED.values(), ids=LABELLED)
@pytest.mark.parametrize(("before", "after"), [("", ""), ("标题: é\n", "z: 1\n"), ("a: b\n\n", "# end\n")])
def test_a_label_in_front_matter_is_read_and_replaced_where_it_stands(label, written, before, after):
    block = written.format(c=label.content_producer)
    text = f"---\n{before}{block}{after}---\n{BODY}"
    ((item,), _) = read(text)
    assert (item.carrier, item.dialect) == (Carrier.FRONT_MATTER, Dialect.MAPPING)
    assert item.strict() is not None
    assert item.offset == len(f"---\n{before}".encode())
    result = embed(text, label).decode()
    assert extract(result) == label
    assert result.startswith(f"---\n{before}AIGC:\n")
    assert result.endswith(f"{after}---\n{BODY}")


def test_a_label_as_json_text_is_read_and_replaced(label, other_label):
    text = f"---\nAIGC: '{other_label.bare()}'\nz: 1\n---\n{BODY}"
    ((item,), _) = read(text)
    assert (item.dialect, item.strict()) == (Dialect.BARE, other_label)
    assert extract(embed(text, label)) == label


@pytest.mark.parametrize("value", ["", " [1, 2]", " ~", "\n  - a", " *x"])
def test_a_label_of_another_shape_is_unreadable_and_replaced(label, value):
    text = f"---\nx: &x 1\nAIGC:{value}\nz: 1\n---\n{BODY}"
    ((item,), _) = read(text)
    assert item.dialect is Dialect.UNREADABLE
    assert extract(embed(text, label)) == label
    assert b"z: 1\n---" in embed(text, label)


def test_values_that_yaml_takes_for_numbers_are_named():
    ((item,), _) = read(
        "---\nAIGC:\n  Label: 1\n  ProduceID: [1]\n  ReservedCode1:\n  ReservedCode2: !!str 7\n---\n"
    )
    assert [(field.name, field.value) for field in item.fields] == [
        ("Label", "1"),
        ("ProduceID", ""),
        ("ReservedCode1", ""),
        ("ReservedCode2", "7"),
    ]
    assert "values that should be strings: Label, ProduceID, ReservedCode1" in [
        deviation.text.en for deviation in item.deviations
    ]


def test_two_labels_are_both_read_and_one_is_left(label):
    text = f"---\nAIGC: {{Label: '1'}}\na: 1\naigc: {{Label: '2'}}\n---\n{BODY}"
    assert len(read(text)[0]) == 2
    result = embed(text, label)
    assert extract(result) == label
    assert b"a: 1\n---" in result


@pytest.mark.parametrize(
    ("matter", "says"),
    [
        ("a: [1\n", "did not find expected"),
        ("a: \x07\n", "control characters"),
        ("{a: 1}\n", "not a mapping"),
        ("  a: 1\n", "not a mapping"),
        ("- a\n", "not a mapping"),
        ("just words\n", "not a mapping"),
        ("{AIGC: 1}\n", "first column"),
        ("  a: 1\n  AIGC: 1\n", "first column"),
    ],
)
def test_front_matter_that_cannot_be_changed_without_harm_is_refused(label, matter, says):
    with pytest.raises(FrontMatterUnusable, match=says):
        embed(f"---\n{matter}---\n{BODY}", label)


def test_broken_front_matter_is_a_fault():
    (labels, (fault,)) = read(f"---\na: [1\n---\n{BODY}")
    assert (labels, fault.offset) == ([], 4)
    assert "not YAML" in fault.text.en


def test_deep_nesting_is_not_followed():
    (labels, (fault,)) = read("---\nAIGC: " + "[" * 60000 + "\n---\n")
    assert labels == []
    assert "nested too deep" in fault.text.en


def test_the_explicit_label_comes_behind_the_front_matter():
    assert TEXT.show is not None
    for head in ("", "\ufeff", "---\na: 1\n---\n", "---\na: 1\n---"):
        result = TEXT.show(
            (head + ("" if head.endswith("---") else "正文。\n")).encode(), ExplicitLabel(), PROMINENCE
        )
        assert bytes(result.data).decode().startswith(head + "【本内容由人工智能生成】")
    shown = TEXT.show("好。".encode(), ExplicitLabel(placement=Placement.CORNER), PROMINENCE)
    assert shown == ("好。【AI】".encode(), "AI", Treatment.KEPT)


def test_text_is_told_by_being_utf_8_without_zeros():
    assert TEXT.recognises(b"")
    assert TEXT.recognises("标题".encode())
    assert TEXT.recognises(("标" * 30000).encode())
    assert not TEXT.recognises("标题".encode("gbk"))
    assert not TEXT.recognises(b"a\0b")
    assert not TEXT.recognises("标".encode()[:2])


@given(st.text(st.characters(codec="utf-8", exclude_characters="\0"), max_size=60))
def test_no_front_matter_makes_the_reader_fail(matter):
    for item in TEXT.read(f"---\n{matter}\nAIGC: {{a: [{matter}\n---\n".encode()):
        assert isinstance(item, Fault) or found(item)
