"""Which documents prove the right to use a source."""

from hegui.core import BilingualText, Verdict
from hegui.corpus.licenses import license_caveat
from hegui.corpus.model import Citation, RightsVerdict, Source
from hegui.corpus.provenance import DocumentKind, SourceKind

_CLAUSES = {
    SourceKind.OPEN_SOURCE: "5.1c1",
    SourceKind.SELF_COLLECTED: "5.1c2",
    SourceKind.COMMERCIAL: "5.1c3",
    SourceKind.USER_INPUT: "5.1c4",
    # The clause on self-collected material covers what the provider produces itself.
    SourceKind.SYNTHETIC: "5.1c2",
}

_REQUIRED = {
    SourceKind.OPEN_SOURCE: (DocumentKind.LICENSE,),
    SourceKind.SELF_COLLECTED: (DocumentKind.COLLECTION_RECORD,),
    SourceKind.COMMERCIAL: (DocumentKind.CONTRACT, DocumentKind.COMMITMENT, DocumentKind.AUDIT_RECORD),
    SourceKind.USER_INPUT: (DocumentKind.AUTHORIZATION_RECORD,),
    SourceKind.SYNTHETIC: (DocumentKind.COLLECTION_RECORD,),
}


def rights_clause(source: Source) -> str:
    """The clause of TC260-003 that asks for proof of the right to ``source``."""
    # What a collection of links points to is not in it: the provider fetches that itself.
    return _CLAUSES[SourceKind.SELF_COLLECTED if source.links else source.kind]


def judge_rights(source: Source, *, citation: Citation) -> RightsVerdict:
    """Whether every document that a source of its kind needs is there.

    What the documents say is for people to judge: whoever vouches for the rights answers for that. A
    collection of links needs what its own kind needs, and the record of fetching what they point to.

    Args:
        source: as it is declared.
        citation: of the clause that :func:`rights_clause` names.

    Returns:
        Met, or not met with what is missing.

    Basis:
        TC260-003 5.1c1
        TC260-003 5.1c2
        TC260-003 5.1c3
        TC260-003 5.1c4
    """
    kind = source.kind
    present = {document.kind for document in source.rights.documents} if source.rights else set()
    required = _REQUIRED[kind]
    if source.links:
        required = tuple(dict.fromkeys((*required, DocumentKind.COLLECTION_RECORD)))
    missing = tuple(each for each in required if each not in present)
    verdict = Verdict.NOT_MET if missing else Verdict.MET
    caveat = None
    if kind is SourceKind.OPEN_SOURCE and source.rights is not None:
        caveat = license_caveat(source.rights.license)
    return RightsVerdict(
        verdict=verdict,
        missing=missing,
        reason=_lacking(kind, missing) if missing else _complete(kind),
        citation=citation,
        caveat=caveat,
    )


def _complete(kind: SourceKind) -> BilingualText:
    return BilingualText(
        zh=f"{kind.text.zh}语料所需的证明文件齐全",
        en=f"every document that {kind.text.en} material needs is there",
    )


def _lacking(kind: SourceKind, missing: tuple[DocumentKind, ...]) -> BilingualText:
    zh = "、".join(each.text.zh for each in missing)
    en = "; ".join(each.text.en for each in missing)
    return BilingualText(
        zh=f"{kind.text.zh}语料缺少：{zh}；补齐后重新登记",
        en=f"{kind.text.en} material lacks: {en}; supply it and register the source again",
    )
