"""The composition root: settings in, rooms wired together.

One object serves the command line, the JSON API, the gateway and a notebook alike.
"""

import dataclasses
import secrets
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from functools import cached_property, partial
from pathlib import Path
from types import TracebackType
from typing import Self

import msgspec

from hegui.admission import (
    AdmissionPolicy,
    Admissions,
    DeclaredTokenKey,
    Due,
    Guesses,
    TokenKey,
    UserTokens,
    WhenLost,
    pseudonym,
)
from hegui.archive import Conversations
from hegui.cases import Incidents, OperatorKind
from hegui.companion import Companion, CompanionPolicy
from hegui.conduct import Conduct, LadderPolicy
from hegui.core import (
    Clock,
    Conflict,
    InvalidDocument,
    InvalidInput,
    NotFound,
    Record,
    load_document,
    read_text,
    system_clock,
    timestamp,
)
from hegui.corpus import Corpus, ScanSettings
from hegui.dossier import Dossier
from hegui.endpoint import EndpointAddress
from hegui.evaluation import Evaluation
from hegui.gateway import (
    ANY_MODEL,
    DeclaredUpstream,
    Gateway,
    GatewayDeclaration,
    Housekeeping,
    IncidentTrigger,
    IncidentWatch,
    Labels,
    Mode,
    ModelsBehind,
    Reception,
    Shadow,
    ShadowPolicy,
    SignedMedia,
    SpeechLabel,
    Takedown,
    Upstream,
    Upstreams,
)
from hegui.ledger import GroupWriter, Ledger
from hegui.library import Library
from hegui.marking import (
    CredentialsWouldBreak,
    ExplicitLabel,
    ImplicitLabel,
    Marking,
    Placement,
    ProviderCode,
    Signing,
    api_fields,
    check_ffmpeg,
)
from hegui.rulebook import Rulebook
from hegui.scope import Judgement, Scope
from hegui.screening import (
    Assembly,
    CompiledBanks,
    Guards,
    MatcherKind,
    MediaScreen,
    Rule,
    Screen,
    Screens,
    load_bank,
    risk_wording,
)
from hegui.settings import Settings, secret_from_environment
from hegui.spotcheck import SpotChecks
from hegui.store import (
    AloneWhenLost,
    Blobs,
    Database,
    LocalQuotas,
    Quotas,
    Replicas,
    claim,
    migrate,
    write_once,
)

_FORMAT = 1
_IDENTITY = "workspace.json"


class _Identity(Record):
    """What ``workspace.json`` says."""

    format: int
    id: str
    created: str


