"""Drawing samples, and taking in what people say of them."""

import json
from concurrent.futures import ThreadPoolExecutor, wait
from decimal import Decimal

import msgspec
import openpyxl
import pytest

from hegui.core import InvalidInput, Verdict, digest_bytes, digest_file
from hegui.corpus import (
    Corpus,
    DocumentKind,
    InProcess,
    NoSources,
    ProofDocument,
    Rights,
    ScanSettings,
    SourceKind,
    UnknownSource,
)
from hegui.screening import KeywordBank, Screen
from hegui.spotcheck import (
    DrawnMeanwhile,
    GateKind,
    ItemState,
    NoReviewPlan,
    NoSample,
    NotImpartial,
    Opinion,
    OtherSample,
    OtherSampleDrawn,
    PopulationChanged,
    ReviewBegun,
    ReviewClosed,
    ReviewOutcome,
    ReviewRoute,
    SampleReviewed,
    SpotChecks,
)
from hegui.spotcheck.repository import SampleRepository

TEXTS = [f"第 {number} 篇" for number in range(60)]


def kinds(ledger):
    return [entry.kind for entry in ledger.entries() if entry.kind.startswith("corpus.sample")]


def test_the_seed_is_on_record_before_and_the_population_after_reading(
    spotchecks, register, ledger, blobs, tmp_path
):
    register(TEXTS)
    seen = []

    class Watching(InProcess):
        def map(self, work, tasks):
            seen.append(kinds(ledger))
            yield from super().map(work, tasks)

    sample = spotchecks.draw(size=20, executor=Watching())
    assert seen[0] == ["corpus.sample_begun"]
    assert kinds(ledger) == ["corpus.sample_begun", "corpus.sample_drawn"]
    begun, drawn = ledger.latest("corpus.sample_begun"), ledger.latest("corpus.sample_drawn")
    assert begun.content["seed"] == drawn.content["seed"] == sample.seed
    assert len(sample.seed) == 32
    assert (sample.begun, sample.draw.entry) == (str(begun.ref), str(drawn.ref))
    assert (sample.draw.documents, sample.draw.whole, sample.draw.items) == (60, 20, 20)
    (listed,) = msgspec.json.decode(blobs.get(drawn.content["population"]))
    assert listed["digest"] == digest_bytes((tmp_path / "wiki.jsonl").read_bytes())
    lines = blobs.get(drawn.content["list"]).splitlines()
    assert [msgspec.json.decode(line)["lot"]["number"] for line in lines] == [
        item.lot.number for item in spotchecks.items()
    ]


def test_as_many_are_drawn_as_the_rulebook_asks_for_where_nothing_else_is_said(spotchecks, register):
    register(TEXTS)
    sample = spotchecks.draw()
    assert sample.size == 4_000
    assert sample.draw.whole == 60
    assert sorted(spotchecks.text(item) for item in spotchecks.items()) == sorted(TEXTS)
    assert [item.rank for item in spotchecks.items()] == list(range(1, 61))


def test_drawing_the_same_or_fewer_again_changes_nothing(spotchecks, register, ledger):
    register(TEXTS)
    sample = spotchecks.draw(size=20)
    assert spotchecks.draw(size=20) == spotchecks.draw(size=10) == sample == spotchecks.sample()
    assert len(kinds(ledger)) == 2


def test_a_sample_grows_and_keeps_what_it_had(spotchecks, register, ledger):
    register(TEXTS)
    first = spotchecks.draw(size=20)
    items = spotchecks.items()
    grown = spotchecks.draw(size=30, per_source=40)
    assert (grown.number, grown.seed, grown.draw.whole, grown.draw.items) == (1, first.seed, 30, 40)
    assert [item.listed for item in spotchecks.items()[:20]] == [item.listed for item in items]
    assert [item.rank for item in spotchecks.items()[30:]] == [None] * 10
    assert ledger.latest("corpus.sample_drawn").content["before"] == first.draw.entry


