"""The profile file: ``service.yaml``."""

from pathlib import Path

import msgspec

from hegui.core import BilingualText, InvalidDocument, Record, field_line, load_document
from hegui.rulebook import Rulebook
from hegui.scope.model import FactValue, InvalidFact, ServiceProfile, check_facts


class _Written(Record):
    """A profile as written, before its facts are known to be facts."""

    name: BilingualText
    provider: BilingualText
    facts: dict[str, object]


def read_profile(path: Path, rulebook: Rulebook) -> ServiceProfile:
    """The profile that a YAML (or JSON) file states.

    A fact left out or written ``null`` is unknown.

    Raises:
        NotFound: there is no such file.
        InvalidDocument: it cannot be read, or states a fact or value that the rulebook does not know.
    """
    written = load_document(path, _Written)
    stated = {name: value for name, value in written.facts.items() if value is not None}
    try:
        check_facts(stated, rulebook.facts)
    except InvalidFact as error:
        field = f"facts.{error.fact}"
        raise InvalidDocument(
            path=path, line=field_line(path, field), field=field, zh=error.text.zh, en=error.text.en
        ) from error
    return ServiceProfile(
        name=written.name, provider=written.provider, facts=msgspec.convert(stated, dict[str, FactValue])
    )
