"""Profile files."""

import pytest

from hegui.core import BilingualText, Conflict, InvalidDocument, NotFound
from hegui.scope.profile import known_unknowns, new_profile, read_profile, write_answers

HEAD = "name: {zh: 甲, en: A}\nprovider: {zh: 乙, en: B}\n"


def write(tmp_path, text: str):
    path = tmp_path / "service.yaml"
    path.write_text(text, encoding="utf-8")
    return path


def test_a_profile_states_facts_and_leaves_the_rest_unknown(tmp_path, rulebook):
    path = write(
        tmp_path,
        HEAD + "facts:\n  generates_content: true\n  registered_users: 12\n  role: provider\n"
        "  modalities: [text, image]\n  overseas_provider: null\n",
    )
    profile = read_profile(path, rulebook)
    assert profile.name == BilingualText(zh="甲", en="A")
    assert profile.facts == {
        "generates_content": True,
        "registered_users": 12,
        "role": "provider",
        "modalities": ("text", "image"),
    }


FAULTS = {
    "an unknown fact": ("  modality: [text]\n", 4, "facts.modality", "did you mean modalities?"),
    "a wrong type": ("  role: provider\n  registered_users: many\n", 5, "facts.registered_users", "'many'"),
    "an unknown choice": ("  role: vendor\n", 4, "facts.role", "the choices are provider"),
    "a date for a number": (
        "  registered_users: 2026-01-01\n",
        4,
        "facts.registered_users",
        "not a whole number",
    ),
}


@pytest.mark.parametrize(("facts", "line", "field", "message"), FAULTS.values(), ids=FAULTS)
def test_a_fault_is_refused_with_file_line_and_field(facts, line, field, message, tmp_path, rulebook):
    path = write(tmp_path, HEAD + "facts:\n" + facts)
    with pytest.raises(InvalidDocument) as caught:
        read_profile(path, rulebook)
    assert (caught.value.path, caught.value.line, caught.value.field) == (path, line, field)
    assert message in caught.value.text.en


def test_a_misspelt_field_of_the_profile_is_refused(tmp_path, rulebook):
    with pytest.raises(InvalidDocument, match=r":3: unknown field `fact`; did you mean facts\?"):
        read_profile(write(tmp_path, HEAD + "fact: {}\n"), rulebook)


def test_a_missing_file_is_not_found(tmp_path, rulebook):
    with pytest.raises(NotFound, match="no such file"):
        read_profile(tmp_path / "service.yaml", rulebook)


def test_the_example_profile_is_read(rulebook):
    from pathlib import Path  # noqa: PLC0415 - used here only

    path = Path(__file__).parents[3] / "examples" / "chat-service" / "service.yaml"
    assert read_profile(path, rulebook).facts["role"] == "provider"


ANSWERS = {"role": "provider", "registered_users": 12, "modalities": ("text", "image"), "under14_users": None}
ADDED = "  role: provider\n  registered_users: 12\n  modalities: [text, image]\n  under14_users: null\n"
CRAWLS = "facts:\n  web_crawling: true\n"
COMMENTED = "facts:\n  # who\n  web_crawling: true  # since May\n"
LISTED = "facts:\n  sectors:\n    - news\n    - art  # since June\n"
BRACED = "facts: {web_crawling: true"
IN_BRACES = ", role: provider, registered_users: 12, modalities: [text, image], under14_users: null}"
ASKED = (
    "facts:\n  role: {}  # ask the lawyer\n  registered_users: {} # counting\n"
    "  modalities: {}\n  under14_users:{}"
)
LAYOUTS = {
    "one to a line": (COMMENTED + "  # not yet: role\n", COMMENTED + ADDED + "  # not yet: role\n"),
    "empty braces": ("facts: {}\n", "facts:\n" + ADDED),
    "braces": (BRACED + ", }  # more to come\n", BRACED + IN_BRACES + "  # more to come\n"),
    "unknown before": (
        ASKED.replace(": {}  #", ":  #").format("null", "~", ""),
        ASKED.format("provider", "12", "[text, image]", " null"),
    ),
    "a list below its name": (LISTED + "  # the end\n", LISTED + ADDED + "  # the end\n"),
    "no last newline": (CRAWLS.rstrip(), CRAWLS + ADDED),
    "lines as on Windows": (CRAWLS.replace("\n", "\r\n"), (CRAWLS + ADDED).replace("\n", "\r\n")),
}


@pytest.mark.parametrize(("before", "after"), LAYOUTS.values(), ids=LAYOUTS)
def test_answers_are_written_and_everything_else_stays(before, after, tmp_path, rulebook):
    path = tmp_path / "service.yaml"
    path.write_text(HEAD + before, encoding="utf-8", newline="")
    write_answers(path, ANSWERS)
    assert path.read_bytes().decode() == HEAD + after
    assert read_profile(path, rulebook).facts["modalities"] == ("text", "image")
    assert known_unknowns(path) == {"under14_users"}
    assert [p.name for p in tmp_path.iterdir()] == ["service.yaml"]


def test_a_profile_in_json_stays_json(tmp_path):
    import json  # noqa: PLC0415 - used here only

    path = tmp_path / "service.json"
    word = {"zh": "甲", "en": "A"}
    path.write_text(json.dumps({"name": word, "provider": word, "facts": {"web_crawling": True}}))
    write_answers(path, {"registered_users": 12})
    assert json.loads(path.read_text())["facts"] == {"web_crawling": True, "registered_users": 12}


@pytest.mark.parametrize("facts", ["facts: {}}", "facts: { # none\n }}"])
def test_a_layout_that_cannot_be_added_to_is_left_alone(facts, tmp_path):
    path = write(tmp_path, "{name: {zh: 甲, en: A}, provider: {zh: 乙, en: B}, " + facts)
    before = path.read_text()
    with pytest.raises(Conflict, match="add the answers by hand"):
        write_answers(path, {"role": "provider"})
    assert path.read_text() == before
    assert [p.name for p in tmp_path.iterdir()] == ["service.yaml"]


def test_an_unusual_layout_is_added_to_as_well(tmp_path):
    path = write(tmp_path, HEAD + "facts: &f\n  web_crawling: &x true\n")
    write_answers(path, {"under14_users": True})
    assert "under14_users: true" in path.read_text()
    path = write(tmp_path, HEAD + "facts:\n  ? web_crawling\n  : true\n  ? role\n  :\n")
    write_answers(path, {"role": "provider"})
    assert known_unknowns(path) == set()


def test_a_file_that_may_not_be_written_is_said_to_be_so(tmp_path):
    path = write(tmp_path, HEAD + "facts: {}\n")
    (tmp_path / ".service.yaml.new").mkdir()
    with pytest.raises(Conflict, match="cannot write"):
        write_answers(path, {"role": "provider"})


def test_a_new_profile_is_read_and_knows_nothing(tmp_path, rulebook):
    text = new_profile(
        name=BilingualText(zh="小禾: 一", en="Xiaohe"), provider=BilingualText(zh="乙", en="B")
    )
    profile = read_profile(write(tmp_path, text), rulebook)
    assert (profile.name.zh, profile.facts) == ("小禾: 一", {})