def test_a_sample_of_files_that_have_changed_does_not_grow(spotchecks, register, scanning):
    register(TEXTS)
    spotchecks.draw(size=20)
    register([*TEXTS, "new"])
    with pytest.raises(PopulationChanged, match="--new"):
        spotchecks.draw(size=30)
    assert spotchecks.sample().size == 20
    assert not left(scanning)
    assert spotchecks.draw(size=30, new=True).draw.documents == 61


def test_another_sample_is_another_entry_and_a_seed_draws_the_same_again(spotchecks, register, ledger):
    register(TEXTS)
    spotchecks.draw(size=20, seed="one")
    first = spotchecks.sample()
    with pytest.raises(OtherSampleDrawn, match="--new"):
        spotchecks.draw(size=20, seed="two")
    assert spotchecks.draw(size=20, seed="two", new=True).draw.list != first.draw.list
    assert spotchecks.draw(size=20, seed="one") == first
    third = spotchecks.draw(size=20, seed="one", new=True)
    assert (third.number, third.draw.list) == (3, first.draw.list)
    assert kinds(ledger).count("corpus.sample_begun") == 3


def test_sources_that_are_not_drawn_from_are_named(spotchecks, register):
    register(TEXTS, "one")
    register(TEXTS, "two")
    sample = spotchecks.draw("two", size=5)
    assert (sample.left_out, list(sample.sources)) == (("one",), ["two"])
    assert {item.lot.source for item in spotchecks.items()} == {"two"}
    with pytest.raises(OtherSampleDrawn, match="--new"):
        spotchecks.draw(size=5)
    every = spotchecks.draw(size=5, new=True)
    assert spotchecks.draw("two", size=9).number == 1
    assert spotchecks.draw(size=9).seed == every.seed
    assert spotchecks.judge().samples == 2


def test_a_draw_that_was_interrupted_goes_on_under_the_same_seed(spotchecks, register, ledger):
    register(TEXTS)

    class Stopping(InProcess):
        def map(self, work, tasks):
            yield from list(super().map(work, tasks))[:1]
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        spotchecks.draw(size=20, executor=Stopping())
    with pytest.raises(NoSample):
        spotchecks.sample()
    sample = spotchecks.draw(size=10)
    assert (sample.number, sample.size, sample.draw.whole) == (1, 20, 20)
    assert kinds(ledger) == ["corpus.sample_begun", "corpus.sample_drawn"]


def test_a_new_sample_that_is_not_drawn_yet_does_not_hide_the_last(spotchecks, register):
    register(TEXTS)
    first = spotchecks.draw(size=20)

    class Failing(InProcess):
        def map(self, work, tasks):
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        spotchecks.draw(size=20, new=True, executor=Failing())
    assert spotchecks.sample() == first


def test_a_document_that_cannot_be_read_has_no_text(spotchecks, register, ledger, tmp_path):
    register(TEXTS[:1])
    (tmp_path / "wiki.jsonl").write_text('{"text": "one"}\nno json\n', encoding="utf-8")
    sample = spotchecks.draw(size=5)
    assert {spotchecks.text(item) for item in spotchecks.items()} == {"one", None}
    assert sample.draw.unreadable == ledger.latest("corpus.sample_drawn").content["unreadable"] == 1


def test_nothing_is_drawn_from_nothing_or_from_what_is_not_there(spotchecks, register):
    with pytest.raises(NoSources):
        spotchecks.draw()
    register(TEXTS)
    with pytest.raises(UnknownSource, match="did you mean wiki"):
        spotchecks.draw("wikis")
    with pytest.raises(NoSample, match="hegui corpus sample draw"):
        spotchecks.items()


def opinions(items, outcome=ReviewOutcome.PASS, *risks):
    return [Opinion(lot=item.lot.number, outcome=outcome, risks=risks) for item in items]


@pytest.fixture
def planned(spotchecks, register):
    """Spot checks with a sample of 20 documents, every one of them to be looked at twice."""
    register(TEXTS)
    spotchecks.draw(size=20)
    spotchecks.plan_review(double_share=Decimal(1))
    return spotchecks


