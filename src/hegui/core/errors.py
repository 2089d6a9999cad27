"""Errors that mean "I cannot do what you asked".

A failed *requirement* is never an exception: it is a :class:`hegui.core.Verdict`.

::

    HeguiError
    ├── InvalidInput   what was given cannot be used     exit status 2, HTTP 422
    ├── NotFound       what was named does not exist     exit status 3, HTTP 404
    └── Conflict       the state of things forbids it    exit status 4, HTTP 409

A room's own errors subclass one of the three and are defined beside what raises them.
"""

from hegui.core.text import BilingualText, Language


class HeguiError(Exception):
    """Something Hegui cannot do, said in both languages with the place and the cure."""

    def __init__(self, *, zh: str, en: str) -> None:
        """Keep the message in both languages; ``str(error)`` is the English one."""
        super().__init__(en)
        self.text = BilingualText(zh=zh, en=en)

    def in_language(self, language: Language) -> str:
        """The message in ``language``."""
        return self.text.in_language(language)


class InvalidInput(HeguiError):
    """What was given cannot be used as it is."""


class NotFound(HeguiError):
    """What was named does not exist."""


class Conflict(HeguiError):
    """The present state of things forbids what was asked."""
