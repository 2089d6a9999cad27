"""``python -m hegui.rulebook``."""

import runpy
import sys

import pytest

from hegui.rulebook import __main__ as command
from hegui.rulebook import service
from hegui.rulebook.service import compile_book


def test_it_writes_the_compiled_book(small_book, monkeypatch):
    folder = small_book()
    monkeypatch.setattr(command, "DATA", folder)
    monkeypatch.setattr(command, "COMPILED", folder / "book.json")
    command.main()
    assert (folder / "book.json").read_bytes() == compile_book(folder)


def test_it_runs_as_a_module(small_book, monkeypatch):
    folder = small_book()
    monkeypatch.setattr(service, "DATA", folder)
    monkeypatch.setattr(service, "COMPILED", folder / "book.json")
    monkeypatch.delitem(sys.modules, "hegui.rulebook.__main__")
    runpy.run_module("hegui.rulebook", run_name="__main__")
    assert (folder / "book.json").read_bytes() == compile_book(folder)


def test_it_says_what_is_wrong_with_the_files(small_book, monkeypatch):
    folder = small_book("obligations/all.yaml", "when: large", "when: lrage")
    monkeypatch.setattr(command, "DATA", folder)
    monkeypatch.setattr(command, "COMPILED", folder / "book.json")
    with pytest.raises(SystemExit, match="did you mean large"):
        command.main()
    assert not (folder / "book.json").exists()