def test_nobody_reviews_before_it_is_said_how(spotchecks, register, ledger):
    with pytest.raises(NoSample):
        spotchecks.plan_review(double_share=Decimal("0.1"))
    register(TEXTS)
    sample = spotchecks.draw(size=20)
    with pytest.raises(NoReviewPlan, match="hegui corpus review plan"):
        spotchecks.queue("张三")
    for share in ("nan", "-0.1", "1.1", "inf"):
        with pytest.raises(InvalidInput, match="from 0 to 1"):
            spotchecks.plan_review(double_share=Decimal(share))
    planned = spotchecks.plan_review(double_share=Decimal("0.10"))
    assert planned.plan.double_share == "0.1"
    assert spotchecks.plan_review(double_share=Decimal("0.1")) == planned
    content = ledger.latest("corpus.review_planned").content
    assert content == {"sample": 1, "drawn": sample.draw.entry, "double_share": "0.1"}
    assert spotchecks.plan_review(double_share=Decimal("0.2")).plan.double_share == "0.2"
    spotchecks.review("张三", opinions(spotchecks.items()[:1]), via=ReviewRoute.TERMINAL)
    with pytest.raises(ReviewBegun, match="its plan stays"):
        spotchecks.plan_review(double_share=Decimal("0.3"))


def test_what_is_said_is_evidence_and_is_said_once(planned, ledger):
    items = planned.items()
    receipt = planned.review(" 张三 ", opinions(items[:3]), via=ReviewRoute.EXCEL, file="sha256:00")
    assert (receipt.given, receipt.corrected, receipt.unchanged) == (3, 0, 0)
    content = ledger.latest("corpus.reviewed").content
    assert (content["reviewer"], content["via"], content["file"]) == ("张三", "excel", "sha256:00")
    assert [each["lot"] for each in content["opinions"]] == [item.lot.number for item in items[:3]]
    again = planned.review("张三", opinions(items[:3]), via=ReviewRoute.EXCEL)
    assert (again.given, again.unchanged, again.entry) == (0, 3, None)
    risky = opinions(items[:1], ReviewOutcome.FAIL, "A.1.f")
    corrected = planned.review("张三", risky, via=ReviewRoute.TERMINAL)
    assert (corrected.given, corrected.corrected) == (0, 1)
    assert ledger.latest("corpus.reviewed").content["corrected"] == 1
    assert planned.reviewed()[0].reviews[0].entry == corrected.entry


def test_a_second_reviewer_does_not_see_the_first_and_a_third_decides(planned, ledger):
    items = planned.items()
    planned.review("张三", opinions(items), via=ReviewRoute.TERMINAL)
    assert planned.queue("张三") == ()
    assert planned.queue("李四") == items
    planned.review("李四", opinions(items[1:]), via=ReviewRoute.TERMINAL)
    planned.review("李四", opinions(items[:1], ReviewOutcome.FAIL, "A.1.f"), via=ReviewRoute.TERMINAL)
    (dispute,) = planned.disputes()
    assert dispute.item == items[0]
    (decided,) = opinions(items[:1], ReviewOutcome.FAIL, "A.2.e")
    with pytest.raises(NotImpartial):
        planned.adjudicate("李四", decided)
    receipt = planned.adjudicate("王五", decided)
    content = ledger.latest("corpus.review_adjudicated").content
    assert (content["adjudicator"], content["opinion"]["risks"]) == ("王五", ["A.2.e"])
    assert content["between"] == [each.entry for each in dispute.reviews]
    assert receipt.entry == planned.reviewed()[0].reviews[-1].entry
    progress = planned.review_progress()
    assert progress.states[ItemState.SETTLED] == 20
    assert (progress.agreement.pairs, progress.agreement.agreed) == (20, 19)
    assert progress.reviewers == {"张三": 20, "李四": 20, "王五": 1}


