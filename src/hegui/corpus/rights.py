"""Which documents prove the right to use a source."""

from hegui.core import BilingualText, Verdict
from hegui.corpus.model import Citation, DocumentKind, Rights, RightsVerdict, SourceKind
from hegui.rulebook import Clause

INSTRUMENT = "TC260-003"

CLAUSES = {
    SourceKind.OPEN_SOURCE: "5.1c1",
    SourceKind.SELF_COLLECTED: "5.1c2",
    SourceKind.COMMERCIAL: "5.1c3",
    SourceKind.USER_INPUT: "5.1c4",
    # The clause on self-collected material covers what the provider produces itself.
    SourceKind.SYNTHETIC: "5.1c2",
}
"""The clause of :data:`INSTRUMENT` that asks for proof, by kind of source."""

_REQUIRED = {
    SourceKind.OPEN_SOURCE: (DocumentKind.LICENSE,),
    SourceKind.SELF_COLLECTED: (DocumentKind.COLLECTION_RECORD,),
    SourceKind.COMMERCIAL: (DocumentKind.CONTRACT, DocumentKind.COMMITMENT, DocumentKind.AUDIT_RECORD),
    SourceKind.USER_INPUT: (DocumentKind.AUTHORIZATION_RECORD,),
    SourceKind.SYNTHETIC: (DocumentKind.COLLECTION_RECORD,),
}


def judge_rights(kind: SourceKind, rights: Rights | None, *, clause: Clause) -> RightsVerdict:
    """Whether every document that ``kind`` needs is there.

    What the documents say is for people to judge: whoever vouches for the rights answers for that.

    Args:
        kind: of the source.
        rights: what was declared; ``None`` where nothing was.
        clause: the one that :data:`CLAUSES` names for ``kind``.

    Returns:
        Met, or not met with what is missing.

    Basis:
        TC260-003 5.1c1
        TC260-003 5.1c2
        TC260-003 5.1c3
        TC260-003 5.1c4
    """
    present = {document.kind for document in rights.documents} if rights else set()
    missing = tuple(each for each in _REQUIRED[kind] if each not in present)
    citation = Citation(clause=clause.citation, same_as=clause.same_as, verified=clause.verification.verified)
    if missing:
        return RightsVerdict(
            verdict=Verdict.NOT_MET, missing=missing, reason=_lacking(kind, missing), citation=citation
        )
    reason = BilingualText(
        zh=f"{kind.text.zh}语料所需的证明文件齐全",
        en=f"every document that {kind.text.en} material needs is there",
    )
    return RightsVerdict(verdict=Verdict.MET, missing=(), reason=reason, citation=citation)


def _lacking(kind: SourceKind, missing: tuple[DocumentKind, ...]) -> BilingualText:
    zh = "、".join(each.text.zh for each in missing)
    en = "; ".join(each.text.en for each in missing)
    return BilingualText(
        zh=f"{kind.text.zh}语料缺少：{zh}；补齐后重新登记",
        en=f"{kind.text.en} material lacks: {en}; supply it and register the source again",
    )
