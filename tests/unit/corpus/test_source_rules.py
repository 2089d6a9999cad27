"""Each source, held against the rules."""

import datetime as dt

import msgspec
import pytest

from hegui.core import BilingualText, Verdict
from hegui.corpus.account import PartFault, PartFaultKind, Tally
from hegui.corpus.crawling import CrawlAccount
from hegui.corpus.model import (
    Citation,
    FileScan,
    Modality,
    RegisteredSource,
    RightsVerdict,
    ScannedSource,
    SourceScan,
    SourceVerdict,
)
from hegui.corpus.provenance import (
    DocumentKind,
    LawfulGround,
    PersonalContent,
    PersonalInformationStatement,
    PriorAssessment,
    ProofDocument,
    Rights,
    SourceKind,
)
from hegui.corpus.rules import Law, Measure, RegisterRule
from hegui.corpus.source_rules import KnownSource, judge_source_rules

DAY = dt.date(2026, 11, 22)
CITATION = Citation(clause="TC260-003 5.1a", same_as=(), verified=True)
TEXT = BilingualText(zh="原因", en="reason")


def rights(*kinds, **changes):
    documents = tuple(ProofDocument(kind=kind, path=kind) for kind in kinds)
    return Rights(vouched_by="officer", license="MIT", documents=documents, **changes)


def scanned(*, verdict=Verdict.MET, caveat=None, faults=(), **tally):
    counts = Tally(**tally)
    file = FileScan(path="f", digest="", size_bytes=0, tally=counts, faults=faults)
    scan = SourceScan(source="wiki", content="", scanned_at="", screen="", files=(file,), tally=counts)
    judged = SourceVerdict(
        verdict=verdict,
        unsafe=counts.unsafe,
        scanned=counts.scanned,
        unscreened=counts.unscreened,
        share=None,
        limit="0.05",
        reason=TEXT,
        caveat=caveat,
        parameter="source-unsafe-share",
        citation=CITATION,
    )
    return ScannedSource(scan=scan, verdict=judged, entry="main/1")


@pytest.fixture
def known(make_source):
    def known(*, scan=None, crawl=None, listed=False, **changes):
        registered = RegisteredSource(
            source=make_source(**changes),
            root="/srv",
            files=(),
            content="",
            rights=RightsVerdict(verdict=Verdict.MET, missing=(), reason=TEXT, citation=CITATION),
            registered_at="",
            entry="main/0",
        )
        return KnownSource(registered=registered, scanned=scan, crawl=crawl, listed=listed)

    return known


@pytest.fixture
def judge(rulebook, known):
    law = Law(rulebook, DAY)

    def judge(rule, **changes):
        verdicts = {each.rule: each for each in judge_source_rules(known(**changes), law)}
        return verdicts[rule]

    return judge


def test_a_source_is_asked_eight_things_each_with_its_clause(rulebook, known):
    verdicts = list(judge_source_rules(known(), Law(rulebook, DAY)))
    assert [each.citation.clause.removeprefix("TC260-003 ") for each in verdicts] == [
        "5.1a1",
        "5.1a2",
        "5.1c1",
        "5.1c2",
        "5.1d",
        "5.2c1",
        "5.2c2",
        "PIPL 31",
    ]
    assert {each.source for each in verdicts} == {"wiki"}


# --- before and after collection -------------------------------------------------------------------


def assessed(unsafe, sampled):
    return PriorAssessment(sampled=sampled, unsafe=unsafe, day=dt.date(2026, 5, 1), by="李四")


@pytest.mark.parametrize(
    ("before", "verdict", "says"),
    [
        (None, Verdict.NOT_MET, "nothing says"),
        (assessed(5, 100), Verdict.MET, "5 unsafe, not over 5 %"),
        (assessed(6, 100), Verdict.NOT_MET, "over 5 %: do not collect"),
        (assessed(50_001, 1_000_000), Verdict.NOT_MET, "do not collect"),
    ],
)
def test_before_collection_the_sample_decides(judge, before, verdict, says):
    judged = judge(RegisterRule.BEFORE_COLLECTION, assessed_before=before)
    assert judged.verdict is verdict
    assert says in judged.reason.en
    assert judged.measure is (None if before is None else Measure.SAMPLE)
    assert bool(judged.missing) is (before is None)


def test_what_is_made_by_oneself_is_collected_from_nowhere(judge):
    assert judge(RegisterRule.BEFORE_COLLECTION, kind=SourceKind.SYNTHETIC).verdict is Verdict.NOT_APPLICABLE


def test_after_collection_the_scan_decides(judge):
    assert judge(RegisterRule.AFTER_COLLECTION, files=()).verdict is Verdict.NOT_APPLICABLE
    waiting = judge(RegisterRule.AFTER_COLLECTION)
    assert (waiting.verdict, waiting.measure) == (Verdict.NOT_ASSESSED, None)
    assert "hegui corpus scan wiki" in waiting.missing[0].en
    over = judge(RegisterRule.AFTER_COLLECTION, scan=scanned(verdict=Verdict.NOT_MET))
    assert (over.verdict, over.measure) == (Verdict.NOT_MET, Measure.SCAN)
    assert over.reason.en == "reason: do not train on it"
    within = judge(RegisterRule.AFTER_COLLECTION, scan=scanned(caveat=TEXT))
    assert (within.verdict, within.missing) == (Verdict.MET, (TEXT,))


