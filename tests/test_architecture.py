"""The house's import contracts, and that each of them can fail.

A contract that was never seen to fail may hold nothing: every one is run on a copy of the package with a
violation planted in it.
"""

import re
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
PYPROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())
CONTRACTS = {contract["id"]: contract["name"] for contract in PYPROJECT["tool"]["importlinter"]["contracts"]}

# contract, file, what is planted at its end
PLANTS = {
    "a room below imports one above": ("layers", "core/period.py", "from hegui.store import Blobs"),
    "siblings import one another": ("layers", "scope/service.py", "from hegui.corpus import Corpus"),
    "the ledger knows the law": ("layers", "ledger/service.py", "from hegui.rulebook import Rulebook"),
    "a room is in no layer": ("layers", "attic/__init__.py", '"""A room nobody planned."""'),
    "a deferred import is an import": (
        "layers",
        "corpus/service.py",
        "def late() -> None:\n    from hegui.workspace import Workspace",
    ),
    "two files need one another": ("acyclic", "core/text.py", "from hegui.core.verdict import Verdict"),
    "a service speaks SQL": ("sql", "scope/service.py", "import sqlalchemy"),
    "the command line speaks SQL": ("sql", "cli/main.py", "from sqlalchemy import select"),
    "a second way into SQLite": ("sql", "gateway/service.py", "import sqlite3"),
    "a model uses the repository": ("repository", "corpus/gate.py", "import hegui.corpus.repository"),
    "the workspace uses a repository": ("repository", "workspace.py", "from hegui.corpus import repository"),
    "a model speaks HTTP": ("pure", "evaluation/model.py", "import aiohttp"),
    "a model opens the store": ("pure", "corpus/model.py", "from hegui.store import Blobs"),
    "a model rolls dice": ("pure", "scope/model.py", "import random"),
    "the core knows the command line": ("pure", "core/errors.py", "import click"),
    "a room serves pages": ("edge", "corpus/service.py", "import starlette"),
    "the verifier leans on the house": ("verifier", "ledger/verify.py", "from hegui.core import Verdict"),
    "the verifier needs a package": ("verifier", "ledger/verify.py", "import msgspec"),
}


def broken_contracts(package_parent: Path) -> set[str]:
    """The names of the contracts that the package in ``package_parent`` breaks."""
    run = subprocess.run(
        [Path(sys.executable).with_name("lint-imports"), "--no-cache", "--config", ROOT / "pyproject.toml"],
        cwd=package_parent,  # import-linter looks here first
        env={"PYTHONPATH": str(package_parent), "PATH": "", "COLUMNS": "200"},
        capture_output=True,
        text=True,
        check=False,
    )
    broken = {
        name
        for name in CONTRACTS.values()
        if re.search(rf"^{re.escape(name)} BROKEN", run.stdout, re.MULTILINE)
    }
    kept = {
        name
        for name in CONTRACTS.values()
        if re.search(rf"^{re.escape(name)} KEPT", run.stdout, re.MULTILINE)
    }
    assert broken | kept == set(CONTRACTS.values()), run.stdout + run.stderr
    assert run.returncode == (1 if broken else 0)
    return broken


def test_the_house_keeps_its_contracts():
    assert broken_contracts(ROOT / "src") == set()


def test_every_contract_has_a_plant():
    assert {contract for contract, _, _ in PLANTS.values()} == set(CONTRACTS)


@pytest.mark.parametrize(("contract", "file", "planted"), PLANTS.values(), ids=PLANTS)
def test_a_planted_violation_breaks_its_contract(contract, file, planted, tmp_path):
    shutil.copytree(
        ROOT / "src", tmp_path, dirs_exist_ok=True, ignore=shutil.ignore_patterns("__pycache__", "data")
    )
    path = tmp_path / "hegui" / file
    path.parent.mkdir(exist_ok=True)
    present = path.read_text() if path.exists() else ""
    path.write_text(f"{present}\n{planted}\n")
    assert CONTRACTS[contract] in broken_contracts(tmp_path)
