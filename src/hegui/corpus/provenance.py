"""Where the material of a source came from, and what proves the right to use it."""

import datetime as dt
from enum import StrEnum
from typing import Annotated

import msgspec

from hegui.core import BilingualText, Record


class SourceKind(StrEnum):
    """How the material came into the provider's hands."""

    OPEN_SOURCE = "open_source"
    SELF_COLLECTED = "self_collected"
    COMMERCIAL = "commercial"
    USER_INPUT = "user_input"
    SYNTHETIC = "synthetic"

    @property
    def text(self) -> BilingualText:
        """The kind in the words of a filing's table."""
        return _KINDS[self]


_KINDS = {
    SourceKind.OPEN_SOURCE: BilingualText(zh="开源", en="open source"),
    SourceKind.SELF_COLLECTED: BilingualText(zh="自采", en="self-collected"),
    SourceKind.COMMERCIAL: BilingualText(zh="商业", en="commercial"),
    SourceKind.USER_INPUT: BilingualText(zh="使用者输入", en="user input"),
    SourceKind.SYNTHETIC: BilingualText(zh="合成", en="synthetic"),
}


class DocumentKind(StrEnum):
    """What a document proves: of the right to a source, or of how the provider looks after all of them."""

    LICENSE = "license"
    COLLECTION_RECORD = "collection_record"
    ROBOTS = "robots"
    CONTRACT = "contract"
    COMMITMENT = "commitment"
    AUDIT_RECORD = "audit_record"
    AUTHORIZATION_RECORD = "authorization_record"
    CONSENT_RECORD = "consent_record"
    SEPARATE_CONSENT_RECORD = "separate_consent_record"
    GROUND_RECORD = "ground_record"
    GUARDIAN_CONSENT_RECORD = "guardian_consent_record"
    CHILDREN_RULES = "children_rules"
    BLOCK_CHECK = "block_check"
    ASSESSMENT = "assessment"
    DESCRIPTION = "description"
    BLOCK_LIST = "block_list"
    IP_APPOINTMENT = "ip_appointment"
    IP_STRATEGY = "ip_strategy"
    IP_RISK_RECORD = "ip_risk_record"
    IP_NOTICE = "ip_notice"
    IP_STRATEGY_CHANGES = "ip_strategy_changes"
    IP_SUMMARY = "ip_summary"

    @property
    def text(self) -> BilingualText:
        """What to ask the business side for."""
        return _DOCUMENTS[self]


