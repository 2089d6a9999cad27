"""The screen of a workspace: every version of its parts that was ever in use, and evidence of each choice."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple, cast

import msgspec
from msgspec import structs

from hegui.core import (
    Conflict,
    HeguiError,
    InvalidDocument,
    InvalidInput,
    Json,
    NotFound,
    digest_bytes,
    field_line,
    load_document,
    nearest,
)
from hegui.ledger import ERASED_KIND, EntryRef, Ledger
from hegui.rulebook import Rulebook
from hegui.screening.adoption import Adoption, Part, versions
from hegui.screening.canary import (
    CANARY_PROMOTED,
    CANARY_STARTED,
    CANARY_STOPPED,
    Canary,
    CanaryState,
    parse_share,
)
from hegui.screening.classifier_file import decode_classifier
from hegui.screening.classifier_judge import Likelihoods
from hegui.screening.compiled_bank import CompiledBanks
from hegui.screening.declaration import (
    BANK_IN_USE,
    NO_BANK,
    ClassifierDeclaration,
    ScreenDeclaration,
    UnusableDeclaration,
    check_declaration,
)
from hegui.screening.guard_declaration import GuardDeclaration
from hegui.screening.guard_format import FORMAT_FILES, GuardFormat
from hegui.screening.guards import GuardModel, Guards
from hegui.screening.keyword_bank import KeywordBank
from hegui.screening.local_model import LocalModel
from hegui.screening.media_declaration import MediaDeclaration
from hegui.screening.media_screen import MediaScreen
from hegui.screening.recurrence import RECURRENCE, RecurrenceRule, Recurrences
from hegui.screening.screen import Screen
from hegui.store import Blobs, Database

History = tuple[Adoption, ...]
"""Adoptions, the latest first."""


class RecurrenceMissing(NotFound):
    """There is no such recurrence rule in force."""

    def __init__(self, identifier: str) -> None:
        """Name it, and where they are listed."""
        super().__init__(
            zh=f"没有编号为 {identifier} 的防再生规则；见 hegui cases rules",
            en=f"no recurrence rule {identifier} is in force; see hegui cases rules",
        )


class Assembly(NamedTuple):
    """A screen, the guard models that answer what it asks, and what judges media by its rules."""

    screen: Screen
    guards: Guards
    media: MediaScreen

    @classmethod
    def idle(cls) -> "Assembly":
        """What looks for nothing, so that **everything passes**: for a gateway that only measures."""
        screen, guards = Screen(keywords=None, injection=False, rules=()), Guards(())
        media = MediaScreen(
            MediaDeclaration(), screen=screen, guards=guards, pictures=guards, transcriber=None
        )
        return cls(screen, guards, media)


class CanaryAssembly(NamedTuple):
    """A canary with what reads for it."""

    canary: Canary
    assembly: Assembly


class Screens:
    """Keeps each version of the bank, the classifiers and the declaration unchanged, and puts them together.

    The ledger says which are in use: the adoption *is* its entry. Nothing is adopted that does not make a
    screen together with what is in use beside it.
    """

    def __init__(
        self,
        *,
        database: Database,
        blobs: Blobs,
        ledger: Ledger,
        rulebook: Rulebook,
        compiled_banks: CompiledBanks,
        masking_key: Callable[[], bytes],
        secret: Callable[[str], str],
    ) -> None:
        """Work on the workspace these belong to.

        Args:
            database: where the ledger is.
            blobs: keeps the versions.
            ledger: says what is in use.
            rulebook: knows the risks.
            compiled_banks: keeps banks ready for searching.
            masking_key: gives the key of the pseudonyms that rules ask for.
            secret: gives the content of an environment variable.
        """
        self._database = database
        self._blobs = blobs
        self._ledger = ledger
        self._rulebook = rulebook
        self._compiled_banks = compiled_banks
        self._masking_key = masking_key
        self._secret = secret

    # --- Adopting ---

    def adopt_bank(self, bank: KeywordBank) -> Adoption:
        """Screen with ``bank`` from now on, recorded as ``screening.bank_adopted``.

        What is in use already is not recorded twice; so it is with all parts.

        Basis:
            TC260-003 8.1
        """
        return self._adopt(Part.BANK, bank.name, lambda _: bank.content, words=len(bank))

    def adopt_classifier(self, model: bytes, *, source: str) -> Adoption:
        """Take a version of a classifier into use, recorded as ``screening.classifier_adopted``.

        It judges where the declaration in force names it.

        Args:
            model: the bytes of a model file.
            source: where they came from, for messages.

        Raises:
            UnusableModel: they are no model file, or a damaged one.
        """
        name = decode_classifier(model, source=source).card.name
        return self._adopt(Part.CLASSIFIER, name, lambda _: model)

    def declare(self, declaration: ScreenDeclaration) -> Adoption:
        """Screen as declared from now on, recorded as ``screening.screen_adopted``.

        Raises:
            UnusableDeclaration: it cannot mean what it says, or names what was never in use.
        """
        whole = _self_contained(declaration, Path())
        check_declaration(whole, self._rulebook)
        return self._adopt(Part.SCREEN, whole.name, lambda _: whole.content)

    def block(
        self, *, incident: str, risk: str, words: Iterable[str] = (), texts: Iterable[str] = ()
    ) -> RecurrenceRule:
        """Keep something from coming again, recorded as ``screening.recurrence_adopted``.

        Args:
            incident: the incident it belongs to.
            risk: what it is about, as ``A.1.f``.
            words: what neither requests nor answers may hold.
            texts: what must not be asked again, word for word; only keyed digests of them are kept.

        Raises:
            UnusableRecurrence: there is nothing to block, or a word of one letter.
            UnusableKeyword: a word cannot be looked for.
            NotFound: there is no such risk.

        Basis:
            IM 14.1
        """
        rule = self.recurrence_rule(incident=incident, risk=risk, words=words, texts=texts)
        self._adopt_recurrences(lambda rules: rules if rule in rules else (*rules, rule))
        return rule

    def recurrence_rule(
        self, *, incident: str, risk: str, words: Iterable[str] = (), texts: Iterable[str] = ()
    ) -> RecurrenceRule:
        """The rule by which :meth:`block` would do so, with the same arguments; nothing is adopted.

        Raises:
            UnusableRecurrence: there is nothing to block, or a word of one letter.
            UnusableKeyword: a word cannot be looked for.
            NotFound: there is no such risk.
        """
        self._rulebook.risk(risk)
        return RecurrenceRule.of(
            incident=incident, risk=risk, words=words, texts=texts, key=self._masking_key()
        )

    def unblock(self, identifier: str) -> RecurrenceRule:
        """Lift what :meth:`block` did; recorded likewise.

        Raises:
            RecurrenceMissing: no such rule is in force.
        """
        lifted = self.recurrence(identifier)
        self._adopt_recurrences(lambda rules: tuple(rule for rule in rules if rule.id != identifier))
        return lifted

    def recurrence(self, identifier: str) -> RecurrenceRule:
        """One of the recurrence rules in force.

        Raises:
            RecurrenceMissing: no such rule is in force.
        """
        found = next((rule for rule in self.recurrences() if rule.id == identifier), None)
        if found is None:
            raise RecurrenceMissing(identifier)
        return found

    def recurrences(self) -> tuple[RecurrenceRule, ...]:
        """The recurrence rules in force, the oldest first."""
        return self._recurrence_rules(self.history())

    def read(self, path: Path) -> ScreenDeclaration:
        """The declaration in a YAML or JSON file, checked together with what is in use.

        Raises:
            NotFound: there is no such file.
            InvalidDocument: it is no declaration, or one that makes no screen; with the line and the field.
        """
        declared = load_document(path, ScreenDeclaration)
        with _placed(path):
            declaration = _self_contained(declared, path.parent)
            check_declaration(declaration, self._rulebook)
            self.assembled(declaration)
        return declaration

    # --- In force ---

    def current(self) -> Assembly:
        """The screen in force.

        Raises:
            NotFound: the files of the workspace were moved or deleted.
            Conflict: a file of it was changed, or was written by another version of Hegui.
            UnusableDeclaration: a guard model's key is not to be had.
        """
        return self._composed(self.history())

    def declaration(self) -> ScreenDeclaration:
        """The declaration in force: the one adopted last, or else the starter declaration."""
        return self._declaration(self.history())

    def version(self, digest: str) -> ScreenDeclaration:
        """A declaration that was in use, by the digest of its content.

        Raises:
            NotFound: none with this digest ever was.
        """
        adopted = next(
            (each for each in versions(self.history(), Part.SCREEN) if each.digest == digest), None
        )
        if adopted is None:
            raise NotFound(
                zh=f"没有采用过摘要为 {digest} 的方案；见 hegui screen history",
                en=f"no declaration {digest} was ever in use; see hegui screen history",
            )
        return self._declaration((adopted,))

    def assembled(self, declaration: ScreenDeclaration) -> Assembly:
        """The screen that a declaration makes of what is in use beside it.

        Raises:
            UnusableDeclaration: it names what was never in use.
        """
        return self._made(declaration, self.history())

    def tried(
        self, declaration: ScreenDeclaration | None = None, bank: KeywordBank | None = None
    ) -> Assembly:
        """The screen that another declaration or bank would make of what is in use; nothing is adopted.

        Args:
            declaration: the one in force where left out.
            bank: in place of the bank in use.

        Raises:
            UnusableDeclaration: it names what was never in use, or another bank.
        """
        return self._composed((*self._wanted(declaration, bank), *self.history()))

    def begin_canary(
        self, declaration: ScreenDeclaration | None = None, bank: KeywordBank | None = None, *, share: str
    ) -> Canary:
        """Let another screen act for a share of the users, recorded as ``screening.canary_started``.

        Begun again with the same screen, the share changes; for whom it acts already, it goes on to act.

        Args:
            declaration: the one in force where left out.
            bank: in place of the bank in use.
            share: of the users, as decimal text.

        Raises:
            UnusableDeclaration: it cannot mean what it says, or names what was never in use.
            InvalidInput: it is no share, or the screen is the one in force.
            Conflict: another canary is running.
        """
        share = parse_share(share)
        wanted = self._wanted(declaration, bank)
        while True:
            mark, running = self.mark(), self._running_canary()
            before, after = self.current().screen, self._composed((*wanted, *self.history())).screen
            if before.digest == after.digest:
                raise InvalidInput(
                    zh="与现用的方案没有不同，无从试用；请用 --screen 或 --bank 给出另一个",
                    en="it is the screen in force, so there is nothing to try; name another with --screen or "
                    "--bank",
                )
            by_part = {each.part: each for each in wanted}
            declared, banked = by_part.get(Part.SCREEN), by_part.get(Part.BANK)
            new = Canary(
                name=(declared or wanted[0]).name,
                share=share,
                screen=after.digest,
                replaces=before.digest,
                declaration=declared.digest if declared else None,
                bank=banked.digest if banked else None,
                bank_name=banked.name if banked else None,
                words=banked.words if banked else None,
                beside=_last(self.history()),
            )
            if running is not None:
                if (running.declaration, running.bank) != (new.declaration, new.bank):
                    raise Conflict(
                        zh=f"{running.name} 正在试用；先运行 hegui screen canary stop 或 promote",
                        en=f"{running.name} is being tried; run hegui screen canary stop or promote first",
                    )
                # What was blocked meanwhile is part of both sides, and must not draw other users.
                new = structs.replace(new, screen=running.screen)
            told = {name: getattr(new, name) for name in _TOLD_OF_CANARIES}
            if self._recorded(mark, [(CANARY_STARTED, told)]):
                started = self.last_canary()
                assert started is not None  # noqa: S101 - it was just recorded
                return started

    def last_canary(self) -> Canary | None:
        """The canary that was started last, and what became of it; ``None`` where none ever was."""
        started = self._ledger.latest(CANARY_STARTED)
        if started is None or started.content is None:
            return None
        canary = msgspec.convert(
            {**cast("dict[str, Json]", started.content), "by": started.actor, "at": started.time}, Canary
        )
        canary = structs.replace(canary, entry=str(started.ref))
        ends = {
            CanaryState.STOPPED: self._ledger.latest(CANARY_STOPPED),
            CanaryState.PROMOTED: self._ledger.latest(CANARY_PROMOTED),
        }
        for state, ended in ends.items():
            if ended is not None and ended.ref > started.ref:
                return structs.replace(canary, state=state, until=ended.time)
        history = self.history()
        if _last(history) != canary.beside:
            until = max([started.time, *(each.at for each in history[:1])])
            return structs.replace(canary, state=CanaryState.SUPERSEDED, until=until)
        return canary

    def canary(self) -> CanaryAssembly | None:
        """The canary that is running, ready to read.

        Raises:
            NotFound: files of the workspace were moved or deleted.
            Conflict: a file of it was changed.
            UnusableDeclaration: a guard model's key is not to be had.
        """
        running = self._running_canary()
        if running is None:
            return None
        return CanaryAssembly(running, self._composed((*_parts(running), *self.history())))

    def promote_canary(self) -> History:
        """Let the screen of the canary act for everybody: adopt its parts, all at once.

        Recorded as ``screening.canary_promoted`` beside the adoptions.

        Raises:
            NotFound: none is running.
        """
        while True:
            mark, running = self.mark(), self._known_canary()
            told: dict[str, Json] = {"canary": running.entry, "screen": running.screen}
            adopted = self._adopted(_parts(running), mark, also=[(CANARY_PROMOTED, told)])
            if adopted is not None:
                return adopted

    def stop_canary(self, *, reason: str) -> Canary:
        """Let the screen in force act for everybody again, recorded as ``screening.canary_stopped``.

        Raises:
            NotFound: none is running.
        """
        while True:
            mark, running = self.mark(), self._known_canary()
            told: dict[str, Json] = {"canary": running.entry, "screen": running.screen, "reason": reason}
            if self._recorded(mark, [(CANARY_STOPPED, told)]):
                return running

    def history(self) -> History:
        """Every version that was in use of every part, the latest first."""
        # An erased entry has no content: the choice it recorded counts as taken back.
        found = [
            (entry.ref, Adoption.of(part, entry))
            for part in Part
            for entry in self._ledger.entries(part.kind)
            if entry.content is not None
        ]
        return tuple(adoption for _, adoption in sorted(found, key=lambda each: each[0], reverse=True))

    def in_force(self) -> History:
        """The adoptions that the screen in force is made of; what it does not use is not among them."""
        history = self.history()
        declaration = self._declaration(history)
        parts = [next(versions(history, Part.SCREEN), None)]
        if declaration.keyword_bank != NO_BANK:
            parts.append(_bank(declaration, history))
        parts += [
            _version(declared, index, history)
            for index, declared in enumerate(declaration.classifiers)
            if not declared.risks
        ]
        if self._recurrence_rules(history):
            parts.append(next(versions(history, Part.RECURRENCE)))
        return tuple(part for part in parts if part is not None)

    def mark(self) -> object:
        """Equals an earlier mark only where nothing was adopted or taken back since; one quick query."""
        return self._ledger.last_places(
            *(part.kind for part in Part), ERASED_KIND, CANARY_STARTED, CANARY_STOPPED, CANARY_PROMOTED
        )

    # --- Within ---

    def _adopt(
        self, part: Part, name: str, content: Callable[[History], bytes], *, words: int | None = None
    ) -> Adoption:
        while True:
            mark = self.mark()
            digest = self._blobs.put(content(self.history()))
            new = Adoption(part=part, name=name, digest=digest, replaces=None, words=words)
            adopted = self._adopted((new,), mark)
            if adopted is not None:
                return adopted[0]

    def _adopted(
        self, new: History, mark: object, *, also: Sequence[tuple[str, Json]] = ()
    ) -> History | None:
        """Adopt some parts together; ``None`` where something was adopted since ``mark``."""
        history = self.history()
        before = [next(filter(each.concerns, history), None) for each in new]
        changed = [
            structs.replace(each, replaces=was.digest if was else None)
            for each, was in zip(new, before, strict=True)
            if was is None or was.digest != each.digest
        ]
        screen = self._composed((*changed, *history)).screen.digest if changed else None
        told = [(each.part.kind, structs.replace(each, screen=screen).content) for each in changed]
        refs = self._recorded(mark, [*told, *also]) if told or also else []
        if refs is None:
            return None
        recorded = iter(
            Adoption.of(each.part, self._ledger.entry(ref)) for each, ref in zip(changed, refs, strict=False)
        )
        return tuple(
            was if was is not None and was.digest == each.digest else next(recorded)
            for each, was in zip(new, before, strict=True)
        )

    def _recorded(self, mark: object, told: Sequence[tuple[str, Json]]) -> list[EntryRef] | None:
        """Record some entries together; ``None`` where something was adopted since ``mark``."""
        with self._database.write() as connection:
            self._ledger.hold(connection)
            # Whoever adopted something meanwhile did not see it together with this.
            if self.mark() != mark:
                return None
            return [self._ledger.record(connection, kind=kind, content=content) for kind, content in told]

    def _wanted(self, declaration: ScreenDeclaration | None, bank: KeywordBank | None) -> History:
        """Parts that are to be tried, kept but not adopted.

        Raises:
            UnusableDeclaration: the bank would not be searched, or the declaration cannot mean what it says.
        """
        wanted = []
        declared = declaration or self.declaration()
        if bank is not None:
            if declared.keyword_bank not in {BANK_IN_USE, bank.digest}:
                raise UnusableDeclaration(
                    "keyword_bank",
                    zh=f"方案写明使用 {declared.keyword_bank}，不会用到 {bank.name}；请写 in_use",
                    en=f"the declaration says {declared.keyword_bank}, so {bank.name} would not be searched; "
                    "write in_use",
                )
            digest = self._blobs.put(bank.content)
            wanted.append(
                Adoption(part=Part.BANK, name=bank.name, digest=digest, replaces=None, words=len(bank))
            )
        if declaration is not None:
            whole = _self_contained(declaration, Path())
            check_declaration(whole, self._rulebook)
            digest = self._blobs.put(whole.content)
            wanted.append(Adoption(part=Part.SCREEN, name=whole.name, digest=digest, replaces=None))
        return tuple(wanted)

    def _running_canary(self) -> Canary | None:
        last = self.last_canary()
        return last if last is not None and last.state is CanaryState.RUNNING else None

    def _known_canary(self) -> Canary:
        running = self._running_canary()
        if running is None:
            raise NotFound(
                zh="没有正在试用的方案；用 hegui screen canary start 开始",
                en="no screen is being tried; begin with hegui screen canary start",
            )
        return running

    def _adopt_recurrences(
        self, change: Callable[[tuple[RecurrenceRule, ...]], tuple[RecurrenceRule, ...]]
    ) -> None:
        def content(history: History) -> bytes:
            return msgspec.json.encode(change(self._recurrence_rules(history)))

        self._adopt(Part.RECURRENCE, RECURRENCE, content)

    def _recurrence_rules(self, history: History) -> tuple[RecurrenceRule, ...]:
        adopted = next(versions(history, Part.RECURRENCE), None)
        if adopted is None:
            return ()
        return msgspec.json.decode(self._kept(adopted), type=tuple[RecurrenceRule, ...])

    def _composed(self, history: History) -> Assembly:
        return self._made(self._declaration(history), history)

    def _made(self, declaration: ScreenDeclaration, history: History) -> Assembly:
        guards = self._guards(declaration)
        bank = None
        if declaration.keyword_bank != NO_BANK:
            bank = self._opened(_bank(declaration, history))
        rules = self._recurrence_rules(history)
        screen = declaration.screen(
            bank=bank,
            classifiers=[
                self._classifier(declared, index, history)
                for index, declared in enumerate(declaration.classifiers)
            ],
            guards=guards,
            masking_key=self._masking_key(),
            recurrences=Recurrences(rules, key=self._masking_key()) if rules else None,
        )
        return Assembly(screen, guards, self._media(declaration, screen, guards))

    def _media(self, declaration: ScreenDeclaration, screen: Screen, guards: Guards) -> MediaScreen:
        try:
            return MediaScreen.declared(
                declaration.media, screen=screen, guards=guards, folder=Path(), secret=self._secret
            )
        except HeguiError as error:
            raise UnusableDeclaration("media", zh=error.text.zh, en=error.text.en) from error

    def _guards(self, declaration: ScreenDeclaration) -> Guards:
        models: list[GuardModel] = []
        for index, declared in enumerate(declaration.guards):
            try:
                models += Guards.declared([declared], folder=Path(), secret=self._secret).models
            except HeguiError as error:
                raise UnusableDeclaration(f"guards[{index}]", zh=error.text.zh, en=error.text.en) from error
        return Guards(models)

    def _declaration(self, history: History) -> ScreenDeclaration:
        adopted = next(versions(history, Part.SCREEN), None)
        if adopted is None:
            return ScreenDeclaration.starter()
        try:
            return msgspec.json.decode(self._kept(adopted), type=ScreenDeclaration)
        except msgspec.ValidationError as error:
            raise Conflict(
                zh=f"采用的审查方案 {adopted.name} 不是本版本认识的（{error}）；请重新声明"
                "，或使用采用它的版本",
                en=f"the declaration {adopted.name} in force is not one that this version knows ({error}); "
                "declare it again, or use the version that adopted it",
            ) from error

    def _opened(self, adopted: Adoption | None) -> KeywordBank:
        if adopted is None:
            starter = KeywordBank.starter()
            return KeywordBank.kept(starter.content, name=starter.name, compiled_banks=self._compiled_banks)
        return KeywordBank.kept(self._kept(adopted), name=adopted.name, compiled_banks=self._compiled_banks)

    def _classifier(self, declared: ClassifierDeclaration, index: int, history: History) -> Likelihoods:
        if not declared.risks:
            adopted = _version(declared, index, history)
            return decode_classifier(self._kept(adopted), source=adopted.name)
        try:
            return LocalModel(Path(declared.model), declared.risks)
        except HeguiError as error:
            field = f"classifiers[{index}].model"
            raise UnusableDeclaration(field, zh=error.text.zh, en=error.text.en) from error

    def _kept(self, adopted: Adoption) -> bytes:
        """The content that was adopted.

        Raises:
            NotFound: it is gone.
            Conflict: it was changed.
        """
        content = self._blobs.get(adopted.digest)
        if digest_bytes(content) != adopted.digest:
            raise Conflict(
                zh=f"{adopted.name} 的文件已不是采用时的内容；请从备份恢复，或重新采用",
                en=f"the file of {adopted.name} is not what was adopted; restore it from a backup, "
                "or adopt it again",
            )
        return content


_TOLD_OF_CANARIES = (
    "name",
    "share",
    "screen",
    "replaces",
    "declaration",
    "bank",
    "bank_name",
    "words",
    "beside",
)


def _last(history: History) -> str | None:
    """The entry of the last adoption that stands; what was blocked since holds beside every screen."""
    return next((each.entry for each in history if each.part is not Part.RECURRENCE), None)


def _parts(canary: Canary) -> History:
    """What a canary tries, as if it were adopted."""
    parts = []
    if canary.bank is not None:
        name = canary.bank_name or canary.name
        parts.append(
            Adoption(part=Part.BANK, name=name, digest=canary.bank, replaces=None, words=canary.words)
        )
    if canary.declaration is not None:
        parts.append(Adoption(part=Part.SCREEN, name=canary.name, digest=canary.declaration, replaces=None))
    return tuple(parts)


def _bank(declaration: ScreenDeclaration, history: History) -> Adoption | None:
    """The bank that a declaration names; ``None`` for the starter bank."""
    banks = versions(history, Part.BANK)
    if declaration.keyword_bank == BANK_IN_USE:
        return next(banks, None)
    named = next((bank for bank in banks if bank.digest == declaration.keyword_bank), None)
    if named is None:
        raise UnusableDeclaration(
            "keyword_bank",
            zh=f"本工作区没有采用过词库 {declaration.keyword_bank}；先运行 hegui bank keywords use，"
            "或写 in_use",
            en=f"no bank {declaration.keyword_bank} was ever in use here; run hegui bank keywords use first, "
            "or write in_use",
        )
    return named


def _version(declared: ClassifierDeclaration, index: int, history: History) -> Adoption:
    """The version of a classifier that a declaration names."""
    known = list(versions(history, Part.CLASSIFIER))
    named = next((each for each in known if declared.model in {each.name, each.digest}), None)
    if named is None:
        close = nearest(declared.model, [each.name for each in known])
        meant = (f"是不是 {close}？", f"did you mean {close}? ") if close else ("", "")
        raise UnusableDeclaration(
            f"classifiers[{index}].model",
            zh=f"本工作区没有采用过分类器 {declared.model!r}；{meant[0]}先运行 hegui screen use MODEL.clf",
            en=f"no classifier {declared.model!r} was ever in use here; {meant[1]}"
            "run hegui screen use MODEL.clf first",
        )
    return named


def _self_contained(declaration: ScreenDeclaration, folder: Path) -> ScreenDeclaration:
    """A declaration that means the same wherever it is read: formats stand in it, keys are named in full."""

    def whole(guard: GuardDeclaration) -> GuardDeclaration:
        form = guard.format
        if isinstance(form, str) and form.endswith(FORMAT_FILES):
            form = load_document(folder / form, GuardFormat)
        return structs.replace(guard, format=form, key_file=in_full(guard.key_file))

    def in_full(key_file: str | None) -> str | None:
        return None if key_file is None else str((folder / key_file).absolute())

    classifiers = tuple(
        structs.replace(each, model=str((folder / each.model).absolute())) if each.risks else each
        for each in declaration.classifiers
    )
    media = declaration.media
    if media.pictures is not None:
        media = structs.replace(media, pictures=whole(media.pictures))
    if media.sound is not None:
        key_file = in_full(media.sound.key_file)
        media = structs.replace(media, sound=structs.replace(media.sound, key_file=key_file))
    guards = tuple(map(whole, declaration.guards))
    return structs.replace(declaration, classifiers=classifiers, guards=guards, media=media)


@contextmanager
def _placed(path: Path) -> Iterator[None]:
    """Tell where in a file the fault of its declaration stands."""
    try:
        yield
    except UnusableDeclaration as error:
        raise InvalidDocument(
            path=path,
            line=field_line(path, error.field),
            field=error.field,
            zh=error.text.zh,
            en=error.text.en,
        ) from error
