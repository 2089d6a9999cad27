import compileall
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

import hegui.corpus
from hegui.core.doors import front_door
from hegui.corpus import kernel

SHARD_READER = """
import sys
import hegui.corpus.kernel
from hegui.corpus import LocalProcesses, scan_shard
print(*(name for name in ("sqlalchemy", "cryptography", "yaml") if name in sys.modules))
"""


def test_what_a_room_opens_is_what_the_module_defines():
    opened, _ = front_door("hegui.corpus")
    assert opened("scan_shard") is kernel.scan_shard
    assert hegui.corpus.scan_shard is kernel.scan_shard


def test_what_a_room_does_not_open_is_no_attribute():
    with pytest.raises(AttributeError, match=r"module 'hegui\.corpus' has no attribute 'scan_shart'"):
        hegui.corpus.scan_shart  # noqa: B018 - that is what is tried


def test_a_room_tells_what_it_opens_before_anything_was_asked_for():
    done = subprocess.run(
        [sys.executable, "-c", "import hegui.corpus; print(*dir(hegui.corpus))"],
        check=True,
        capture_output=True,
        text=True,
    )
    assert {*hegui.corpus.__all__, "__doc__"} <= {*done.stdout.split()}


def test_a_room_of_which_only_bytecode_is_installed_opens_the_same(tmp_path):
    package = Path(hegui.corpus.__file__).parents[1]
    installed = shutil.copytree(package, tmp_path / "hegui", ignore=shutil.ignore_patterns("__pycache__"))
    compileall.compile_dir(installed, legacy=True, quiet=2, workers=1)
    for source in installed.rglob("*.py"):
        source.unlink()
    done = subprocess.run(
        [sys.executable, "-c", "import hegui.corpus; print(hegui.corpus.__file__, hegui.corpus.scan_shard)"],
        check=True,
        capture_output=True,
        text=True,
        env={
            "PYTHONPATH": str(tmp_path)
        },  # and nothing that has it measured: there is no source to report on
    )
    assert done.stdout.startswith(f"{installed}/corpus/__init__.pyc <function scan_shard")


def test_who_reads_shards_loads_no_database():
    done = subprocess.run([sys.executable, "-c", SHARD_READER], check=True, capture_output=True, text=True)
    assert done.stdout.split() == []
