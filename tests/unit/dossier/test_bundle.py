"""The directory appears whole, or not at all."""

import errno
import json
from pathlib import Path

import pytest

from hegui.dossier.bundle import DossierInTheWay, drafted, refuse_to_overwrite
from hegui.ledger import verify_directory
from hegui.store import StorageFull


def contents(directory):
    return {path.name for path in directory.iterdir()}


def test_the_files_the_verifier_and_the_readme_are_there(tmp_path):
    with drafted(tmp_path / "deep" / "out", {"a.txt": b"a"}) as draft:
        (draft / "b.txt").write_text("b")

    out = tmp_path / "deep" / "out"
    assert contents(out) == {"a.txt", "b.txt", "README.txt", "verify.py"}
    assert contents(tmp_path / "deep") == {"out"}
    assert verify_directory.__name__ in (out / "verify.py").read_text(encoding="utf-8")


def test_a_failure_leaves_what_was_there(tmp_path):
    out = tmp_path / "out"
    out.mkdir()
    (out / "old").touch()

    with pytest.raises(RuntimeError), drafted(out, {"a": b"a"}):
        raise RuntimeError

    assert contents(out) == {"old"}
    assert contents(tmp_path) == {"out"}


def test_a_full_disk_is_said_to_be_full_and_leaves_nothing(tmp_path):
    with pytest.raises(StorageFull), drafted(tmp_path / "out", {}):
        raise OSError(errno.ENOSPC, "full")

    assert contents(tmp_path) == set()


def test_other_faults_of_the_disk_are_passed_on(tmp_path):
    with pytest.raises(PermissionError), drafted(tmp_path / "out", {}):
        raise PermissionError


def test_an_earlier_dossier_is_replaced_as_a_whole(tmp_path):
    with drafted(tmp_path / "out", {"a": b"a"}):
        pass
    with drafted(tmp_path / "out", {"b": b"b"}):
        pass

    assert contents(tmp_path / "out") == {"b", "README.txt", "verify.py"}


def test_an_empty_place_is_free(tmp_path):
    refuse_to_overwrite(tmp_path / "new", replace=False)
    refuse_to_overwrite(tmp_path, replace=False)


LISTED = ("figures.json", "verify.py", "evidence/heads.jsonl")


def make_dossier(directory):
    (directory / "evidence").mkdir()
    for name in (*LISTED, "manifest.note"):
        (directory / name).touch()
    listing = {"files": {name: {} for name in LISTED}, "format": "hegui-bundle/1"}
    (directory / "manifest.json").write_text(json.dumps(listing), encoding="utf-8")


def test_an_earlier_dossier_is_replaced_only_when_asked(tmp_path):
    make_dossier(tmp_path)

    refuse_to_overwrite(tmp_path, replace=True)
    with pytest.raises(DossierInTheWay, match="--force"):
        refuse_to_overwrite(tmp_path, replace=False)


def test_what_people_put_beside_a_dossier_is_not_lost(tmp_path):
    make_dossier(tmp_path)
    (tmp_path / "evidence" / "signed.pdf").touch()

    with pytest.raises(DossierInTheWay):
        refuse_to_overwrite(tmp_path, replace=True)


@pytest.mark.parametrize(
    "manifest", [None, b"", b"\xff", b"[]", b'{"name": "an application"}', b'{"files": {"src.js": {}}}']
)
def test_nothing_but_a_dossier_is_ever_replaced(tmp_path, manifest):
    (tmp_path / "src.js").touch()
    if manifest is not None:
        (tmp_path / "manifest.json").write_bytes(manifest)

    with pytest.raises(DossierInTheWay):
        refuse_to_overwrite(tmp_path, replace=True)


def test_the_directory_one_stands_in_is_a_place_too(tmp_path, monkeypatch):
    here = tmp_path / "here"
    here.mkdir()
    monkeypatch.chdir(here)

    with drafted(Path(), {"a": b"a"}):
        pass

    assert contents(here) == {"a", "README.txt", "verify.py"}
    assert contents(tmp_path) == {"here"}


def test_a_link_goes_on_pointing_where_it_does(tmp_path):
    (tmp_path / "large-disk").mkdir()
    (tmp_path / "out").symlink_to(tmp_path / "large-disk")

    with drafted(tmp_path / "out", {"a": b"a"}):
        pass

    assert (tmp_path / "out").is_symlink()
    assert contents(tmp_path / "large-disk") == {"a", "README.txt", "verify.py"}


def test_a_file_in_the_way_is_refused(tmp_path):
    (tmp_path / "out").touch()

    with pytest.raises(DossierInTheWay) as refusal:
        refuse_to_overwrite(tmp_path / "out", replace=True)
    assert refusal.value.directory == tmp_path / "out"