# --- the right, robots, blocked information --------------------------------------------------------


def test_a_missing_document_and_a_remark_on_the_licence_are_both_missing(judge):
    judged = judge(RegisterRule.RIGHTS, rights=Rights(vouched_by="officer"))
    assert judged.verdict is Verdict.NOT_MET
    assert judged.missing[0] == DocumentKind.LICENSE.text
    assert "no licence" in judged.missing[1].en


CRAWLED = [
    (None, Verdict.NOT_ASSESSED, "self_made"),
    (CrawlAccount(), Verdict.NOT_ASSESSED, "mend the log"),
    (CrawlAccount(pages=9, refused=2, first_refused=("u",)), Verdict.NOT_MET, "remove"),
    (CrawlAccount(pages=9, untold=1, first_untold=("https://s.cn",)), Verdict.NOT_ASSESSED, "https://s.cn"),
    (CrawlAccount(pages=9, unreadable=1), Verdict.NOT_ASSESSED, "mend the log"),
    (CrawlAccount(pages=9), Verdict.MET, None),
]


@pytest.mark.parametrize(("crawl", "verdict", "missing"), CRAWLED)
def test_what_was_collected_must_have_been_allowed(judge, crawl, verdict, missing):
    for changes in ({"kind": SourceKind.SELF_COLLECTED}, {"links": True}):
        judged = judge(RegisterRule.COLLECTION_ALLOWED, crawl=crawl, **changes)
        assert judged.verdict is verdict
        assert [missing in each.en for each in judged.missing] == ([] if missing is None else [True])


@pytest.mark.parametrize(
    "changes",
    [
        {"kind": SourceKind.OPEN_SOURCE},
        {"kind": SourceKind.SYNTHETIC},
        {"kind": SourceKind.SELF_COLLECTED, "rights": rights(self_made=True)},
    ],
)
def test_where_nothing_was_collected_nobody_refused(judge, changes):
    assert judge(RegisterRule.COLLECTION_ALLOWED, **changes).verdict is Verdict.NOT_APPLICABLE


def test_without_any_rights_nobody_knows_what_was_collected(judge):
    judged = judge(RegisterRule.COLLECTION_ALLOWED, kind=SourceKind.SELF_COLLECTED, rights=None)
    assert judged.verdict is Verdict.NOT_ASSESSED


@pytest.mark.parametrize(
    ("changes", "verdict"),
    [
        ({}, Verdict.NOT_ASSESSED),
        ({"rights": None}, Verdict.NOT_ASSESSED),
        ({"rights": rights(DocumentKind.BLOCK_CHECK)}, Verdict.MET),
        ({"crawl": CrawlAccount(pages=2), "listed": True}, Verdict.MET),
        ({"crawl": CrawlAccount(pages=2), "listed": False}, Verdict.NOT_ASSESSED),
        ({"crawl": CrawlAccount(), "listed": True}, Verdict.NOT_ASSESSED),
        ({"crawl": CrawlAccount(pages=2, unreadable=1), "listed": True}, Verdict.NOT_ASSESSED),
        (
            {
                "crawl": CrawlAccount(pages=2, blocked=1, first_blocked=("bad.example",)),
                "listed": True,
                "rights": rights(DocumentKind.BLOCK_CHECK),
            },
            Verdict.NOT_MET,
        ),
    ],
)
def test_blocked_information_is_looked_for(judge, changes, verdict):
    judged = judge(RegisterRule.BLOCKED_INFORMATION, **changes)
    assert judged.verdict is verdict
    assert bool(judged.missing) is (verdict is not Verdict.MET)


def test_of_a_log_that_is_partly_unreadable_it_is_said_what_was_compared(judge):
    account = CrawlAccount(pages=2, unreadable=1)
    judged = judge(RegisterRule.BLOCKED_INFORMATION, crawl=account, listed=True)
    assert "none of 2 pages in the log is on the block list, and 1 line is" in judged.reason.en


# --- personal information --------------------------------------------------------------------------

CLEAN = scanned(read=9, scanned=9)
PHONES = scanned(read=9, scanned=9, personal_information={"mobile_phone": 2})
COMPANIES = scanned(read=9, scanned=9, personal_information={"unified_social_credit_code": 3})
CARDS = scanned(read=9, scanned=9, personal_information={"resident_id": 1})
PARTLY = scanned(read=9, scanned=8, unparsable=1)
DAMAGED = scanned(read=9, scanned=9, faults=(PartFault(kind=PartFaultKind.DAMAGED, offset=1),))


def states(holds, ground=None):
    return PersonalInformationStatement(holds=holds, ground=ground)