_DOCUMENTS = {
    DocumentKind.LICENSE: BilingualText(zh="开源许可或授权文件", en="open-source licence or authorisation"),
    DocumentKind.COLLECTION_RECORD: BilingualText(zh="采集记录", en="collection record"),
    DocumentKind.ROBOTS: BilingualText(zh="采集当时的 robots.txt", en="robots.txt as it was at the time"),
    DocumentKind.CONTRACT: BilingualText(zh="交易合同或合作协议", en="contract or cooperation agreement"),
    DocumentKind.COMMITMENT: BilingualText(
        zh="对方关于来源、质量、安全的承诺及证明材料",
        en="the supplier's commitment and proof of origin, quality and safety",
    ),
    DocumentKind.AUDIT_RECORD: BilingualText(
        zh="对语料、承诺和材料的审核记录", en="record of auditing the material, commitment and proof"
    ),
    DocumentKind.AUTHORIZATION_RECORD: BilingualText(zh="使用者授权记录", en="users' authorisation record"),
    DocumentKind.CONSENT_RECORD: BilingualText(zh="个人同意记录", en="record of individuals' consent"),
    DocumentKind.SEPARATE_CONSENT_RECORD: BilingualText(
        zh="个人单独同意记录", en="record of individuals' separate consent"
    ),
    DocumentKind.GROUND_RECORD: BilingualText(
        zh="其他合法依据的说明材料", en="account of the other lawful ground"
    ),
    DocumentKind.GUARDIAN_CONSENT_RECORD: BilingualText(
        zh="不满十四周岁者父母或者其他监护人的同意记录",
        en="record of the consent of the guardians of children under fourteen",
    ),
    DocumentKind.CHILDREN_RULES: BilingualText(
        zh="处理不满十四周岁者个人信息的专门规则",
        en="dedicated rules for processing information of children under fourteen",
    ),
    DocumentKind.BLOCK_CHECK: BilingualText(
        zh="被阻断信息的筛查记录", en="record of screening for blocked information"
    ),
    DocumentKind.ASSESSMENT: BilingualText(
        zh="采集前的安全评估记录", en="record of the assessment before collection"
    ),
    DocumentKind.DESCRIPTION: BilingualText(
        zh="发布者对数据集的说明", en="the publisher's description of the dataset"
    ),
    DocumentKind.BLOCK_LIST: BilingualText(zh="阻断清单", en="block list"),
    DocumentKind.IP_APPOINTMENT: BilingualText(
        zh="知识产权负责人任命书", en="appointment of who is responsible for intellectual property"
    ),
    DocumentKind.IP_STRATEGY: BilingualText(zh="知识产权管理策略", en="strategy for intellectual property"),
    DocumentKind.IP_RISK_RECORD: BilingualText(
        zh="训练前的侵权风险识别记录", en="record of identifying infringement before training"
    ),
    DocumentKind.IP_NOTICE: BilingualText(
        zh="告知知识产权风险的用户协议", en="user agreement that tells of the risks for intellectual property"
    ),
    DocumentKind.IP_STRATEGY_CHANGES: BilingualText(
        zh="知识产权策略变更记录", en="record of changes of the strategy"
    ),
    DocumentKind.IP_SUMMARY: BilingualText(
        zh="公开的知识产权相关语料摘要", en="published summary of material that touches intellectual property"
    ),
}


class ProofDocument(Record):
    """One document that proves something.

    Attributes:
        kind: what it proves.
        path: the file, relative to the declaration or absolute.
        digest: of the file's bytes. A declaration may pin it; a registration always holds it.
        vouched_by: who answers for it; where nobody is named, whoever vouches for the whole.
    """

    kind: DocumentKind
    path: str
    digest: str | None = None
    vouched_by: str | None = None


class RobotsSnapshot(Record):
    """What a site answered when asked for its robots.txt.

    Attributes:
        site: scheme and host, ``https://example.cn``.
        taken_at: the instant it was asked.
        path: the file that was answered; ``None`` where there was none.
        status: of HTTP, after redirections; 0 where the site did not answer.
    """

    site: str
    taken_at: Annotated[dt.datetime, msgspec.Meta(tz=True)]
    path: str | None = None
    status: Annotated[int, msgspec.Meta(ge=0, le=599)] = 200


class Crawl(Record):
    """How pages were collected from the web.

    Attributes:
        agent: the name by which the crawler told sites who it is.
        log: the file that names every page with the instant it was fetched.
        robots: what the sites' robots.txt said.
    """

    agent: Annotated[str, msgspec.Meta(min_length=1)]
    log: str
    robots: tuple[RobotsSnapshot, ...] = ()


class Rights(Record):
    """Why the provider may train on a source.

    Attributes:
        vouched_by: the person or post who answers for the statement.
        license: SPDX identifier or name of the licence, where there is one.
        statement: the ground in a sentence or two.
        documents: what proves it.
        crawl: how the material was collected from the web, where it was.
        self_made: whether the provider made the material itself, so that there was nobody to refuse.
    """

    vouched_by: Annotated[str, msgspec.Meta(min_length=1)]
    license: str | None = None
    statement: str = ""
    documents: tuple[ProofDocument, ...] = ()
    crawl: Crawl | None = None
    self_made: bool = False

    def complete(self) -> "Rights":
        """The same with what the crawl names among the documents, and everybody named who vouches."""
        listed = {each.path for each in self.documents}
        named: list[ProofDocument] = []
        if self.crawl is not None:
            named = [ProofDocument(kind=DocumentKind.COLLECTION_RECORD, path=self.crawl.log)]
            named += [
                ProofDocument(kind=DocumentKind.ROBOTS, path=each.path)
                for each in self.crawl.robots
                if each.path is not None
            ]
        added = {each.path: each for each in named if each.path not in listed}
        documents = tuple(
            msgspec.structs.replace(each, vouched_by=each.vouched_by or self.vouched_by)
            for each in (*self.documents, *added.values())
        )
        return msgspec.structs.replace(self, documents=documents)


