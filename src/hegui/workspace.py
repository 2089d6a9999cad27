"""The composition root: settings in, rooms wired together.

One object serves the command line, the JSON API, the gateway and a notebook alike.
"""

import dataclasses
import secrets
from collections.abc import Callable
from contextlib import suppress
from functools import cached_property
from pathlib import Path
from types import TracebackType
from typing import Self

import msgspec

from hegui.conduct import Conduct, LadderPolicy
from hegui.core import (
    Clock,
    Conflict,
    InvalidDocument,
    NotFound,
    Record,
    load_document,
    read_text,
    system_clock,
    timestamp,
)
from hegui.corpus import Corpus
from hegui.dossier import Dossier
from hegui.endpoint import EndpointAddress
from hegui.evaluation import Evaluation
from hegui.gateway import (
    ANY_MODEL,
    DeclaredUpstream,
    Gateway,
    GatewayDeclaration,
    Labels,
    Upstream,
    Upstreams,
)
from hegui.ledger import GroupWriter, Ledger
from hegui.library import Library
from hegui.marking import ImplicitLabel, Marking, ProviderCode, api_fields
from hegui.rulebook import Rulebook
from hegui.scope import Scope
from hegui.screening import Banks, CompiledBanks, Screen
from hegui.settings import Settings, secret_from_environment
from hegui.store import Blobs, Database, claim, migrate, write_once

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
    def banks(self) -> Banks:
        """The keyword banks that were taken into use."""
        return Banks(
            database=self.database,
            blobs=self.blobs,
            ledger=self.ledger,
            compiled_banks=CompiledBanks(self.root / "cache" / "banks"),
        )

    @cached_property
    def screen(self) -> Screen:
        """What reads text: the bank in use (the shipped starter bank at first) and personal information."""
        return Screen(
            keywords=self.banks.current(),
            personal_information=True,
            masking_key=self._secret("masking.key"),
        )

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

    def gateway(self, declaration: GatewayDeclaration, *, writer: GroupWriter) -> Gateway:
        """The moderated way to the models that ``declaration`` names.

        Args:
            declaration: the models, the limits, the words.
            writer: from ``workspace.ledger.writer()``, held open for as long as the gateway runs.

        Raises:
            InvalidInput: the provider code is wrong, or a key cannot be used.
            NotFound: there is no such key file.
        """
        producer = declaration.producer
        ProviderCode.parse(producer, field="ContentProducer")

        def label(content: str) -> ImplicitLabel:
            return ImplicitLabel.first(producer=producer, produce_id=content)

        return Gateway(
            upstreams=Upstreams(
                {
                    model.name: tuple(_upstream(model.name, declared) for declared in model.upstreams)
                    for model in declaration.models
                },
                limits=declaration.limits,
            ),
            screen=self.screen,
            writer=writer,
            clock=self.clock,
            pseudonym_key=self._secret("pseudonym.key"),
            labels=Labels(
                fields=_fields_for(label),
                file=lambda data, content: (
                    self.marking.label_data(data, name=content, label=label(content)).data
                ),
            ),
            policy=declaration.answers,
            conduct=self.conduct(declaration.ladder),
        )

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
        return Dossier(database=self.database, ledger=self.ledger, rulebook=self.rulebook, clock=self.clock)

    def _secret(self, name: str) -> bytes:
        """32 secret bytes of this workspace, made on first use and readable by its owner alone."""
        path = self.root / "keys" / name
        path.parent.mkdir(mode=0o700, exist_ok=True)
        # A second process that loses the race reads what the first one wrote.
        with suppress(FileExistsError):
            write_once(path, secrets.token_bytes(32), mode=0o600)
        return path.read_bytes()


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


def _fields_for(label: Callable[[str], ImplicitLabel]) -> Callable[[str], dict[str, dict[str, str]]]:
    """The fields of the implicit label of any content; the operator's part is checked and written once."""
    content = "hegui-content"
    ((element, fields),) = api_fields(label(content)).items()
    ours = {name: value for name, value in fields.items() if value != content}
    named = [name for name, value in fields.items() if value == content]
    order = list(fields)

    def of(produce_id: str) -> dict[str, dict[str, str]]:
        filled = ours | dict.fromkeys(named, produce_id)
        return {element: {name: filled[name] for name in order}}

    return of
