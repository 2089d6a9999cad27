"""CISO Assistant libraries, held to the rules its loader has (it has no validator of its own).

A whole import was run once by hand: store, load, list in both languages, update, audit, report. What it
refuses is checked here: required keys, the form of URNs, parents that exist, depths, references.
"""

import re

import pytest
import yaml

from hegui.rulebook.export.ciso_assistant import ciso_assistant_libraries, parent_of

URN = re.compile(r"urn:[a-z0-9._-]+:risk:[a-z_]+(:[a-z0-9._-]+){1,2}")
LIBRARY_KEYS = {
    "urn",
    "locale",
    "ref_id",
    "name",
    "description",
    "version",
    "provider",
    "packager",
    "objects",
}
RELATIONSHIPS = {"subset", "intersect", "equal", "superset", "not_related"}


@pytest.fixture(scope="module")
def libraries():
    from hegui.rulebook import Rulebook  # noqa: PLC0415 - once for the module

    made = ciso_assistant_libraries(Rulebook.load())
    # As the loader sees them: through YAML.
    return {
        name: yaml.load(yaml.dump(library, Dumper=yaml.CSafeDumper), Loader=yaml.CSafeLoader)
        for name, library in made.items()
    }


def frameworks(libraries):
    return {n: x["objects"]["framework"] for n, x in libraries.items() if "framework" in x["objects"]}


def mapping_sets(libraries):
    return [s for x in libraries.values() for s in x["objects"].get("requirement_mapping_sets", [])]


def urns(value):
    if isinstance(value, dict):
        for key, member in value.items():
            if key == "urn":
                yield member
            yield from urns(member)
    elif isinstance(value, list):
        for member in value:
            yield from urns(member)


def test_every_library_has_what_the_loader_demands(libraries):
    for name, library in libraries.items():
        assert library.keys() >= LIBRARY_KEYS, name
        assert (library["locale"], type(library["version"])) == ("zh", int)
        assert re.fullmatch(r"\d{4}-\d\d-\d\d", library["publication_date"])
        assert library["translations"]["en"]["name"]


def test_every_urn_has_the_form_and_is_there_once(libraries):
    found = list(urns(libraries))
    assert [urn for urn in found if not URN.fullmatch(urn)] == []
    assert len(found) == len(set(found))


def test_there_is_one_file_for_each_instrument_of_which_clauses_are_held(libraries, rulebook):
    held = {instrument.id for instrument in rulebook.instruments if instrument.clauses}
    assert {framework["ref_id"] for framework in frameworks(libraries).values()} == held


def test_every_parent_stands_above_and_depths_follow(libraries):
    for name, framework in frameworks(libraries).items():
        depths: dict[str, int] = {}
        for node in framework["requirement_nodes"]:
            above = depths[node["parent_urn"]] if "parent_urn" in node else 0
            assert node["depth"] == above + 1, (name, node["urn"])
            depths[node["urn"]] = node["depth"]
        assert depths, name


def test_every_clause_is_a_node_in_both_languages(libraries, rulebook):
    framework = frameworks(libraries)["im"]
    clauses = rulebook.instrument("IM").clauses
    nodes = {node["urn"].rpartition(":")[2]: node for node in framework["requirement_nodes"]}
    assert nodes.keys() == {clause.id.lower() for clause in clauses}
    for clause in clauses:
        node = nodes[clause.id.lower()]
        assert (node["description"], node["ref_id"]) == (clause.text.zh, clause.number)
        assert node["translations"]["en"]["description"] == clause.text.en
        assert node["annotation"].startswith("自 2023-08-15 起")
    assert nodes["17"]["assessable"]
    assert not nodes["1"]["assessable"]


def test_what_is_unverified_says_so(libraries, rulebook):
    unverified = [c for i in rulebook.instruments for c in i.clauses if not c.verification.verified]
    nodes = [node for f in frameworks(libraries).values() for node in f["requirement_nodes"]]
    marked = [node for node in nodes if "未核实" in node["annotation"]]
    assert len(marked) == len(unverified) > 0
    assert all("unverified" in node["translations"]["en"]["annotation"] for node in marked)


def test_implementation_groups_are_defined(libraries):
    for framework in frameworks(libraries).values():
        defined = {group["ref_id"] for group in framework["implementation_groups_definition"]}
        used = {group for node in framework["requirement_nodes"] for group in node["implementation_groups"]}
        assert used <= defined


def test_mappings_lead_from_clause_to_clause_of_the_frameworks_they_name(libraries):
    nodes = {
        framework["urn"]: {node["urn"] for node in framework["requirement_nodes"]}
        for framework in frameworks(libraries).values()
    }
    assert mapping_sets(libraries)
    for found in mapping_sets(libraries):
        source, target = nodes[found["source_framework_urn"]], nodes[found["target_framework_urn"]]
        for mapping in found["requirement_mappings"]:
            assert mapping["source_requirement_urn"] in source
            assert mapping["target_requirement_urn"] in target
            assert mapping["relationship"] in RELATIONSHIPS


def test_a_mapping_depends_on_both_libraries(libraries):
    mapping = libraries["mapping-im-draft-to-im"]
    assert mapping["dependencies"] == [libraries["im-draft"]["urn"], libraries["im"]["urn"]]
    forward, back = mapping["objects"]["requirement_mapping_sets"]
    assert len(forward["requirement_mappings"]) == len(back["requirement_mappings"])


def test_what_was_softened_asked_more_and_its_successor_asks_less(libraries):
    forward, back = libraries["mapping-im-draft-to-im"]["objects"]["requirement_mapping_sets"]
    pair = ("urn:hegui:risk:req_node:im-draft:4.4", "urn:hegui:risk:req_node:im:4.5")

    def relationship(found, source, target):
        return next(
            m["relationship"]
            for m in found["requirement_mappings"]
            if (m["source_requirement_urn"], m["target_requirement_urn"]) == (source, target)
        )

    assert relationship(forward, *pair) == "superset"
    assert relationship(back, *reversed(pair)) == "subset"


def test_the_two_numberings_of_one_law_are_mapped_as_equal(libraries):
    forward, _ = libraries["mapping-csl-2017-to-csl"]["objects"]["requirement_mapping_sets"]
    assert {mapping["relationship"] for mapping in forward["requirement_mappings"]} == {"equal"}


@pytest.mark.parametrize(
    ("identifier", "known", "parent"),
    [
        ("4.1", ["4", "4.1", "41"], "4"),
        ("41", ["4", "41"], None),
        ("5.1a", ["5", "5.1", "5.1a"], "5.1"),
        ("5.1a1", ["5.1", "5.1a", "5.1a1"], "5.1a"),
        ("minors", ["minor", "minors"], None),
        ("A.1.f", ["A", "A.1"], "A.1"),
        ("4", ["4"], None),
    ],
)
def test_a_clause_stands_below_the_nearest_that_is_known(identifier, known, parent):
    assert parent_of(identifier, known) == parent
