"""How providers say that they blocked a question or an answer.

There is no standard for it: OpenAI and Azure have a finish reason and an error code, DashScope, Zhipu,
DeepSeek, MiniMax and the relays in front of them answer 400 with a code or only a phrase. All of it
means the same: the service refused, which in an evaluation is the best refusal there is.
"""

from collections.abc import Iterator

CONTENT_FILTER = "content_filter"
"""The finish reason of a blocked answer, whoever blocked it."""

_FINISH_REASONS = {"contentfilter", "sensitive", "safety"}

# Compared with the letters and digits of a `code` or `type`.
_CODES = {
    "contentfilter",  # OpenAI, Azure, Moonshot
    "contentpolicyviolation",  # OpenAI
    "responsibleaipolicyviolation",  # Azure
    "datainspectionfailed",  # DashScope (Qwen)
    "1301",  # Zhipu (GLM)
    "1026",  # MiniMax, input
    "1027",  # MiniMax, output
    "sensitivewordsdetected",  # common relays
}

# Looked for in the letters and digits of a `code`, `type` or message: relays wrap the original.
_PHRASES = (
    "datainspectionfailed",  # DashScope behind a relay
    "contentexistsrisk",  # DeepSeek: the code is only invalid_request_error
    "sensitivecontentdetected",  # Volcengine Ark: with what was found in front
    "contentmanagementpolicy",  # Azure
)

_CODE_KEYS = {"code", "type", "status_code"}
_TEXT_KEYS = {"message", "detail", "msg", "status_msg", "error"}


def normal_finish_reason(reason: str) -> str:
    """``reason``, with every provider's word for a block turned into :data:`CONTENT_FILTER`."""
    return CONTENT_FILTER if _plain(reason) in _FINISH_REASONS else reason


def is_content_block(payload: object) -> bool:
    """Whether an error body, as decoded JSON, says that content was blocked."""
    return any(
        (is_code and word in _CODES) or any(phrase in word for phrase in _PHRASES)
        for is_code, word in _words(payload)
    )


def _words(payload: object) -> Iterator[tuple[bool, str]]:
    if isinstance(payload, dict):
        for key, value in payload.items():
            if isinstance(value, dict | list):
                yield from _words(value)
            elif key in _CODE_KEYS | _TEXT_KEYS:
                yield key in _CODE_KEYS, _plain(str(value))
    elif isinstance(payload, list):
        for member in payload:
            yield from _words(member)


def _plain(word: str) -> str:
    return "".join(character for character in word.casefold() if character.isalnum())
