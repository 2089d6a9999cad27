"""``hegui law export`` and ``hegui law schema``."""

import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from hegui.cli.main import main
from hegui.core import Conflict, InvalidInput

ROOT = Path(__file__).parents[3]
EXAMPLE = ROOT / "examples" / "chat-service" / "service.yaml"


def law(*arguments, language="en"):
    result = CliRunner(env={"HEGUI_LANG": language}).invoke(main, ["law", *map(str, arguments)])
    if result.exception is not None:
        raise result.exception
    return result.stdout


@pytest.mark.parametrize(
    ("form", "file"),
    [
        ("oscal", "out/catalog.json"),
        ("ciso-assistant", "out/im.yaml"),
        ("json", "out"),
        ("xlsx", "out"),
    ],
)
def test_each_format_is_written_and_counted(form, file, tmp_path):
    shown = law("export", "--format", form, "--out", tmp_path / "out")
    assert (tmp_path / file).stat().st_size > 1000
    assert " clauses and parameters are unverified and marked so" in shown
    assert "未核实，均有标注" in law("export", "--format", form, "--out", tmp_path / "out", language="zh")


def test_one_file_for_each_instrument_is_counted(tmp_path):
    report = json.loads(
        law("export", "--format", "ciso-assistant", "--out", tmp_path / "new" / "out", "--json")
    )
    assert len(report["files"]) == len(list((tmp_path / "new" / "out").iterdir())) > 20
    assert report["tally"]["unverified"] > 0


def test_a_service_gets_a_profile_of_what_applies(tmp_path):
    shown = law("export", "--format", "oscal", "--for", EXAMPLE, "--on", "2026-11-22", "--out", tmp_path)
    assert shown.startswith(f"Wrote {tmp_path / 'catalog.json'} and 1 more\n")
    profile = json.loads((tmp_path / "profile.json").read_text(encoding="utf-8"))["profile"]
    chosen = profile["imports"][0]["include-controls"][0]["with-ids"]
    assert "im-4.1" in chosen
    assert "anthro-18" not in chosen
    assert "more cannot be told yet and are left out" in profile["metadata"]["remarks"]
    law("export", "--format", "oscal", "--for", EXAMPLE, "--out", tmp_path)  # by today's rules


def test_a_profile_goes_with_oscal_only(tmp_path):
    with pytest.raises(InvalidInput, match="--for goes with --format oscal, not with xlsx"):
        law("export", "--format", "xlsx", "--for", EXAMPLE, "--out", tmp_path / "out")
    assert not (tmp_path / "out").exists()


def test_a_place_that_cannot_be_written_to_is_named(tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(Conflict, match=r"cannot write .*file"):
        law("export", "--format", "oscal", "--out", tmp_path / "file")


@pytest.mark.parametrize("kind", ["profile", "rulebook"])
def test_the_published_schema_is_what_the_command_prints(kind):
    published = ROOT / "docs" / "reference" / "schema" / f"{kind}.json"
    printed = law("schema", "--kind", kind)
    assert printed == published.read_text(encoding="utf-8"), "run: make docs"
    assert json.loads(law("schema", "--kind", kind, "--json")) == json.loads(printed)
