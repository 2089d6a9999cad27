"""The shape of every model object: an immutable, typed, strict record."""

from typing import dataclass_transform

import msgspec


@dataclass_transform(frozen_default=True, kw_only_default=True, field_specifiers=(msgspec.field,))
class Record(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """An immutable value with typed fields.

    Records are what services take and return, what the API serialises and what repositories store:
    there is no second class for the same idea. Unknown fields are refused when a record is read from
    a file or a request, so that a misspelt field is an error and never silently ignored.
    """