@dataclasses.dataclass(frozen=True)
class Workspace:
    """One directory with everything that belongs to one service's compliance.

    It can be copied, backed up and opened again, and several processes may hold it open at once.
    Rooms are made on first use.
    """

    settings: Settings
    id: str
    clock: Clock
    database: Database

    @classmethod
    def create(cls, settings: Settings, *, clock: Clock = system_clock) -> "Workspace":
        """Make the workspace that ``settings`` name, and open it.

        Raises:
            Conflict: there is a workspace already, or the directory holds other files.
            InvalidInput: the database URL cannot be used.
        """
        root = settings.workspace
        if (root / _IDENTITY).exists():
            raise Conflict(
                zh=f"{root} 已经是工作区；直接使用即可", en=f"{root} is a workspace already; just use it"
            )
        if root.exists() and any(root.iterdir()):
            raise Conflict(
                zh=f"{root} 里已有其他文件；请换一个空目录",
                en=f"{root} holds other files; choose an empty directory",
            )
        root.mkdir(parents=True, exist_ok=True)
        identity = _Identity(format=_FORMAT, id=secrets.token_hex(16), created=timestamp(clock()))
        try:
            write_once(root / _IDENTITY, msgspec.json.format(msgspec.json.encode(identity), indent=2))
        except FileExistsError as error:
            raise Conflict(
                zh=f"{root} 刚由别的进程建立；直接使用即可",
                en=f"{root} was just made by another process; just use it",
            ) from error
        return cls.open(settings, clock=clock)

    @classmethod
    def open(cls, settings: Settings, *, clock: Clock = system_clock) -> "Workspace":
        """Open the workspace that ``settings`` name, bringing its database to the present schema.

        Raises:
            NotFound: there is no workspace at that place.
            InvalidInput: ``workspace.json`` or the database URL cannot be used.
            Conflict: a newer Hegui has been here, the database belongs to another workspace, or it
                cannot be reached.
        """
        root = settings.workspace
        path = root / _IDENTITY
        if not path.exists():
            raise NotFound(
                zh=f"{root} 不是工作区；先运行 hegui init {root}",
                en=f"{root} is not a workspace; run hegui init {root} first",
            )
        identity = load_document(path, _Identity)
        if identity.format != _FORMAT:
            raise InvalidDocument(
                path=path,
                line=1,
                field="format",
                zh=f"工作区格式 {identity.format} 不是本程序认识的 {_FORMAT}；请升级 Hegui",
                en=f"workspace format {identity.format} is not {_FORMAT}, known here; upgrade Hegui",
            )
        database = Database(settings.database_url or f"sqlite:///{(root / 'hegui.db').resolve()}")
        try:
            migrate(database)
            claim(database, identity.id)
        except BaseException:
            database.close()
            raise
        return cls(settings=settings, id=identity.id, clock=clock, database=database)

    def acting_as(self, actor: str) -> "Workspace":
        """The same workspace with ``actor`` named in the evidence it leaves."""
        return dataclasses.replace(self, settings=msgspec.structs.replace(self.settings, actor=actor))

    def __enter__(self) -> Self:
        """Nothing more to open."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Close the database."""
        self.database.close()

    @property
    def root(self) -> Path:
        """The workspace's directory."""
        return self.settings.workspace

    @cached_property
    def blobs(self) -> Blobs:
        """Files under the digest of their content."""
        return Blobs(self.root / "blobs")

    @cached_property
    def ledger(self) -> Ledger:
        """The evidence."""
        return Ledger(
            database=self.database,
            keys=self.root / "keys",
            checkpoints=self.root / "checkpoints",
            clock=self.clock,
            origin=f"hegui/{self.id}",
            actor=self.settings.actor,
            sm3=self.settings.ledger_sm3,
        )

    @cached_property
    def rulebook(self) -> Rulebook:
        """The law as data."""
        return Rulebook.load()

    @cached_property
    def screens(self) -> Screens:
        """The banks, classifiers and declarations that were taken into use."""
        return Screens(
            database=self.database,
            blobs=self.blobs,
            ledger=self.ledger,
            rulebook=self.rulebook,
            compiled_banks=CompiledBanks(self.root / "cache" / "banks", kinds=self._matchers),
            masking_key=lambda: self._secret("masking.key"),
            secret=secret_from_environment,
        )

    @property
    def _matchers(self) -> tuple[MatcherKind, ...]:
        """What looks for words: the usual automaton, and in long texts another where it is asked for."""
        usual = MatcherKind.usual()
        return (usual, MatcherKind.HYPERSCAN) if self.settings.hyperscan else (usual,)

    @cached_property
    def _assembly(self) -> Assembly:
        return self.screens.current()

    @property
    def screen(self) -> Screen:
        """What reads text: the screen in force when it is first asked for."""
        return self._assembly.screen

    @property
    def guards(self) -> Guards:
        """The guard models that answer what :attr:`screen` asks."""
        return self._assembly.guards

    @property
    def media(self) -> MediaScreen:
        """What judges pictures, sounds and films, and says what follows by the rules of :attr:`screen`."""
        return self._assembly.media

    @cached_property
    def scope(self) -> Scope:
        """What applies to the service."""
        return Scope(
            database=self.database,
            blobs=self.blobs,
            ledger=self.ledger,
            rulebook=self.rulebook,
            clock=self.clock,
        )

    @cached_property
    def library(self) -> Library:
        """The official texts that the operator attached."""
        return Library(database=self.database, blobs=self.blobs, ledger=self.ledger, rulebook=self.rulebook)

    @cached_property
    def corpus(self) -> Corpus:
        """The training data."""
        return Corpus(
            database=self.database,
            blobs=self.blobs,
            ledger=self.ledger,
            rulebook=self.rulebook,
            screen=self.screen,
            clock=self.clock,
            scanning=ScanSettings(journal=self.root / "cache" / "scans"),
        )

    @cached_property
    def spotchecks(self) -> SpotChecks:
        """Samples of the training data."""
        return SpotChecks(
            database=self.database,
            blobs=self.blobs,
            ledger=self.ledger,
            rulebook=self.rulebook,
            corpus=self.corpus,
            clock=self.clock,
        )

    @cached_property
    def evaluation(self) -> Evaluation:
        """The model's safety."""
        return Evaluation(
            database=self.database,
            blobs=self.blobs,
            ledger=self.ledger,
            rulebook=self.rulebook,
            screen=self.screen,
            clock=self.clock,
        )

    def gateway(
        self,
        declaration: GatewayDeclaration,
        *,
        writer: GroupWriter,
        keys: Mapping[str, str] | None = None,
        behind: ModelsBehind | None = None,
    ) -> Gateway:
        """The moderated way to the models that ``declaration`` names.

        Args:
            declaration: the models, the limits, the words.
            writer: from ``workspace.ledger.writer()``, held open for as long as the gateway runs.
            keys: the tenant of each key that clients may present besides those that were issued.
            behind: what is asked instead of the models that ``declaration`` names.

        Raises:
            InvalidInput: the provider code is wrong, no model is declared, or a key cannot be used.
            NotFound: there is no such key file, no such recording of a label, no key for watermarks, or no
                certificate to sign with.
            Conflict: speech or pictures are to be marked, and what that takes is not installed.
        """
        if behind is None and not declaration.models:
            raise InvalidInput(
                zh="没有声明模型；请在 models 下写明模型的名称和地址",
                en="no model is declared; name models and their addresses under models",
            )
        labels = self._labels(declaration)
        quotas = self._quotas(declaration.admission)
        conduct = self.conduct(declaration.ladder)
        reception = self._reception(declaration, writer=writer, keys=keys or {}, quotas=quotas)
        companion = None if declaration.companion is None else self.companion(declaration.companion)
        _check_companion(declaration, self.scope.newest())
        overview_days = declaration.admission.minors.overview_days
        forget_minors = partial(self.admissions.forget_minors, overview_days=overview_days)
        longest_seconds = declaration.admission.longest_token_seconds
        forget_revocations = partial(self.admissions.forget_revocations, longest_seconds=longest_seconds)
        erasures: list[Callable[[], object]] = [conduct.forget, forget_minors, forget_revocations]
        if companion is not None:
            erasures.append(companion.forget)
        if declaration.retention is not None:
            erasures.append(partial(self.archive.sweep, declaration.retention))
        return Gateway(
            upstreams=behind or _upstreams(declaration),
            assembly=self._assembly,
            writer=writer,
            clock=self.clock,
            digest_key=self._secret("pseudonym.key"),
            labels=labels,
            policy=declaration.answers,
            reception=reception,
            quotas=quotas,
            conduct=conduct,
            companion=companion,
            archive=None if declaration.retention is None else self.archive,
            keeps_originals=declaration.retention is not None and declaration.retention.originals,
            housekeeping=Housekeeping(erasures),
            shadow=self._shadow(declaration, writer=writer, minor_rules=reception.minor_rules),
            incidents=self._incident_watch(declaration.incidents),
        )

    def _labels(self, declaration: GatewayDeclaration) -> Labels:
        """What is put on what a gateway's models generate."""
        producer = declaration.producer
        ProviderCode.parse(producer, field="ContentProducer")
        if declaration.picture_watermark:
            self.marking.check_watermarks(producer)
        if declaration.signed_media is SignedMedia.RENEW:
            self.marking.certificates.current()

        def label(content: str) -> ImplicitLabel:
            return ImplicitLabel.first(producer=producer, produce_id=content)

        def file(
            data: bytes, content: str, *, explicit: ExplicitLabel | None = None, watermark: bool = False
        ) -> bytes:
            mark = partial(
                self.marking.label_data, data, name=content, label=label(content), explicit=explicit
            )
            try:
                return mark(signing=Signing(watermark=watermark)).data
            except CredentialsWouldBreak as error:
                if declaration.signed_media is SignedMedia.REFUSE:
                    raise InvalidInput(
                        zh="带有 C2PA 签名，加标识会使其失效；可声明 signed_media: renew 或 break",
                        en="it is signed under C2PA, which its label would break; declare signed_media: "
                        "renew or break",
                    ) from error
                renewed = declaration.signed_media is SignedMedia.RENEW
                signing = Signing(watermark=watermark, c2pa=renewed, break_c2pa=not renewed)
                return mark(signing=signing).data

        def watermarked(data: bytes, content: str) -> bytes:
            try:
                return file(data, content, watermark=True)
            except (InvalidInput, Conflict):
                # Nobody has to mark pictures so: one that cannot be gets its label alone, as its entry says.
                return file(data, content)

        return Labels(
            fields=_fields_for(label),
            file=watermarked if declaration.picture_watermark else file,
            speech=partial(
                file, explicit=None if declaration.speech_label is None else _heard(declaration.speech_label)
            ),
        )

    def _incident_watch(self, triggers: Sequence[IncidentTrigger]) -> IncidentWatch | None:
        """What proposes incidents, where that is declared."""
        for trigger in triggers:
            risk_wording(trigger.risk, self.rulebook)  # what names no risk would never be found
        return IncidentWatch(triggers, incidents=self.incidents, clock=self.clock) if triggers else None

    def _shadow(
        self, declaration: GatewayDeclaration, *, writer: GroupWriter, minor_rules: Sequence[Rule]
    ) -> Shadow | None:
        """What measures a screen, where that is declared."""
        is_alone = declaration.mode is Mode.SHADOW
        policy = declaration.shadow or (ShadowPolicy() if is_alone else None)
        if policy is None:
            return None
        declared = self.screens.read(Path(policy.screen)) if policy.screen is not None else None
        bank = load_bank(Path(policy.keyword_bank)) if policy.keyword_bank is not None else None
        return Shadow(
            policy,
            compose=partial(self.screens.tried, declared, bank),
            answers=declaration.answers,
            minor_rules=minor_rules,
            writer=writer,
            is_alone=is_alone,
        )

    @cached_property
    def admissions(self) -> Admissions:
        """The keys of clients, and minors' time of use."""
        return Admissions(
            database=self.database, ledger=self.ledger, rulebook=self.rulebook, clock=self.clock
        )

    @cached_property
    def archive(self) -> Conversations:
        """The conversations that are kept, where that is declared."""
        return Conversations(
            database=self.database, ledger=self.ledger, clock=self.clock, key=self._secret("archive.key")
        )

    def pseudonym(self, user: str, *, tenant: str | None = None) -> str:
        """What evidence calls a tenant's user."""
        return pseudonym(user, tenant=tenant, key=self._secret("pseudonym.key"))

    def _reception(
        self,
        declaration: GatewayDeclaration,
        *,
        writer: GroupWriter,
        keys: Mapping[str, str],
        quotas: Quotas,
    ) -> Reception:
        policy, limits = declaration.admission, declaration.limits
        self.admissions.refresh()
        return Reception(
            admissions=self.admissions,
            policy=policy,
            keys=keys,
            tokens=UserTokens(
                {key.kid: TokenKey.read(key, _key_material(key)) for key in policy.tokens},
                audience=policy.audience,
                longest_seconds=policy.longest_token_seconds,
            ),
            guesses=Guesses(most=limits.wrong_keys, monotonic=time.monotonic),
            quotas=quotas,
            real_name_due=_real_name_due(self.scope.newest()),
            pseudonym_key=self._secret("pseudonym.key"),
            longest_answer_seconds=limits.total_seconds,
            writer=writer,
            clock=self.clock,
        )

    def _quotas(self, policy: AdmissionPolicy) -> Quotas:
        """What counts limits: Redis where one is named, else the memory of this process."""
        url = self.settings.redis_url
        if url is None:
            return LocalQuotas()
        shared = Replicas(url, name=self.id)
        return AloneWhenLost(shared) if policy.when_lost is WhenLost.ALONE else shared

    def conduct(self, policy: LadderPolicy | None = None) -> Conduct:
        """What becomes of users who keep asking for illegal content.

        Args:
            policy: the operator's ladder; without one, the ladder that Hegui proposes.
        """
        return Conduct(
            database=self.database,
            ledger=self.ledger,
            rulebook=self.rulebook,
            clock=self.clock,
            policy=policy or LadderPolicy(),
        )

    def companion(self, policy: CompanionPolicy | None = None) -> Companion:
        """Whom users in a crisis need to have contacted, and how long uses go on.

        Args:
            policy: what the operator declared; without it, what Hegui proposes.
        """
        return Companion(
            database=self.database,
            ledger=self.ledger,
            rulebook=self.rulebook,
            clock=self.clock,
            policy=policy or CompanionPolicy(),
        )

    @cached_property
    def incidents(self) -> Incidents:
        """What happened and has to be dealt with and reported."""
        return Incidents(
            database=self.database,
            ledger=self.ledger,
            rulebook=self.rulebook,
            clock=self.clock,
            actor=self.settings.actor,
            operators=lambda: _operators(self.scope.newest()),
        )

    @cached_property
    def takedown(self) -> Takedown:
        """What is done about illegal content that was found."""
        return Takedown(
            incidents=self.incidents, screens=self.screens, archive=self.archive, conduct=self.conduct()
        )

    @cached_property
    def marking(self) -> Marking:
        """Labels on what the service generates."""
        return Marking(
            database=self.database,
            blobs=self.blobs,
            ledger=self.ledger,
            rulebook=self.rulebook,
            clock=self.clock,
            folder=self.root / "marking",
        )

    @cached_property
    def dossier(self) -> Dossier:
        """The documents and their evidence."""
        return Dossier(
            database=self.database,
            ledger=self.ledger,
            rulebook=self.rulebook,
            clock=self.clock,
            incidents=self.incidents,
        )

    def _secret(self, name: str) -> bytes:
        """32 secret bytes of this workspace, made on first use and readable by its owner alone."""
        path = self.root / "keys" / name
        path.parent.mkdir(mode=0o700, exist_ok=True)
        # A second process that loses the race reads what the first one wrote.
        with suppress(FileExistsError):
            write_once(path, secrets.token_bytes(32), mode=0o600)
        return path.read_bytes()


