"""Profile files."""

import pytest

from hegui.core import BilingualText, InvalidDocument, NotFound
from hegui.scope.profile import read_profile

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
