"""What others find in the same lines. Run by ``personal_information.py`` with the interpreter that has them.

Reads lines from standard input as JSON and writes, for each of the others that is installed, its findings and
the CPU time it took. Each is set up as generously as it can be without writing recognisers of one's own:
Presidio for Chinese with all recognisers it has, telephones of the region, and a pipeline without a model,
since models are downloaded separately; of LiteLLM's content filter the patterns that name a kind we know.
"""

import importlib.metadata
import importlib.util
import json
import logging
import re
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

Told = tuple[str, int, int]
"""A kind, in our words, and where it stands."""

_PRESIDIO_KINDS = {
    "PHONE_NUMBER": "phone",
    "EMAIL_ADDRESS": "email",
    "CREDIT_CARD": "bank_card",
    "IP_ADDRESS": "ip_address",
    "MAC_ADDRESS": "mac_address",
}
_LITELLM_KINDS = {
    "email": "email",
    "credit_card": "bank_card",
    "visa": "bank_card",
    "mastercard": "bank_card",
    "amex": "bank_card",
    "discover": "bank_card",
    "ipv4": "ip_address",
    "ipv6": "ip_address",
    "passport_china": "passport",
    "us_phone": "phone",
}
_LITELLM_PATTERNS = "proxy/guardrails/guardrail_hooks/litellm_content_filter/patterns.json"


def main() -> None:
    """Let each read the lines."""
    lines = json.load(sys.stdin)
    answers = {}
    for package, prepare in (("presidio_analyzer", presidio), ("litellm", litellm)):
        if importlib.util.find_spec(package) is None:
            continue
        read = prepare()
        read(lines[0])  # what is made on first use
        begun = time.process_time()
        told = [read(line) for line in lines]
        spent = time.process_time() - begun
        version = importlib.metadata.version(package)
        answers[prepare.__name__] = {"version": version, "seconds": spent, "told": told}
    json.dump(answers, sys.stdout)


def presidio() -> Callable[[str], list[Told]]:
    """Presidio's analyser for Chinese."""
    import spacy  # noqa: PLC0415 - only where it is installed
    import tldextract  # noqa: PLC0415 - likewise
    from presidio_analyzer import AnalyzerEngine, RecognizerRegistry  # noqa: PLC0415 - likewise
    from presidio_analyzer.nlp_engine import SpacyNlpEngine  # noqa: PLC0415 - likewise
    from presidio_analyzer.predefined_recognizers import (  # noqa: PLC0415 - likewise
        CreditCardRecognizer,
        PhoneRecognizer,
    )

    logging.disable(logging.WARNING)
    tldextract.extract = tldextract.TLDExtract(suffix_list_urls=())  # its own list; the network is not asked

    class Blank(SpacyNlpEngine):  # type: ignore[misc]  # typed only where it is installed
        """Tokens without a model."""

        def __init__(self) -> None:
            super().__init__(models=[{"lang_code": "zh", "model_name": "blank"}])
            self.nlp = {"zh": spacy.blank("zh")}

        def load(self) -> None:
            """Everything is here."""

    engine = Blank()
    registry = RecognizerRegistry(supported_languages=["zh"])
    registry.load_predefined_recognizers(languages=["zh"], nlp_engine=engine)
    registry.remove_recognizer("PhoneRecognizer")
    registry.add_recognizer(
        PhoneRecognizer(supported_language="zh", supported_regions=["CN", "HK", "MO", "TW"])
    )
    registry.add_recognizer(CreditCardRecognizer(supported_language="zh"))
    analyzer = AnalyzerEngine(registry=registry, nlp_engine=engine, supported_languages=["zh"])

    def read(line: str) -> list[Told]:
        return [
            (_PRESIDIO_KINDS.get(found.entity_type, found.entity_type), found.start, found.end)
            for found in analyzer.analyze(line, language="zh", entities=list(_PRESIDIO_KINDS))
        ]

    return read


def litellm() -> Callable[[str], list[Told]]:
    """The expressions of LiteLLM's content filter, as it compiles them; the package itself is not run."""
    spec = importlib.util.find_spec("litellm")
    folder = Path(next(iter(spec.submodule_search_locations or ()))) if spec else Path()
    written = json.loads((folder / _LITELLM_PATTERNS).read_text(encoding="utf-8"))["patterns"]
    patterns = [
        (_LITELLM_KINDS[each["name"]], re.compile(each["pattern"], re.IGNORECASE))
        for each in written
        if each["name"] in _LITELLM_KINDS
    ]

    def found(line: str) -> Iterator[Told]:
        for kind, pattern in patterns:
            for match in pattern.finditer(line):
                yield kind, match.start(), match.end()

    return lambda line: list(found(line))


if __name__ == "__main__":
    main()