def test_several_people_can_begin_at_different_parts(planned):
    parts = [planned.queue("a", part=(number, 3)) for number in (1, 2, 3)]
    assert sorted(item.lot.number for part in parts for item in part) == [
        item.lot.number for item in planned.items()
    ]
    planned.review("b", opinions(parts[1]), via=ReviewRoute.TERMINAL)
    # What waits for a second pair of eyes is in everybody's part.
    assert {*parts[1]} <= {*planned.queue("a", part=(1, 3))}


@pytest.mark.parametrize("name", ["", "  ", "长" * 201])
def test_a_reviewer_has_a_name(planned, name):
    with pytest.raises(InvalidInput, match="1 to 200"):
        planned.review(name, [], via=ReviewRoute.TERMINAL)


def test_what_cannot_be_taken_in_leaves_nothing(planned, ledger):
    items = planned.items()
    wrongs = (
        opinions(items[1:2], ReviewOutcome.FAIL),
        [Opinion(lot="ff", outcome=ReviewOutcome.PASS)],
        opinions(items[:1], ReviewOutcome.UNCLEAR),
    )
    for wrong in wrongs:
        with pytest.raises(InvalidInput):
            planned.review("张三", [*opinions(items[:1]), *wrong], via=ReviewRoute.EXCEL)
    assert ledger.latest("corpus.reviewed") is None
    assert planned.review_progress().states[ItemState.OPEN] == 20


def test_nobody_draws_more_once_anybody_has_answered(planned, scanning):
    planned.draw(size=25)
    planned.review("张三", opinions(planned.items()[:1]), via=ReviewRoute.TERMINAL)
    for larger in ({"size": 26}, {"size": 5, "per_source": 26}):
        with pytest.raises(SampleReviewed, match="draw another one by --new"):
            planned.draw(**larger)
    assert planned.draw(size=25).draw.whole == 25
    assert planned.review_progress().states[ItemState.SECOND] == 1
    planned.draw(size=26, new=True)
    with pytest.raises(NoReviewPlan):
        planned.review_progress()
    assert not left(scanning)


def left(scanning):
    """What is still kept of passes."""
    return [each for each in (scanning.journal / "samples").iterdir() if each.is_dir()]


class Meanwhile(InProcess):
    """Does something while documents are drawn."""

    def __init__(self, something):
        super().__init__()
        self._something = something

    def map(self, work, tasks):
        yield from super().map(work, tasks)
        something, self._something = self._something, lambda: None
        something()


def test_what_is_planned_while_a_sample_grows_stays_planned(spotchecks, register):
    register(TEXTS)
    spotchecks.draw(size=20)
    meanwhile = Meanwhile(lambda: spotchecks.plan_review(double_share=Decimal("0.5")))
    grown = spotchecks.draw(size=30, executor=meanwhile)
    assert (grown.draw.whole, grown.plan.double_share) == (30, "0.5")
    assert spotchecks.sample() == grown


def test_a_sample_that_is_answered_while_it_grows_stays_as_it_was(planned, scanning):
    items = planned.items()
    meanwhile = Meanwhile(lambda: planned.review("张三", opinions(items), via=ReviewRoute.TERMINAL))
    with pytest.raises(SampleReviewed):
        planned.draw(size=30, executor=meanwhile)
    assert planned.items() == items
    assert not left(scanning)


@pytest.fixture
def elsewhere(database, blobs, ledger, rulebook, screen, clock, tmp_path):
    """Spot checks of the same workspace on another machine."""
    scanning = ScanSettings(journal=tmp_path / "elsewhere", shard_bytes=500)
    shared = {"database": database, "blobs": blobs, "ledger": ledger, "rulebook": rulebook, "clock": clock}
    return SpotChecks(corpus=Corpus(screen=screen, scanning=scanning, **shared), **shared)


def test_of_two_who_draw_the_same_the_later_is_told(spotchecks, elsewhere, register, ledger):
    register(TEXTS)
    with pytest.raises(DrawnMeanwhile, match="run it again"):
        spotchecks.draw(size=20, executor=Meanwhile(lambda: elsewhere.draw(size=20)))
    assert spotchecks.draw(size=20) == elsewhere.sample()
    assert kinds(ledger) == ["corpus.sample_begun", "corpus.sample_drawn"]


