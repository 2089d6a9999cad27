"""Conversations that an operator keeps: sealed with a key of each user's own, and not for ever.

Nothing is kept unless the operator declares it. Erasing a user is erasing their key; reading is recorded.
"""

from hegui.archive.model import KeptExchange, RetentionPolicy, Withdrawal
from hegui.archive.service import Conversations, NothingKept, Unopenable

__all__ = ["Conversations", "KeptExchange", "NothingKept", "RetentionPolicy", "Unopenable", "Withdrawal"]
