"""Text in the two languages of the house."""

from enum import StrEnum

from hegui.core.records import Record


class Language(StrEnum):
    """A language Hegui speaks."""

    ZH = "zh"
    EN = "en"


def counted(count: int, one: str, many: str | None = None) -> str:
    """How many there are of what, in English: ``1 line``, ``2 lines``.

    Args:
        count: how many.
        one: what stands behind a 1.
        many: what stands behind every other number; ``one`` with an s where nothing is given.
    """
    return f"{count} {one if count == 1 else many or f'{one}s'}"


class BilingualText(Record):
    """The same statement in Chinese and in English.

    The Chinese wording is the authoritative one wherever a statement paraphrases Chinese law.
    """

    zh: str
    en: str

    def in_language(self, language: Language) -> str:
        """The statement in ``language``."""
        return self.zh if language is Language.ZH else self.en
