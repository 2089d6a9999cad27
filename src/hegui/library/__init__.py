"""Official texts that the operator adds, kept in the workspace beside our paraphrases.

The rulebook states the law in our own words and ships no official text. An operator who holds one attaches
it here: it is split into articles, counted against what the rulebook knows of the instrument, kept with its
digest, and shown next to the paraphrase. It stays in the workspace and is part of no export.
"""

from hegui.library.articles import ANNEX, Article, NoArticles
from hegui.library.documents import UnreadableText
from hegui.library.model import AttachedText, TextDoubtful
from hegui.library.service import Library

__all__ = ["ANNEX", "Article", "AttachedText", "Library", "NoArticles", "TextDoubtful", "UnreadableText"]
