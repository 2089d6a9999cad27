"""OSCAL, read by compliance-trestle as auditors' tools would."""

import datetime as dt
import json

import pytest
from trestle.oscal.catalog import Catalog
from trestle.oscal.profile import Profile

from hegui.core import BilingualText
from hegui.rulebook.export.oscal import control_id, oscal_catalog, oscal_profile

WORD = BilingualText(zh="小禾", en="Xiaohe")


@pytest.fixture(scope="module")
def catalog():
    from hegui.rulebook import Rulebook  # noqa: PLC0415 - once for the module

    return oscal_catalog(Rulebook.load())["catalog"]


@pytest.fixture(scope="module")
def controls(catalog):
    return {c["id"]: c for group in catalog["groups"] for c in group.get("controls", [])}


def read(kind, document, folder):
    path = folder / "document.json"
    path.write_text(json.dumps(document, ensure_ascii=False), encoding="utf-8")
    return kind.oscal_read(path)


def values(node, name):
    return [p["value"] for p in node["props"] if p["name"] == name]


def identifiers(node):
    if isinstance(node, dict):
        if "id" in node:
            yield node["id"]
        for member in node.values():
            yield from identifiers(member)
    elif isinstance(node, list):
        for member in node:
            yield from identifiers(member)


def test_trestle_reads_the_catalog_with_every_clause(catalog, rulebook, tmp_path):
    found = read(Catalog, {"catalog": catalog}, tmp_path)
    assert [group.id for group in found.groups] == [i.id.lower() for i in rulebook.instruments]
    assert sum(len(getattr(group, "controls", None) or []) for group in found.groups) == sum(
        len(i.clauses) for i in rulebook.instruments
    )


def test_no_identifier_is_used_twice(catalog):
    found = list(identifiers(catalog["groups"]))
    assert len(found) == len(set(found))


def test_every_link_within_the_catalog_leads_somewhere(catalog, controls):
    places = set(controls) | {resource["uuid"] for resource in catalog["back-matter"]["resources"]}
    nodes = [*catalog["groups"], *controls.values()]
    assert {
        link["href"] for node in nodes for link in node.get("links", []) if link["href"][1:] not in places
    } == set()


def test_a_civil_date_does_not_shift_a_day_when_trestle_writes_it_back(catalog, tmp_path):
    found = read(Catalog, {"catalog": catalog}, tmp_path)
    again = tmp_path / "again.json"
    found.oscal_write(again)
    written = json.loads(again.read_text(encoding="utf-8"))["catalog"]
    (group,) = [group for group in written["groups"] if group["id"] == "im"]
    assert values(group, "since") == ["2023-08-15"]
    assert written["metadata"]["last-modified"][:10] == catalog["metadata"]["last-modified"][:10]


def test_a_clause_keeps_both_languages_modal_evidence_and_condition(controls):
    clause = controls["im-17"]
    statement = clause["parts"][0]
    assert "安全评估" in statement["prose"]
    assert "assessment" in statement["parts"][0]["prose"]
    assert values(clause, "modal") == ["shall"]
    assert values(clause, "verification") == ["verified"]
    obligation = next(p for p in clause["parts"] if p.get("title") == "im.security-assessment")
    assert values(obligation, "applies-when-en")
    assert {part["name"] for part in clause["parts"]} >= {"statement", "evidence", "obligation"}


def test_what_is_unverified_says_so_and_is_counted(catalog, controls, rulebook):
    marked = [c for c in controls.values() if values(c, "verification") == ["unverified"]]
    unverified = [c for i in rulebook.instruments for c in i.clauses if not c.verification.verified]
    assert len(marked) == len(unverified) > 0
    assert " unverified" in catalog["metadata"]["remarks"]


def test_a_threshold_is_a_parameter_of_its_clause(controls):
    (parameter,) = [p for p in controls["tc260-003-5.1a"]["params"] if "source-unsafe-share" in p["id"]]
    assert parameter["values"] == ["0.05"]
    assert values(parameter, "until") == ["2025-11-01"]


def test_editions_point_to_one_another(controls):
    links = {(link["rel"], link["href"]) for link in controls["im-draft-17"]["links"]}
    assert ("became", "#im-19.1") in links or {rel for rel, _ in links} >= {"became"}


def test_trestle_reads_the_profile_and_the_catalog_has_its_controls(controls, rulebook, tmp_path):
    document = oscal_profile(
        rulebook, title=WORD, citations=["IM 17", "IM 4.1", "IM 17"], on=dt.date(2026, 11, 22), remarks=WORD
    )
    found = read(Profile, document, tmp_path)
    (chosen,) = found.imports[0].include_controls
    assert [str(getattr(name, "root", name)) for name in chosen.with_ids] == ["im-17", "im-4.1"]
    assert {"im-17", "im-4.1"} <= set(controls)
    assert values(document["profile"]["metadata"], "legal-day") == ["2026-11-22"]


def test_a_control_is_named_after_its_citation():
    assert control_id("TC260-003 5.1a") == "tc260-003-5.1a"


def test_the_same_rulebook_gives_the_same_catalog(catalog, rulebook):
    assert oscal_catalog(rulebook)["catalog"] == catalog