NOTHING = states(PersonalContent.NONE)
SOME = states(PersonalContent.PERSONAL, LawfulGround.CONSENT)
ALL = states(PersonalContent.SENSITIVE, LawfulGround.CONSENT)
PUBLIC = states(PersonalContent.SENSITIVE, LawfulGround.PUBLIC_INFORMATION)
UNGROUNDED = states(PersonalContent.SENSITIVE)

PERSONAL = [
    # stated, scan, documents, verdict on any, verdict on sensitive
    (None, None, (), Verdict.NOT_ASSESSED, Verdict.NOT_ASSESSED),
    (None, CLEAN, (), Verdict.NOT_ASSESSED, Verdict.NOT_ASSESSED),
    (None, PHONES, (), Verdict.NOT_MET, Verdict.NOT_ASSESSED),
    (None, CARDS, (), Verdict.NOT_MET, Verdict.NOT_MET),
    (NOTHING, None, (), Verdict.NOT_ASSESSED, Verdict.NOT_ASSESSED),
    (NOTHING, CLEAN, (), Verdict.NOT_APPLICABLE, Verdict.NOT_APPLICABLE),
    (NOTHING, COMPANIES, (), Verdict.NOT_APPLICABLE, Verdict.NOT_APPLICABLE),
    (NOTHING, PARTLY, (), Verdict.NOT_ASSESSED, Verdict.NOT_ASSESSED),
    (NOTHING, DAMAGED, (), Verdict.NOT_ASSESSED, Verdict.NOT_ASSESSED),
    (NOTHING, PHONES, (), Verdict.NOT_ASSESSED, Verdict.NOT_APPLICABLE),
    (SOME, PHONES, (), Verdict.NOT_MET, Verdict.NOT_APPLICABLE),
    (SOME, PHONES, (DocumentKind.CONSENT_RECORD,), Verdict.MET, Verdict.NOT_APPLICABLE),
    (SOME, CARDS, (DocumentKind.CONSENT_RECORD,), Verdict.MET, Verdict.NOT_ASSESSED),
    (ALL, None, (DocumentKind.CONSENT_RECORD,), Verdict.MET, Verdict.NOT_MET),
    (
        ALL,
        CARDS,
        (DocumentKind.CONSENT_RECORD, DocumentKind.SEPARATE_CONSENT_RECORD),
        Verdict.MET,
        Verdict.MET,
    ),
    (PUBLIC, CARDS, (DocumentKind.GROUND_RECORD,), Verdict.MET, Verdict.MET),
    (PUBLIC, CARDS, (DocumentKind.CONSENT_RECORD,), Verdict.NOT_MET, Verdict.NOT_MET),
    (UNGROUNDED, CARDS, (DocumentKind.GROUND_RECORD,), Verdict.NOT_MET, Verdict.NOT_MET),
]


@pytest.mark.parametrize(("stated", "scan", "documents", "any_kind", "sensitive"), PERSONAL)
def test_personal_information_needs_a_ground_with_proof(judge, stated, scan, documents, any_kind, sensitive):
    changes = {"personal_information": stated, "scan": scan, "rights": rights(*documents)}
    for rule, verdict in (
        (RegisterRule.PERSONAL_INFORMATION, any_kind),
        (RegisterRule.SENSITIVE_INFORMATION, sensitive),
    ):
        judged = judge(rule, **changes)
        assert judged.verdict is verdict
        assert bool(judged.missing) is (verdict in {Verdict.NOT_MET, Verdict.NOT_ASSESSED})


CHILDREN = PersonalInformationStatement(
    holds=PersonalContent.SENSITIVE, ground=LawfulGround.CONSENT, children=True
)
BOTH = (DocumentKind.GUARDIAN_CONSENT_RECORD, DocumentKind.CHILDREN_RULES)


@pytest.mark.parametrize(
    ("stated", "scan", "documents", "verdict"),
    [
        (None, CARDS, BOTH, Verdict.NOT_ASSESSED),
        (SOME, CARDS, BOTH, Verdict.NOT_ASSESSED),
        (NOTHING, CLEAN, (), Verdict.NOT_APPLICABLE),
        (NOTHING, PHONES, (), Verdict.NOT_ASSESSED),
        (msgspec.structs.replace(SOME, children=False), PHONES, (), Verdict.NOT_APPLICABLE),
        (CHILDREN, None, (), Verdict.NOT_MET),
        (CHILDREN, None, BOTH[:1], Verdict.NOT_MET),
        (CHILDREN, None, BOTH, Verdict.MET),
    ],
)
def test_children_need_their_guardians_consent_and_dedicated_rules(judge, stated, scan, documents, verdict):
    changes = {"personal_information": stated, "scan": scan, "rights": rights(*documents)}
    judged = judge(RegisterRule.CHILDREN_INFORMATION, **changes)
    assert judged.verdict is verdict
    assert bool(judged.missing) is (verdict in {Verdict.NOT_MET, Verdict.NOT_ASSESSED})


def test_pictures_are_not_searched_for_personal_information(judge):
    judged = judge(
        RegisterRule.PERSONAL_INFORMATION, modality=Modality.IMAGE, scan=CLEAN, personal_information=NOTHING
    )
    assert judged.verdict is Verdict.NOT_ASSESSED