def test_two_who_begin_at_the_same_moment_do_not_overwrite_each_other(
    spotchecks, elsewhere, register, ledger, database
):
    register(TEXTS)
    with ThreadPoolExecutor(2) as threads:
        with database.write() as connection:
            ledger.hold(connection)
            draws = [threads.submit(each.draw, size=20, new=True) for each in (spotchecks, elsewhere)]
            # Long enough for both to come as far as they can while the ledger is held.
            wait(draws, timeout=0.5)
        numbers = {draw.result().number for draw in draws}
    assert numbers == {1, 2}
    begun = {entry.content["seed"] for entry in ledger.entries("corpus.sample_begun")}
    with database.read() as connection:
        assert {each.seed for each in SampleRepository(connection).samples()} == begun


def test_a_spreadsheet_goes_out_and_comes_back(planned, tmp_path, ledger):
    path = tmp_path / "review.xlsx"
    path.write_bytes(planned.sheet("张三", part=(1, 2)))
    book = openpyxl.load_workbook(path)
    for row in book["抽检 Review"].iter_rows(min_row=2):
        row[4].value = "合格"
    book.save(path)
    receipt = planned.import_sheet(path)
    assert (receipt.reviewer, receipt.given) == ("张三", 10)
    assert ledger.latest("corpus.reviewed").content["file"] == digest_file(path)
    planned.draw(size=20, new=True)
    planned.plan_review(double_share=Decimal(1))
    with pytest.raises(OtherSample, match="about sample 1, the present one is 2"):
        planned.import_sheet(path)


def test_tasks_go_out_and_come_back_for_each_annotator(planned, tmp_path):
    tasks, config = planned.tasks()
    assert 'alias="A.1.f"' in config
    exported = json.loads(tasks)
    assert len(exported) == 20
    for task in exported:
        chosen = [{"from_name": "outcome", "value": {"choices": ["pass"]}}]
        task["annotations"] = [{"completed_by": who, "result": chosen} for who in (1, 2)]
    path = tmp_path / "export.json"
    path.write_text(json.dumps(exported), encoding="utf-8")
    receipts = planned.import_tasks(path, annotators={"1": "张三", "2": "李四"})
    assert [(each.reviewer, each.given) for each in receipts] == [("张三", 20), ("李四", 20)]
    assert planned.review_progress().states[ItemState.SETTLED] == 20


def test_of_tasks_of_which_one_annotator_comes_too_late_nothing_is_taken_in(planned, tmp_path, ledger):
    items = planned.items()[:1]
    for reviewer in ("李四", "王五"):
        planned.review(reviewer, opinions(items), via=ReviewRoute.TERMINAL)
    task = json.loads(planned.tasks()[0])[0]
    lots = [planned.items()[1].lot.number, items[0].lot.number]
    exported = [task | {"data": task["data"] | {"lot": lot}} for lot in lots]
    for each, who in zip(exported, (1, 2), strict=True):
        chosen = [{"from_name": "outcome", "value": {"choices": ["unclear"]}}]
        each["annotations"] = [{"completed_by": who, "result": chosen}]
    path = tmp_path / "export.json"
    path.write_text(json.dumps(exported), encoding="utf-8")
    before = planned.reviewed(), len(list(ledger.entries()))
    with pytest.raises(ReviewClosed):
        planned.import_tasks(path, annotators={"1": "张三", "2": "李四"})
    assert (planned.reviewed(), len(list(ledger.entries()))) == before


