"""The register as a whole, and the provider, held against the rules."""

import datetime as dt

import msgspec
import pytest

from hegui.core import BilingualText, Verdict
from hegui.corpus.account import Tally
from hegui.corpus.model import (
    Citation,
    Modality,
    Origin,
    RegisteredFile,
    RegisteredSource,
    RightsVerdict,
    ScannedSource,
    SourceScan,
    SourceVerdict,
)
from hegui.corpus.provenance import DocumentKind, ProofDocument, ProviderStatement, SourceSize
from hegui.corpus.provider_rules import judge_provider_rules
from hegui.corpus.rules import Law, RegisterRule
from hegui.corpus.source_rules import KnownSource
from hegui.rulebook import Modal

CITATION = Citation(clause="TC260-003 5.1a", same_as=(), verified=True)
TEXT = BilingualText(zh="原因", en="reason")
IP_KINDS = [kind for kind in DocumentKind if kind.startswith("ip_")]
WHOLE = ProviderStatement(
    vouched_by="officer",
    ip_responsible="王五",
    ip_channel="ip@hegui.example",
    documents=tuple(ProofDocument(kind=kind, path=kind) for kind in IP_KINDS),
)


@pytest.fixture
def known(make_source):
    def known(name, *, excluded=False, stored=(), **changes):
        source = make_source(id=name, **changes)
        registered = RegisteredSource(
            source=source,
            root="/srv",
            files=tuple(RegisteredFile(path="f", size_bytes=each) for each in stored),
            content="",
            rights=RightsVerdict(verdict=Verdict.MET, missing=(), reason=TEXT, citation=CITATION),
            registered_at="",
            entry="main/0",
        )
        scanned = None
        if excluded:
            verdict = SourceVerdict(
                verdict=Verdict.NOT_MET,
                unsafe=9,
                scanned=9,
                unscreened=0,
                share="1",
                limit="0.05",
                reason=TEXT,
                caveat=None,
                parameter="source-unsafe-share",
                citation=CITATION,
            )
            scan = SourceScan(source=name, content="", scanned_at="", screen="", files=(), tally=Tally())
            scanned = ScannedSource(scan=scan, verdict=verdict, entry="main/1")
        return KnownSource(registered=registered, scanned=scanned)

    return known


@pytest.fixture
def judge(rulebook):
    law = Law(rulebook, dt.date(2026, 11, 22))

    def judge(rule, *sources, provider=None):
        return {each.rule: each for each in judge_provider_rules(sources, provider, law)}[rule]

    return judge


def test_each_language_and_type_needs_several_sources(judge, known):
    sources = [known("a"), known("b", language="zh-Hans"), known("c", language="en")]
    judged = judge(RegisterRule.SEVERAL_SOURCES, *sources)
    assert judged.verdict is Verdict.NOT_MET
    assert [each.en for each in judged.missing] == ["en text comes from c only"]
    assert judge(RegisterRule.SEVERAL_SOURCES, *sources, known("d", language="EN")).verdict is Verdict.MET
    pictures = known("e", modality=Modality.IMAGE)
    assert "zh image" in judge(RegisterRule.SEVERAL_SOURCES, *sources[:2], pictures).missing[0].en


@pytest.mark.parametrize("changes", [{"excluded": True}, {"files": ()}])
def test_a_source_over_the_limit_or_not_collected_yet_adds_nothing(judge, known, changes):
    rule = RegisterRule.SEVERAL_SOURCES
    assert judge(rule, known("a"), known("b", **changes)).verdict is Verdict.NOT_MET
    assert judge(rule, known("b", **changes)).verdict is Verdict.NOT_MET
    assert judge(rule, known("a"), known("b"), known("c", **changes)).verdict is Verdict.MET


def test_foreign_material_needs_domestic_beside_it_and_a_reason(judge, known):
    domestic = known("a", stored=(3, 4))
    foreign = known("b", origin=Origin.FOREIGN, size=SourceSize(size_bytes=9))
    unknown = known("c", origin=Origin.FOREIGN, size=SourceSize(items=1))
    rule = RegisterRule.FOREIGN_WITH_DOMESTIC
    assert judge(rule, domestic).verdict is Verdict.NOT_APPLICABLE
    assert judge(rule, foreign).verdict is Verdict.NOT_MET
    for provider in (None, WHOLE):
        undecided = judge(rule, domestic, foreign, unknown, provider=provider)
        assert undecided.verdict is Verdict.NOT_ASSESSED
        assert undecided.reason.en == "foreign: 2 sources, 9 bytes; domestic: 1, 7 bytes"
    stated = msgspec.structs.replace(WHOLE, origin_mix="英文语料以境外为主")
    met = judge(rule, domestic, foreign, provider=stated)
    assert met.verdict is Verdict.MET
    assert "英文语料以境外为主" in met.reason.en


IP_RULES = [rule for rule in RegisterRule if rule.startswith("ip_")]


@pytest.mark.parametrize("rule", IP_RULES)
def test_what_a_provider_has_said_nothing_of_is_not_assessed(judge, rule):
    judged = judge(rule)
    assert judged.verdict is Verdict.NOT_ASSESSED
    assert judged.missing


@pytest.mark.parametrize("rule", IP_RULES)
def test_a_whole_statement_meets_every_rule(judge, rule):
    judged = judge(rule, provider=WHOLE)
    assert (judged.verdict, judged.missing) == (Verdict.MET, ())
    assert (judged.modal is Modal.SHOULD) is (rule is RegisterRule.IP_SUMMARY)


@pytest.mark.parametrize("rule", IP_RULES)
def test_an_empty_statement_meets_none_and_says_what_is_missing(judge, rule):
    judged = judge(rule, provider=ProviderStatement(vouched_by="officer"))
    assert judged.verdict is Verdict.NOT_MET
    assert judged.missing == judge(rule).missing


def test_the_person_and_the_channel_are_named(judge):
    assert judge(RegisterRule.IP_RESPONSIBLE, provider=WHOLE).reason.zh == "王五"
    assert judge(RegisterRule.IP_CHANNEL, provider=WHOLE).reason.zh == "ip@hegui.example"
    nobody = msgspec.structs.replace(WHOLE, ip_responsible=None)
    assert [each.en for each in judge(RegisterRule.IP_RESPONSIBLE, provider=nobody).missing] == [
        "provider.ip_responsible"
    ]
