"""The extraction table: which text of which interface is read. Pure.

The table is written the safe way round. It does not list what is text, because a list forgets; it lists
the few strings that are *not*: names, media and token values. Every other string of a request and of an
answer is read, whatever the field is called and however deep it stands, so a field that a provider
invents tomorrow is read tomorrow.
"""

from collections.abc import Mapping
from enum import StrEnum
from typing import Any

from hegui.core import Record

JsonObject = dict[str, Any]

Event = JsonObject | bytes
"""One event of a streamed answer on its way out; one that says what many say is written as JSON already."""


class Manner(StrEnum):
    """How an interface says things: an answer, a refusal, an end."""

    CHAT = "chat"
    COMPLETION = "completion"
    RESPONSE = "response"
    TRANSCRIPT = "transcript"
    IMAGE = "image"
    SPEECH = "speech"
    DATA = "data"
    """Numbers only: there is nothing to label, and a refusal is an error."""


class Interface(Record):
    """One interface that is screened.

    Attributes:
        path: behind ``/v1/``; ``{id}`` stands for one segment.
        manner: how it speaks.
        method: the HTTP method.
        form: whether requests are multipart forms.
        tokens: fields that may hold token numbers in place of text, which cannot be read.
    """

    path: str
    manner: Manner
    method: str = "POST"
    form: bool = False
    tokens: tuple[str, ...] = ()


SURFACES = (
    Interface(path="chat/completions", manner=Manner.CHAT),
    Interface(path="completions", manner=Manner.COMPLETION, tokens=("prompt",)),
    Interface(path="responses", manner=Manner.RESPONSE),
    Interface(path="responses/{id}", manner=Manner.RESPONSE, method="GET"),
    Interface(path="responses/{id}/input_items", manner=Manner.DATA, method="GET"),
    Interface(path="responses/{id}/cancel", manner=Manner.RESPONSE),
    Interface(path="responses/{id}", manner=Manner.DATA, method="DELETE"),
    Interface(path="embeddings", manner=Manner.DATA, tokens=("input",)),
    Interface(path="images/generations", manner=Manner.IMAGE),
    Interface(path="images/edits", manner=Manner.IMAGE, form=True),
    Interface(path="audio/speech", manner=Manner.SPEECH),
    Interface(path="audio/transcriptions", manner=Manner.TRANSCRIPT, form=True),
    Interface(path="audio/translations", manner=Manner.TRANSCRIPT, form=True),
)
"""What is passed on to a model. ``/v1/models`` and ``/v1/moderations`` the gateway answers itself."""

NAMES = frozenset(
    {
        "call_id",
        "conversation",
        "finish_reason",
        "id",
        "item_id",
        "model",
        "object",
        "previous_response_id",
        "prompt_cache_key",
        "response_id",
        "role",
        "safety_identifier",
        "service_tier",
        "status",
        "system_fingerprint",
        "tool_call_id",
        "type",
        "user",
    }
)
"""Fields that name something. They are not read as long as they look like names: letters, digits and
``_ . : / @ + = -`` of ASCII. Otherwise they are text like any other."""

OPAQUE = frozenset({"embedding", "encrypted_content", "obfuscation", "signature"})
"""Values that no reader and no screen can make sense of; read as text when they look like text."""

MEDIA = frozenset(
    {
        "audio_url",
        "b64_json",
        "file",
        "file_data",
        "file_id",
        "file_url",
        "image_file",
        "image_url",
        "input_audio",
        "partial_image_b64",
        "server_url",
        "video_url",
    }
)
"""Fields whose strings are pictures, sounds, files, or the addresses of such."""

MEDIA_PARTS = frozenset(
    {
        "audio_url",
        "file",
        "image",
        "image_file",
        "image_url",
        "input_audio",
        "input_file",
        "input_image",
        "video",
        "video_url",
    }
)
"""Values of ``type`` that say that a part is no text."""

TOKEN_VALUES = frozenset(
    {"logprobs", "top_logprobs", "prompt_logprobs", "prompt_token_ids", "return_token_ids", "token_ids"}
)
"""Fields that carry an answer a second time, token by token, past what was masked. They are neither asked
for nor let out."""

WHOLE_IN_STREAMS = frozenset({"name"})
"""Fields of a streamed delta that arrive in one piece and are wanted at once."""

_BY_PLACE: Mapping[tuple[str, tuple[str, ...]], Interface] = {
    (surface.method, tuple(surface.path.split("/"))): surface for surface in SURFACES
}


def surface_at(method: str, path: str) -> Interface | None:
    """The surface that answers ``method`` at ``path`` (behind ``/v1/``), if any does."""
    segments = tuple(path.split("/"))
    exact = _BY_PLACE.get((method, segments))
    if exact is not None or len(segments) < 2 or not segments[1]:  # noqa: PLR2004 - a second segment can be an id
        return exact
    return _BY_PLACE.get((method, (segments[0], "{id}", *segments[2:])))