def _upstreams(declaration: GatewayDeclaration) -> Upstreams:
    models = {
        model.name: tuple(_upstream(model.name, declared) for declared in model.upstreams)
        for model in declaration.models
    }
    return Upstreams(models, limits=declaration.limits)


_OPERATORS = {
    "incident.report-critical-infrastructure": OperatorKind.CRITICAL_INFRASTRUCTURE,
    "incident.report-state-organ": OperatorKind.STATE_ORGAN,
    "incident.report": OperatorKind.OTHER,
}
"""Which kind of operator an obligation to report incidents is for."""


def _operators(judged: Mapping[str, Judgement]) -> tuple[OperatorKind, ...]:
    """Who runs the service, by the newest judgement of the scope; nothing where it cannot tell."""
    return tuple(kind for name, kind in _OPERATORS.items() if judged.get(name) is Judgement.APPLIES)


_COMPANION = ("companion.crisis", "companion.notices", "companion.exit")
"""The obligations that a gateway keeps only where its declaration has a section ``companion``."""


def _check_companion(declaration: GatewayDeclaration, judged: Mapping[str, Judgement]) -> None:
    """Let no companion service run without its duties, as far as the newest judgement of the scope tells.

    Raises:
        InvalidInput: the duties apply, and nothing is declared.
    """
    if declaration.companion is None and any(judged.get(name) is Judgement.APPLIES for name in _COMPANION):
        raise InvalidInput(
            zh="适用范围的判断认为本服务属于拟人化互动服务，而网关声明中没有 companion 一节；"
            "请写 companion: {} 采用默认的提醒、退出和危机处置，或重新填写服务概况",
            en="by the judgement of the scope the service is an anthropomorphic one, and the gateway's "
            "declaration has no section companion; write companion: {} for the default reminders, way out "
            "and help in crises, or correct the service profile",
        )