def test_what_cannot_be_read_is_shown_to_nobody(spotchecks, register, tmp_path):
    register(TEXTS[:1])
    (tmp_path / "wiki.jsonl").write_text('{"text": "one"}\nno json\n', encoding="utf-8")
    spotchecks.draw(size=5)
    spotchecks.plan_review(double_share=Decimal(0))
    assert len(spotchecks.queue("张三")) == 1
    assert len(json.loads(spotchecks.tasks()[0])) == 1
    assert spotchecks.review_progress().states[ItemState.UNREADABLE] == 1
    path = tmp_path / "review.xlsx"
    path.write_bytes(spotchecks.sheet("张三"))
    assert spotchecks.import_sheet(path).given == 0


def gates(report):
    return {(gate.kind, gate.source): gate for gate in report.gates}


@pytest.fixture
def lenient(spotchecks, monkeypatch):
    """The same with a rulebook that asks for 50 documents only, as no rulebook in force does."""
    rulebook = spotchecks._rulebook
    real = rulebook.parameter

    def parameter(name, *, on):
        found = real(name, on=on)
        return msgspec.structs.replace(found, value=50) if name == "manual-sample-size" else found

    monkeypatch.setattr(type(rulebook), "parameter", lambda _self, name, *, on: parameter(name, on=on))
    return spotchecks


PROVEN = Rights(
    vouched_by="data officer",
    license="CC0-1.0",
    documents=(ProofDocument(kind=DocumentKind.LICENSE, path="proof.txt"),),
)


@pytest.fixture
def proven(register, tmp_path):
    """Registers a source whose rights are proven."""
    (tmp_path / "proof.txt").write_text("proof", encoding="utf-8")
    return lambda texts, name="wiki": register(texts, name, kind=SourceKind.OPEN_SOURCE, rights=PROVEN)


def test_gates_are_judged_on_record_and_once(lenient, proven, corpus, ledger):
    proven(TEXTS)
    assert {kind: each.verdict for (kind, _), each in gates(lenient.judge()).items()} == {
        GateKind.MANUAL: Verdict.NOT_ASSESSED,
        GateKind.TECHNICAL: Verdict.NOT_ASSESSED,
        GateKind.BEFORE: Verdict.NOT_MET,
        GateKind.AFTER: Verdict.NOT_ASSESSED,
    }
    corpus.scan()
    sample = lenient.draw(size=60)
    lenient.plan_review(double_share=Decimal(0))
    lenient.review("张三", opinions(lenient.items()), via=ReviewRoute.TERMINAL)
    report = lenient.judge()
    manual = gates(report)[GateKind.MANUAL, None]
    assert (manual.verdict, manual.robustly_met, manual.checked) == (Verdict.MET, True, 60)
    assert manual.entries == (sample.draw.entry,)
    assert gates(report)[GateKind.TECHNICAL, None].verdict is Verdict.MET
    assert gates(report)[GateKind.SAMPLED, "wiki"].verdict is Verdict.MET
    assert (report.sources, report.excluded, report.sample, report.samples) == (("wiki",), (), 1, 1)
    assert report.weighted == "1.0000"
    entry = ledger.latest("corpus.gates_judged")
    assert report.entry == str(entry.ref)
    assert entry.content["gates"][0]["counted"] == 60
    assert lenient.judge() == report == lenient.judged()
    assert len([each for each in ledger.entries() if each.kind == "corpus.gates_judged"]) == 2


def test_gates_are_judged_again_where_anything_came_since_though_they_say_the_same(lenient, proven, corpus):
    assert not lenient.gates_stand()
    proven(TEXTS)
    corpus.scan()
    lenient.draw(size=60)
    lenient.plan_review(double_share=Decimal(0))
    items = lenient.items()
    lenient.review("张三", opinions(items), via=ReviewRoute.TERMINAL)
    first = lenient.judge()
    assert lenient.gates_stand()
    noted = [msgspec.structs.replace(each, note="再看一遍") for each in opinions(items[:1])]
    lenient.review("张三", noted, via=ReviewRoute.TERMINAL)
    assert not lenient.gates_stand()
    second = lenient.judge()
    assert lenient.gates_stand()
    assert second.says_the_same(first)
    assert second.entry != first.entry
    assert lenient.judge().entry == second.entry


