"""Text in the two languages of the house."""

from enum import StrEnum

from hegui.core.records import Record


class Language(StrEnum):
    """A language Hegui speaks."""

    ZH = "zh"
    EN = "en"


class BilingualText(Record):
    """The same statement in Chinese and in English.

    The Chinese wording is the authoritative one wherever a statement paraphrases Chinese law.
    """

    zh: str
    en: str

    def in_language(self, language: Language) -> str:
        """The statement in ``language``."""
        return self.zh if language is Language.ZH else self.en
