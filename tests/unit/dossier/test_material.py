"""What is taken from the ledger, and what is not."""

import pytest

from hegui.core import Verdict
from hegui.dossier.material import (
    EntryUnreadable,
    gather,
    integer,
    items,
    members,
    recorded_words,
    value,
    verdict,
    written,
)
from hegui.gateway import Outcome


def test_the_newest_entry_of_each_kind_counts(make_entry):
    older, newer = (make_entry("scope.judged", {"n": n}, n) for n in range(2))
    runs = [make_entry("evaluation.run_completed", {"n": n}, 2 + n) for n in range(3)]

    material = gather([older, newer, *runs], asked={})

    assert material.scope == newer
    assert material.evaluation == runs[-1]
    assert material.totals["runs"] == 3


def test_an_empty_ledger_gives_empty_material():
    material = gather([], asked={})

    assert (material.scope, material.sources, material.evaluation) == (None, (), None)
    assert material.totals == {
        "runs": 0,
        "labelled": 0,
        "exchanges": 0,
        "outcomes": {outcome.value: 0 for outcome in Outcome},
        "erased": 0,
    }


def test_exchanges_and_labels_are_counted_and_other_kinds_are_passed_over(make_entry):
    entries = [
        make_entry("gateway.exchanged", {"outcome": "answered"}, 0, "w-1"),
        make_entry("gateway.exchanged", {"outcome": "refused"}, 1, "w-1"),
        make_entry("marking.labelled", {}, 0),
        make_entry("dossier.composed", {}, 1),
        make_entry("ledger.content_erased", {}, 2),
    ]

    material = gather(entries, asked={})

    assert material.exchanges[Outcome.ANSWERED] == material.exchanges[Outcome.REFUSED] == 1
    assert (material.labelled, material.totals["exchanges"]) == (1, 2)


def test_erased_entries_are_counted_and_not_used(make_entry):
    material = gather(
        [make_entry("scope.judged", None), make_entry("gateway.exchanged", None, 0, "w-1")], asked={}
    )

    assert material.scope is None
    assert material.erased == 2


def test_a_source_has_its_newest_registration_and_scan(registration, scan):
    entries = [registration(seq=0), scan(seq=1), scan(seq=2, verdict="not_met"), registration("other", seq=3)]

    other, wiki = gather(entries, asked={}).sources

    assert wiki.content is Verdict.NOT_MET
    assert (other.scanned, other.content) == (None, Verdict.NOT_ASSESSED)
    assert wiki.kind.value == "open_source"
    assert wiki.rights is Verdict.MET


def test_a_scan_of_what_was_registered_before_says_nothing_of_what_is_registered_now(registration, scan):
    entries = [registration(seq=0), scan(seq=1), registration(seq=2, files=("b.jsonl",))]

    [source] = gather(entries, asked={}).sources

    assert source.scanned is None
    assert source.content is Verdict.NOT_ASSESSED


def test_a_scan_outlives_a_registration_that_changes_only_the_rights(registration, scan):
    entries = [registration(seq=0, rights="not_met"), scan(seq=1), registration(seq=2)]

    [source] = gather(entries, asked={}).sources

    assert source.content is Verdict.MET


def test_a_source_that_went_back_to_earlier_files_is_scanned_again(registration, scan):
    entries = [registration(seq=0), scan(seq=1), registration(seq=2, files=("b",)), registration(seq=3)]

    [source] = gather(entries, asked={}).sources

    assert source.scanned is None


def test_a_clean_up_of_what_was_scanned_takes_out_what_the_scan_found(registration, scan, cleaning):
    older, newer = cleaning(seq=2), cleaning(seq=3)

    [source] = gather([registration(), scan(), older, newer], asked={}).sources

    assert source.cleaned == newer


@pytest.mark.parametrize("unlike", [{"digest": "sha256:b"}, {"screen": "sha256:other"}, {"unsafe": "keep"}])
def test_a_clean_up_of_other_bytes_by_another_screen_or_that_keeps_all_takes_nothing_out(
    registration, scan, cleaning, unlike
):
    [source] = gather([registration(), scan(), cleaning(**unlike)], asked={}).sources

    assert source.cleaned is None


def test_without_a_scan_nobody_knows_what_a_clean_up_had_to_take_out(registration, cleaning):
    [source] = gather([registration(), cleaning()], asked={}).sources

    assert source.cleaned is None


def test_a_caveat_is_passed_on(registration, scan):
    caveat = {"zh": "词库小", "en": "small bank"}

    [weak] = gather([registration(), scan(caveat=caveat)], asked={}).sources
    [sound] = gather([registration(), scan()], asked={}).sources
    [unscanned] = gather([registration()], asked={}).sources

    assert weak.caveat.text.zh == "词库小"
    assert weak.caveat.pointer == "/verdict/caveat"
    assert sound.caveat is unscanned.caveat is None


def test_values_are_found_at_their_pointers(make_entry):
    entry = make_entry("x.noted", {"a": [{"n": 5, "share": "0.5", "v": "met", "t": {"zh": "甲", "en": "a"}}]})

    assert value(entry, "/a/0/n") == 5
    assert integer(entry, "/a/0/n").text == "5"
    assert written(entry, "/a/0/share", "percent:0").text == "50%"
    assert verdict(entry, "/a/0/v") is Verdict.MET
    assert recorded_words(entry, "/a/0/t").text.en == "a"
    assert len(items(entry, "/a")) == len(members(entry, "/a/0/t")) - 1 == 1


@pytest.mark.parametrize(
    ("read", "pointer"),
    [
        (value, "/b"),
        (value, "/a/1"),
        (value, "/a/x"),
        (value, "/n/0"),
        (integer, "/s"),
        (integer, "/flag"),
        (items, "/n"),
        (members, "/n"),
    ],
)
def test_what_an_entry_should_hold_and_does_not_is_named(make_entry, read, pointer):
    entry = make_entry("x.noted", {"a": [1], "n": 1, "s": "text", "flag": True}, 9)

    with pytest.raises(EntryUnreadable, match="main/9") as fault:
        read(entry, pointer)

    assert (fault.value.entry, fault.value.pointer) == ("main/9", pointer)
