"""The draft of a report on an incident."""

import datetime as dt

import pytest

from hegui.cases import (
    Deed,
    DeedKind,
    Incident,
    IncidentKind,
    IncidentLevel,
    IncidentState,
    OperatorKind,
    deadlines,
)
from hegui.core import BilingualText, Language
from hegui.dossier.incident_report import incident_report, report_content, report_evidence_section
from hegui.dossier.typesetting import Tongue, typeset

NOON = dt.datetime(2026, 11, 22, 4, tzinfo=dt.UTC)


@pytest.fixture
def draft(make_entry, rulebook):
    def made(language=Language.EN, *, scope=None, **said):
        deed = Deed(kind=DeedKind.OPENED, at=NOON, by="li.lei", text="opened", entry="main/3")
        given = {
            "id": "3f0c",
            "kind": IncidentKind.ILLEGAL_CONTENT,
            "title": "an answer",
            "found_at": NOON,
            "state": IncidentState.OPEN,
            "risks": ("A.1.f",),
            "exchanges": ("hegui-1", "hegui-2"),
            "operators": (OperatorKind.OTHER,),
            "deeds": (deed,),
        }
        incident = Incident(**{**given, **said})
        document = incident_report(
            incident,
            deadlines=deadlines(incident, rulebook),
            drafted=NOON + dt.timedelta(hours=1),
            entries=[make_entry("cases.incident_opened", {}, 3)],
            scope=scope,
            rulebook=rulebook,
        )
        return [run.text for run in typeset(document, tongue=Tongue(language)).runs]

    return made


def test_it_names_the_service_where_the_scope_does(draft, make_entry):
    content = {"provider": {"zh": "甲公司", "en": "Company"}, "service": {"zh": "小禾", "en": "Xiaohe"}}
    assert {"甲公司", "小禾"} <= set(draft(Language.ZH, scope=make_entry("scope.judged", content)))
    assert "Company" not in draft()


def test_it_says_what_happened_and_what_is_not_done(draft):
    told = draft()
    assert {"an answer", "A.1.f", "hegui-1", "hegui-2", "2026-11-22 12:00", "not judged"} <= set(told)
    assert told.count("promptly; no hours are fixed") == 4
    assert "not done" in told
    # Whoever sends it must see what the hours hang on.
    assert any("if it is a larger one" in text for text in told)


def test_a_security_incident_has_its_own_title_and_its_level(draft):
    told = draft(kind=IncidentKind.NETWORK_SECURITY, level=IncidentLevel.MAJOR, risks=(), exchanges=())
    assert "Report on a Network Security Incident" in told
    assert "major" in told
    assert "promptly; no hours are fixed" not in told
    assert "2026-11-22 16:00" in told


def test_it_leaves_room_for_what_only_people_can_say_and_for_those_who_send_it(draft):
    told = draft(Language.ZH)
    assert {"原因初步分析", "溯源线索", "批准人", "报送机关、渠道和时间"} <= set(told)


def test_its_own_entry_holds_every_time_in_it(rulebook):
    incident = Incident(
        id="i",
        kind=IncidentKind.ILLEGAL_CONTENT,
        title="t",
        found_at=NOON,
        state=IncidentState.OPEN,
        deeds=(Deed(kind=DeedKind.STOPPED, at=NOON, by="a", text="t", entry="main/1"),),
    )
    content = report_content(incident, deadlines=deadlines(incident, rulebook), drafted=NOON)

    assert content["deeds"] == [{"at": "2026-11-22 12:00", "by": "a"}]
    assert content["deadlines"][0] == {"clause": "IM 14.1", "until": None, "done": "2026-11-22 12:00"}
    assert content["found_at"] == content["drafted"] == "2026-11-22 12:00"


def test_its_evidence_names_its_own_entry(make_entry):
    section = report_evidence_section([make_entry("cases.incident_opened", {}, 3)])
    own = section.blocks[1].rows[-1]
    assert own[2][0].text == BilingualText(
        zh="dossier.incident_report_drafted", en="dossier.incident_report_drafted"
    )
