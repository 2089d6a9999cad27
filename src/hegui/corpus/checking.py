"""Whether what was registered is still there, and what the rules say of it."""

import datetime as dt
from collections.abc import Mapping, Sequence
from enum import StrEnum
from pathlib import Path

import msgspec

from hegui.core import BilingualText, Record, Verdict, digest_file, overall
from hegui.corpus.blocking import BlockList, read_block_list
from hegui.corpus.crawling import account_for
from hegui.corpus.model import RegisteredSource, ScannedSource
from hegui.corpus.provenance import Crawl, DocumentKind, ProofDocument, ProviderStatement
from hegui.corpus.provider_rules import judge_provider_rules
from hegui.corpus.rules import Law, RuleVerdict
from hegui.corpus.source_rules import KnownSource, judge_source_rules
from hegui.rulebook import Modal, Rulebook


class DocumentState(StrEnum):
    """What has become of a document since it was registered."""

    INTACT = "intact"
    ALTERED = "altered"
    UNREADABLE = "unreadable"

    @property
    def text(self) -> BilingualText:
        """The state, for people."""
        return _STATES[self]


_STATES = {
    DocumentState.INTACT: BilingualText(zh="未变", en="intact"),
    DocumentState.ALTERED: BilingualText(zh="已被改动", en="altered"),
    DocumentState.UNREADABLE: BilingualText(zh="无法读取", en="cannot be read"),
}


class CheckedDocument(Record):
    """A document, looked at again.

    Attributes:
        source: whose it is; ``None`` where it is the provider's.
        document: as it was registered.
        state: what has become of it.
        found: the digest of its bytes now; ``None`` where they cannot be read.
    """

    source: str | None
    document: ProofDocument
    state: DocumentState
    found: str | None


class StatedProvider(Record):
    """What the provider said of itself, and where its documents lie.

    Attributes:
        statement: what was said, with the digest of every document.
        root: the directory that relative paths start from.
    """

    statement: ProviderStatement
    root: str


class RegisterCheck(Record):
    """The register held against the rules.

    Attributes:
        checked_at: instant, UTC.
        documents: each of them, looked at again.
        rules: each of them, for each source it is about.
        verdict: over all rules that shall be met; those that should do not count.
        entry: the ledger entry that says so.
    """

    checked_at: str
    documents: tuple[CheckedDocument, ...]
    rules: tuple[RuleVerdict, ...]
    verdict: Verdict
    entry: str = ""


def check_register(
    registered: Sequence[RegisteredSource],
    scans: Mapping[str, ScannedSource],
    provider: StatedProvider | None,
    *,
    rulebook: Rulebook,
    day: dt.date,
    shown: Sequence[str] | None = None,
) -> tuple[tuple[CheckedDocument, ...], tuple[RuleVerdict, ...]]:
    """Look at every document again, and hold every source against every rule.

    What is no longer the document that was registered proves nothing.

    Args:
        registered: the whole register: some rules are about all of it.
        scans: the last scan of each source that has one of what is registered now.
        provider: what the provider says of itself; ``None`` where it has said nothing.
        rulebook: holds clauses and limits.
        day: the legal day whose law is asked.
        shown: ids of the sources to tell of; all, and the rules about all of them, where ``None``.
    """
    law = Law(rulebook, day)
    documents: list[CheckedDocument] = []
    statement, blocked = None, None
    if provider is not None:
        root = Path(provider.root)
        looked = _look(None, provider.statement.documents, root)
        documents += looked
        statement = msgspec.structs.replace(provider.statement, documents=_intact(looked))
        lists = [each for each in statement.documents if each.kind is DocumentKind.BLOCK_LIST]
        if lists:
            blocked = read_block_list(*(root / each.path for each in lists))
    known = []
    for each in registered:
        looked = _look(each.source.id, each.source.rights.documents if each.source.rights else (), each.base)
        documents += looked
        known.append(_known(each, scans.get(each.source.id), _intact(looked), blocked))
    rules = [
        verdict
        for each in known
        if shown is None or each.source.id in shown
        for verdict in judge_source_rules(each, law)
    ]
    if shown is None:
        rules += judge_provider_rules(known, statement, law)
    told = tuple(each for each in documents if shown is None or each.source in shown or _is_behind(each))
    return told, tuple(rules)


def overall_of(rules: Sequence[RuleVerdict]) -> Verdict:
    """The verdict over all that shall be done."""
    return overall(each.verdict for each in rules if each.modal is Modal.SHALL)


def _is_behind(document: CheckedDocument) -> bool:
    """Whether it is one of the provider's that no longer proves anything: verdicts on every source suffer."""
    return document.source is None and document.state is not DocumentState.INTACT


def _look(source: str | None, documents: Sequence[ProofDocument], root: Path) -> tuple[CheckedDocument, ...]:
    return tuple(_looked_at(source, each, root) for each in documents)


def _looked_at(source: str | None, document: ProofDocument, root: Path) -> CheckedDocument:
    try:
        found = digest_file(root / document.path)
    except OSError:
        return CheckedDocument(source=source, document=document, state=DocumentState.UNREADABLE, found=None)
    state = DocumentState.INTACT if found == document.digest else DocumentState.ALTERED
    return CheckedDocument(source=source, document=document, state=state, found=found)


def _intact(looked: Sequence[CheckedDocument]) -> tuple[ProofDocument, ...]:
    return tuple(each.document for each in looked if each.state is DocumentState.INTACT)


def _known(
    registered: RegisteredSource,
    scanned: ScannedSource | None,
    intact: tuple[ProofDocument, ...],
    blocked: BlockList | None,
) -> KnownSource:
    rights = registered.source.rights
    if rights is None:
        return KnownSource(registered=registered, scanned=scanned)
    source = msgspec.structs.replace(
        registered.source, rights=msgspec.structs.replace(rights, documents=intact)
    )
    account = None
    if rights.crawl is not None and _paths(rights.crawl) <= {each.path for each in intact}:
        account = account_for(rights.crawl, root=registered.base, blocked=blocked or BlockList())
    return KnownSource(
        registered=msgspec.structs.replace(registered, source=source),
        scanned=scanned,
        crawl=account,
        listed=blocked is not None,
    )


def _paths(crawl: Crawl) -> set[str]:
    return {crawl.log, *(each.path for each in crawl.robots if each.path is not None)}
