"""What every command shares: the terminal it speaks to and the workspace it acts on."""

import functools
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from typing import TYPE_CHECKING, Any, Concatenate, ParamSpec, TypeVar

import click
import msgspec

from hegui.core import BilingualText, InvalidInput, Language
from hegui.settings import Settings, settings_from_environment

if TYPE_CHECKING:
    from hegui.workspace import Workspace

P = ParamSpec("P")
R = TypeVar("R")

Advance = Callable[[int], None]
"""Tells a progress bar how many more steps are done."""


class Terminal:
    """One run of the command line."""

    def __init__(self, settings: Settings) -> None:
        """Speak the language of ``settings``; open nothing yet."""
        self.settings = settings
        self.as_json = False
        self._stack = ExitStack()
        self._workspace: Workspace | None = None

    @property
    def language(self) -> Language:
        """The language people are spoken to in."""
        return self.settings.language

    @property
    def workspace(self) -> "Workspace":
        """The workspace, opened on first use and closed when the command ends.

        Raises:
            NotFound: there is no workspace at the place the settings name.
        """
        if self._workspace is None:
            # SQLAlchemy is a fifth of a second: only commands that need a workspace pay for it.
            from hegui.workspace import Workspace  # noqa: PLC0415

            self._workspace = self._stack.enter_context(Workspace.open(self.settings))
        return self._workspace

    def close(self) -> None:
        """Close what was opened."""
        self._stack.close()

    def text(self, text: BilingualText) -> str:
        """``text`` in the terminal's language."""
        return text.in_language(self.language)

    def say(self, *, zh: str, en: str) -> None:
        """Tell people something that is not the command's result."""
        click.echo(zh if self.language is Language.ZH else en, err=True)

    def result(self, value: object, text: Callable[[], str]) -> None:
        """Print the command's result: ``value`` as JSON under ``--json``, else what ``text`` returns."""
        if self.as_json:
            encoded = msgspec.json.encode(value, enc_hook=str, order="sorted")
            click.echo(msgspec.json.format(encoded, indent=2))
        else:
            click.echo(text())

    @contextmanager
    def progress(self, *, zh: str, en: str, total: int, in_bytes: bool = False) -> Iterator[Advance]:
        """A progress bar on standard error over ``total`` steps; of bytes, with how many go by."""
        label = zh if self.language is Language.ZH else en
        begun = time.monotonic()

        bar = click.progressbar(length=total, label=label, file=sys.stderr, show_pos=not in_bytes)
        if in_bytes:
            bar.item_show_func = lambda _item: f"{bar.pos / 1e6 / (time.monotonic() - begun):.1f} MB/s"
        with bar:
            yield bar.update


def environment_language() -> Language:
    """The language of the environment; English where it asks for one there is not.

    Help texts are made while modules load, before an error can be reported; the wrong setting is
    reported as soon as a command runs.
    """
    try:
        return settings_from_environment().language
    except InvalidInput:
        return Language.EN


def phrase(*, zh: str, en: str) -> str:
    """A text in the language of the environment."""
    return zh if environment_language() is Language.ZH else en


def printable(text: str) -> str:
    """What strangers or models wrote, unable to command the terminal."""
    return "".join(character if character.isprintable() else ascii(character)[1:-1] for character in text)


def pass_terminal(command: Callable[Concatenate[Terminal, P], R]) -> Callable[P, R]:
    """Hand a command its :class:`Terminal` and give it the ``--json`` option."""

    @functools.wraps(command)
    def called(*args: P.args, **kwargs: P.kwargs) -> R:
        return command(click.get_current_context().find_object(Terminal), *args, **kwargs)  # type: ignore[arg-type]  # main always sets it

    return click.option(
        "--json",
        is_flag=True,
        expose_value=False,
        callback=_choose_json,
        help=phrase(zh="输出 JSON，供程序读取。", en="Print JSON for machines."),
    )(called)


def _choose_json(context: click.Context, _parameter: click.Parameter, value: Any) -> None:  # noqa: ANN401 - click's signature
    if value:
        terminal = context.find_object(Terminal)
        if terminal is not None:
            terminal.as_json = True
