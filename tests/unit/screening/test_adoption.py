import pytest

from hegui.screening.adoption import Adoption, Part, versions


def adoption(part, name, digest="sha256:1"):
    return Adoption(part=part, name=name, digest=digest, replaces=None)


@pytest.mark.parametrize("part", Part)
def test_the_entries_of_each_part_have_a_kind(part):
    assert (
        part.kind
        == {
            Part.BANK: "screening.bank_adopted",
            Part.CLASSIFIER: "screening.classifier_adopted",
            Part.SCREEN: "screening.screen_adopted",
            Part.RECURRENCE: "screening.recurrence_adopted",
        }[part]
    )


def test_there_is_one_bank_and_one_declaration_and_a_classifier_for_each_name():
    assert adoption(Part.BANK, "a").concerns(adoption(Part.BANK, "b"))
    assert adoption(Part.SCREEN, "a").concerns(adoption(Part.SCREEN, "b"))
    assert not adoption(Part.SCREEN, "a").concerns(adoption(Part.BANK, "a"))
    assert adoption(Part.CLASSIFIER, "a").concerns(adoption(Part.CLASSIFIER, "a", "sha256:2"))
    assert not adoption(Part.CLASSIFIER, "a").concerns(adoption(Part.CLASSIFIER, "b"))


def test_versions_of_a_part_keep_their_order():
    history = [adoption(Part.BANK, "new"), adoption(Part.SCREEN, "s"), adoption(Part.BANK, "old")]
    assert [each.name for each in versions(history, Part.BANK)] == ["new", "old"]