def test_gates_that_were_met_do_not_stand_once_the_rulebook_asks_another_number(
    lenient, proven, corpus, monkeypatch
):
    proven(TEXTS)
    corpus.scan()
    lenient.draw(size=60)
    lenient.plan_review(double_share=Decimal(0))
    lenient.review("张三", opinions(lenient.items()), via=ReviewRoute.TERMINAL)
    assert gates(lenient.judge())[GateKind.MANUAL, None].verdict is Verdict.MET
    # Now the rulebook in force is asked, which wants 4,000 documents.
    monkeypatch.undo()
    assert not lenient.gates_stand()
    assert gates(lenient.judge())[GateKind.MANUAL, None].verdict is Verdict.NOT_ASSESSED
    assert lenient.gates_stand()


def test_what_is_answered_while_gates_are_judged_is_judged(lenient, proven, corpus, monkeypatch):
    proven(TEXTS)
    corpus.scan()
    lenient.draw(size=60)
    lenient.plan_review(double_share=Decimal(0))
    late = opinions(lenient.items(), ReviewOutcome.FAIL, "A.1.h")
    inspected = lenient._inspected

    def slowly():
        found = inspected()
        lenient.review("张三", late, via=ReviewRoute.TERMINAL)
        return found

    monkeypatch.setattr(lenient, "_inspected", slowly)
    assert gates(lenient.judge())[GateKind.MANUAL, None].verdict is Verdict.NOT_MET


def test_nothing_was_judged_at_first_or_after_its_entry_was_erased(spotchecks, proven, ledger):
    assert spotchecks.judged() is None
    proven(TEXTS)
    spotchecks.judge()
    ledger.erase(ledger.latest("corpus.gates_judged").ref, reason="test")
    assert spotchecks.judged() is None


def test_the_rules_own_number_is_asked_whatever_was_drawn(spotchecks, proven, corpus):
    proven(TEXTS)
    corpus.scan()
    spotchecks.draw(size=60)
    spotchecks.plan_review(double_share=Decimal(0))
    spotchecks.review("张三", opinions(spotchecks.items()), via=ReviewRoute.TERMINAL)
    manual = gates(spotchecks.judge())[GateKind.MANUAL, None]
    assert manual.verdict is Verdict.NOT_ASSESSED
    assert "60 settled of 60 drawn, and at least 4000 are needed" in manual.reason.en


def test_the_errors_of_the_scan_are_measured_on_the_sample(lenient, proven, corpus):
    # The screen knows one word; a second bad text has none of its words, and one good text has it.
    # All of them are drawn, so that chance leaves none of the three out.
    proven([*TEXTS, "出售冰毒", "毒品 另一种说法", "冰毒的危害"])
    corpus.scan()
    lenient.draw(size=len(TEXTS) + 3)
    assert lenient.judge().correction is None
    lenient.plan_review(double_share=Decimal(0))
    bad = [item for item in lenient.items() if lenient.text(item) in {"出售冰毒", "毒品 另一种说法"}]
    good = [item for item in lenient.items() if item not in bad]
    lenient.review("张三", opinions(good), via=ReviewRoute.TERMINAL)
    lenient.review("张三", opinions(bad, ReviewOutcome.FAIL, "A.1.h"), via=ReviewRoute.TERMINAL)
    report = lenient.judge()
    assert report.risks == {"A.1.h": 2}
    found = report.correction
    assert (found.failing, found.found, found.passing) == (2, 1, 61)
    assert found.cleared == 60
    assert found.corrected is not None


def test_errors_of_another_screen_than_the_one_that_scanned_are_not_measured(lenient, proven, corpus):
    proven(TEXTS)
    corpus.scan()
    lenient.draw(size=60)
    lenient.plan_review(double_share=Decimal(0))
    lenient.review("张三", opinions(lenient.items()), via=ReviewRoute.TERMINAL)
    assert lenient.judge().correction is not None
    corpus._screen = Screen(keywords=KeywordBank((), name="other"), personal_information=True)
    assert lenient.judge().correction is None