_REAL_NAME = ("cybersecurity.real-name", "deep-synthesis.real-name")
"""The obligations by which users' real identity has to be known."""


def _real_name_due(judged: Mapping[str, Judgement]) -> Due:
    """Whether real identity has to be known, by the newest judgement of the scope; unknown says so."""
    found = {judged[name] for name in _REAL_NAME if name in judged}
    if Judgement.APPLIES in found:
        return Due.DUE
    return Due.NOT_DUE if found == {Judgement.DOES_NOT_APPLY} else Due.UNKNOWN


def _key_material(declared: DeclaredTokenKey) -> str:
    """What is in the file or the variable that a declaration names."""
    if declared.key_file is not None:
        return read_text(Path(declared.key_file))
    if declared.key_variable is not None:
        return secret_from_environment(declared.key_variable)
    raise InvalidInput(
        zh=f"令牌密钥 {declared.kid} 没有写 key_file 或 key_variable；请写一个",
        en=f"the token key {declared.kid} names neither key_file nor key_variable; name one",
    )


def _upstream(model: str, declared: DeclaredUpstream) -> Upstream:
    """An upstream with its key, and under the name by which it knows the model."""
    key = None
    if declared.key_file is not None:
        key = read_text(Path(declared.key_file)).strip()
    elif declared.key_variable is not None:
        key = secret_from_environment(declared.key_variable)
    name = declared.model or model
    return Upstream(
        address=EndpointAddress(url=declared.url, model=name, api_key=key),
        renames=name != ANY_MODEL,
        weight=declared.weight,
    )


def _heard(declared: SpeechLabel) -> ExplicitLabel:
    """The label that generated speech gets; what it needs is asked for now, and not at the first answer."""
    check_ffmpeg()
    recording = Path(declared.recording) if declared.recording is not None else None
    if recording is not None and not recording.is_file():
        raise NotFound(zh=f"没有这个录音文件：{recording}", en=f"there is no such recording: {recording}")
    return ExplicitLabel(placement=Placement(declared.placement), speech=recording)


def _fields_for(label: Callable[[str], ImplicitLabel]) -> Callable[[str], dict[str, dict[str, str]]]:
    """The fields of the implicit label of any content; the operator's part is checked and written once."""
    content = "hegui-content"
    ((element, fields),) = api_fields(label(content)).items()
    named = [name for name, value in fields.items() if value == content]

    def of(produce_id: str) -> dict[str, dict[str, str]]:
        return {element: fields | dict.fromkeys(named, produce_id)}

    return of
