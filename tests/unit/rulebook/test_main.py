"""``python -m hegui.rulebook``."""

import pytest

from hegui.rulebook import __main__ as command
from hegui.rulebook.service import compile_book


def test_it_writes_the_compiled_book(small_book, monkeypatch):
    folder = small_book()
    monkeypatch.setattr(command, "DATA", folder)
    monkeypatch.setattr(command, "COMPILED", folder / "book.json")
    command.main()
    assert (folder / "book.json").read_bytes() == compile_book(folder)


def test_it_says_what_is_wrong_with_the_files(small_book, monkeypatch):
    folder = small_book("obligations/all.yaml", "when: large", "when: lrage")
    monkeypatch.setattr(command, "DATA", folder)
    monkeypatch.setattr(command, "COMPILED", folder / "book.json")
    with pytest.raises(SystemExit, match="did you mean large"):
        command.main()
    assert not (folder / "book.json").exists()
