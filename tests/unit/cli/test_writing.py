"""Where files can be written, and what is said where they cannot."""

import errno
import os

import click
import pytest
from click.testing import CliRunner

from hegui.cli.writing import CannotWrite, NewFile, write_file


@pytest.fixture
def asked():
    """Asks a command to write somewhere, and tells whether it began to work."""

    def asked(path):
        begun = []

        @click.command()
        @click.option("--out", type=NewFile())
        def command(out):
            begun.append(out)

        return begun, CliRunner().invoke(command, ["--out", str(path)]).exception

    return asked


def test_a_place_where_a_file_can_be_is_taken(asked, tmp_path):
    assert asked(tmp_path / "new.csv") == ([tmp_path / "new.csv"], None)
    (tmp_path / "old.csv").touch()
    assert asked(tmp_path / "old.csv") == ([tmp_path / "old.csv"], None)


@pytest.mark.parametrize(
    ("name", "number"), [("", errno.EISDIR), ("gone/new.csv", errno.ENOENT), ("shut/new.csv", errno.EACCES)]
)
def test_where_no_file_can_be_no_work_is_begun(asked, tmp_path, monkeypatch, name, number):
    (tmp_path / "shut").mkdir()
    monkeypatch.setattr(os, "access", lambda folder, mode: mode != os.W_OK or folder.name != "shut")
    begun, error = asked(tmp_path / name)
    assert begun == []
    assert isinstance(error, CannotWrite)
    assert os.strerror(number) in error.text.en


def test_what_the_file_system_refuses_later_is_a_message(tmp_path):
    write_file(tmp_path / "new.csv", [b"a", b"b"])
    assert (tmp_path / "new.csv").read_bytes() == b"ab"
    with pytest.raises(CannotWrite, match="No space left on device"):
        write_file(tmp_path / "new.csv", _full())
    with pytest.raises(CannotWrite, match="Input/output error"):
        write_file(tmp_path / "new.csv", _broken())


def _full():
    yield b"a"
    raise OSError(errno.ENOSPC, "full")


def _broken():
    raise OSError
    yield b""