class PersonalContent(StrEnum):
    """Whether a source holds personal information, as its owner says."""

    NONE = "none"
    PERSONAL = "personal"
    SENSITIVE = "sensitive"


class LawfulGround(StrEnum):
    """By what right personal information is processed.

    Basis:
        PIPL 13
    """

    CONSENT = "consent"
    CONTRACT = "contract"
    LEGAL_DUTY = "legal_duty"
    EMERGENCY = "emergency"
    NEWS = "news"
    PUBLIC_INFORMATION = "public_information"
    OTHER_LAW = "other_law"

    @property
    def text(self) -> BilingualText:
        """The ground, for people."""
        return _GROUNDS[self]


_GROUNDS = {
    LawfulGround.CONSENT: BilingualText(zh="个人同意", en="consent"),
    LawfulGround.CONTRACT: BilingualText(zh="订立、履行合同所必需", en="need for a contract"),
    LawfulGround.LEGAL_DUTY: BilingualText(zh="履行法定职责或者义务", en="legal duty"),
    LawfulGround.EMERGENCY: BilingualText(zh="应对紧急情况", en="emergency"),
    LawfulGround.NEWS: BilingualText(zh="新闻报道、舆论监督", en="news and supervision by the public"),
    LawfulGround.PUBLIC_INFORMATION: BilingualText(
        zh="合理处理已公开的个人信息", en="reasonable use of public information"
    ),
    LawfulGround.OTHER_LAW: BilingualText(zh="法律、行政法规规定的其他情形", en="other ground by law"),
}


class PersonalInformationStatement(Record):
    """What personal information a source holds, and by what right.

    Attributes:
        holds: none, some, or sensitive information too.
        ground: the right to it, where it holds some.
        children: whether it is of children under fourteen, too; ``None`` where nobody has said.
    """

    holds: PersonalContent
    ground: LawfulGround | None = None
    children: bool | None = None


class PriorAssessment(Record):
    """How a source was assessed before anything was collected from it.

    Attributes:
        sampled: how many items were looked at.
        unsafe: how many of them held illegal or unhealthy information.
        day: when.
        by: who assessed.
    """

    sampled: Annotated[int, msgspec.Meta(ge=1)]
    unsafe: Annotated[int, msgspec.Meta(ge=0)]
    day: dt.date
    by: Annotated[str, msgspec.Meta(min_length=1)]


class SourceSize(Record):
    """How large a source is, as its owner or publisher says; the files themselves are measured.

    Attributes:
        items: documents, pictures, recordings.
        size_bytes: stored.
    """

    items: Annotated[int, msgspec.Meta(ge=0)] | None = None
    size_bytes: Annotated[int, msgspec.Meta(ge=0)] | None = None


class ProviderStatement(Record):
    """How the provider looks after all its sources alike.

    Attributes:
        vouched_by: the person or post who answers for the statement.
        ip_responsible: who is responsible for intellectual property.
        ip_channel: where its infringement can be reported: address, telephone, page.
        origin_mix: why foreign and domestic material are combined reasonably.
        documents: what proves it, and the block list that pages are compared with.
    """

    vouched_by: Annotated[str, msgspec.Meta(min_length=1)]
    ip_responsible: str | None = None
    ip_channel: str | None = None
    origin_mix: str | None = None
    documents: tuple[ProofDocument, ...] = ()

    def complete(self) -> "ProviderStatement":
        """The same with everybody named who vouches."""
        documents = tuple(
            msgspec.structs.replace(each, vouched_by=each.vouched_by or self.vouched_by)
            for each in self.documents
        )
        return msgspec.structs.replace(self, documents=documents)
