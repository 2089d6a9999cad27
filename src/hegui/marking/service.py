"""The use cases of marking."""

import io
import tempfile
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import BinaryIO

import msgspec

from hegui.core import (
    BilingualText,
    Clock,
    InvalidInput,
    Json,
    NotFound,
    Record,
    Verdict,
    digest_bytes,
    legal_day,
    timestamp,
)
from hegui.ledger import EntryRef, Ledger
from hegui.marking import explicit as words
from hegui.marking.batch import Journal, LabelTask, Made, Refusal, attempts, is_as_left
from hegui.marking.certificates import Certificates
from hegui.marking.explicit import ExplicitLabel, Prominence
from hegui.marking.files import check_writable, draft, named, opened, refusal
from hegui.marking.inspection import Inspection, inspected
from hegui.marking.judgement import conformity, file_deviations, platform_verdict
from hegui.marking.label_keys import LabelKeys
from hegui.marking.model import Fault, FoundLabel, ImplicitLabel, PlatformVerdict
from hegui.marking.picture_text import explicit_verdict, marks_in_picture
from hegui.marking.picture_watermark import (
    NOT_SOUGHT,
    WatermarkCheck,
    WatermarkStatus,
    check_watermark,
    check_watermarking,
    watermark_secret,
)
from hegui.marking.production import Product, Recipe, kind_of, labelled_data, labelled_draft
from hegui.marking.propagation import Statement, propagated
from hegui.marking.protection import KeyPin, checks, propagation_protected
from hegui.marking.provenance import Provenance, holds_credentials, provenance
from hegui.marking.release import keep_until, refuse_unfit
from hegui.marking.reports import (
    FileOutcome,
    LabelledData,
    LabelledFile,
    LabelledText,
    MarkingReport,
    OutcomeStatus,
    Release,
)
from hegui.marking.splices import Buffer, digest, pieces
from hegui.rulebook import Rulebook
from hegui.store import Blobs, Connection, Database, StorageFull

LABELLED = "marking.labelled"
PROPAGATED = "marking.propagated"
RELEASED = "marking.released"
KEY_PINNED = "marking.key_pinned"
KEY_WITHDRAWN = "marking.key_withdrawn"

_LONGEST_QUOTE = 1024
_GROUP = 32
_PIECE_BYTES = 1 << 20


class Signing(Record):
    """What is done with the operator's keys to a file, beside its being labelled.

    Attributes:
        protect: whether the label's reserved fields are signed with the operator's SM2 key.
        c2pa: whether the file is signed under C2PA with the installed certificate.
        break_c2pa: whether somebody's signature under C2PA may become invalid, where ``c2pa`` is not asked.
        watermark: whether pictures hold a mark in their pixels, which the operator's SM2 key makes and reads;
            it changes them.
    """

    protect: bool = False
    c2pa: bool = False
    break_c2pa: bool = False
    watermark: bool = False


_UNSIGNED = Signing()


class Marking:
    """Labels generated content and reads the labels of anyone's.

    There is no way here to take a label out of a file: a label is only ever replaced by another, and the
    evidence keeps the one replaced.

    Basis:
        LABEL 10
    """

    def __init__(
        self,
        *,
        database: Database,
        blobs: Blobs,
        ledger: Ledger,
        rulebook: Rulebook,
        clock: Clock,
        folder: Path,
    ) -> None:
        """Label into evidence.

        Args:
            database: where the ledger's transaction is opened.
            blobs: where replaced labels are kept whole.
            ledger: the evidence.
            rulebook: how large and how long explicit labels have to be, and how long records are kept.
            clock: dates the reports.
            folder: where keys, certificates and the journals of runs are; made on the first write.
        """
        self._database = database
        self._blobs = blobs
        self._ledger = ledger
        self._rulebook = rulebook
        self._clock = clock
        self._journals = folder / "runs"
        self.certificates = Certificates(folder / "c2pa", clock=clock)
        self._keys = LabelKeys(folder / "keys", clock=clock)

    # --- Labelling ---

    def label_file(
        self,
        path: Path,
        *,
        out: Path,
        label: ImplicitLabel,
        explicit: ExplicitLabel | None = None,
        signing: Signing = _UNSIGNED,
    ) -> LabelledFile:
        """Write the label into a file, prove that it is there, and record it.

        A label already in the file is replaced, since a file holds one; everything else in the file stays
        as it is, byte for byte. The file appears whole at ``out`` or not at all.

        Args:
            path: the file to label.
            out: where the labelled file goes; may be ``path``.
            label: the label.
            explicit: what people are to read or hear, too.
            signing: what is signed, and with what.

        Raises:
            NotFound: there is no such file, key or certificate.
            InvalidInput: the file is of no known format, damaged, or cannot take what is asked.
            Conflict: ``out`` cannot be written, the disk is full, an extra is missing, a certificate is
                expired, a signature would break, or the result did not stand the check.

        Basis:
            LABEL 5
            GB-45438 6.1
            GB-45438 E
        """
        recipe = self._recipe(label, explicit, signing)
        return self._label_one(path, out, label, recipe, kind=LABELLED)

    def label_data(
        self,
        data: bytes,
        *,
        name: str,
        label: ImplicitLabel,
        explicit: ExplicitLabel | None = None,
        signing: Signing = _UNSIGNED,
    ) -> LabelledData:
        """Label a file that is in memory, prove it and record it.

        Args:
            data: the file's bytes.
            name: what to call it in the evidence; its suffix tells a text that may be written to.
            label: the label.
            explicit: what people are to read or hear, too.
            signing: what is signed, and with what.

        Raises:
            NotFound: there is no such key or certificate.
            InvalidInput: the file is of no known format, damaged, or cannot take what is asked.
            Conflict: an extra is missing, a certificate is expired, a signature would break, or the result
                did not stand the check.

        Basis:
            LABEL 5
            GB-45438 6.1
        """
        recipe = self._recipe(label, explicit, signing)
        result, product = labelled_data(data, name=Path(name), label=label, recipe=recipe)
        with self._database.write() as connection:
            entry = self._record(connection, LABELLED, Path(name), Path(name), product)
        return LabelledData(data=result, file=_labelled_file(Path(name), Path(name), product, entry))

    def check_watermarks(self, producer: str) -> None:
        """Make sure that a producer's pictures can get watermarks, before the first one is there.

        Args:
            producer: the provider code that they are labelled for.

        Raises:
            NotFound: the operator has no key for it.
            WatermarkUnavailable: the extra is not installed.
        """
        self._keys.current(producer)
        check_watermarking()

    def label_stream(
        self, source: BinaryIO, out: BinaryIO, *, name: str, label: ImplicitLabel
    ) -> LabelledFile:
        """Label what is read from a stream and write it to another, in constant memory.

        A label at the head of a file is known only when its end has been seen, so that the whole passes
        through a temporary file.

        Args:
            source: the file's bytes.
            out: where the labelled file goes; nothing is written to it where anything fails.
            name: what to call it in the evidence; its suffix tells a text that may be written to.
            label: the label.

        Raises:
            InvalidInput: the file is of no known format, damaged, or cannot take the label.
            Conflict: the disk is full, a signature would break, or the result did not stand the check.

        Basis:
            LABEL 5
        """
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / f"stream{Path(name).suffix}"
            with path.open("wb") as file:
                while piece := source.read(_PIECE_BYTES):
                    file.write(piece)
            recipe = Recipe(prominence=self.prominence)
            result, product = labelled_draft(path, path, label=label, recipe=recipe)
            with self._database.write() as connection:
                entry = self._record(connection, LABELLED, Path(name), Path(name), product)
            with opened(result) as data:
                out.writelines(pieces(data, ()))
        return _labelled_file(Path(name), Path(name), product, entry)

    def label_files(
        self,
        tasks: Sequence[LabelTask],
        *,
        explicit: ExplicitLabel | None = None,
        signing: Signing = _UNSIGNED,
        run: str | None = None,
        workers: int = 1,
        advance: Callable[[int], None] = lambda _: None,
    ) -> tuple[FileOutcome, ...]:
        """Label many files; one that cannot be labelled is reported, and the others go on.

        Args:
            tasks: the files, with their labels.
            explicit: what people are to read or hear, too.
            signing: what is signed, and with what.
            run: a name under which a run that is killed can be gone on with; files that an earlier try
                labelled, and that are as it left them, are kept. ``None`` begins anew.
            workers: how many processes label at once.
            advance: told how many more files are done.

        Raises:
            NotFound: there is no such key or certificate.
            InvalidInput: two tasks have one place, or labels of several producers need a key.
            Conflict: the disk is full, an extra is missing, a certificate is expired, or another process
                is at the same run.

        Basis:
            LABEL 5
        """
        _refuse_shared_places(tasks)
        producers = {task.label.content_producer for task in tasks}
        if (signing.protect or signing.watermark) and len(producers) > 1:
            raise InvalidInput(
                zh="一个批次只能用一个制作者的私钥", en="a run uses the key of one producer only"
            )
        if not tasks:
            return ()
        recipe = self._recipe(tasks[0].label, explicit, signing)
        name = run or timestamp(self._clock())
        journal = Journal(self._journals / f"{digest_bytes(name.encode())[-16:]}.jsonl")
        with journal.held() as done:
            journal.sweep({task.out.resolve().parent for task in tasks})
            kept = {
                named(task.out)
                for task in tasks
                if run and named(task.out) in done and is_as_left(done[named(task.out)], task)
            }
            advance(len(kept))
            due = [task for task in tasks if named(task.out) not in kept]
            fresh: dict[str, FileOutcome] = {}
            group: list[tuple[LabelTask, Made | Refusal]] = []
            made = attempts(due, recipe, prefix=journal.prefix, workers=workers)
            try:
                for pair in made:
                    group.append(pair)
                    if len(group) >= _GROUP:
                        fresh |= self._settle(group, journal, advance)
                        group = []
                fresh |= self._settle(group, journal, advance)
            finally:
                journal.sweep({task.out.resolve().parent for task in tasks})
            if run is None:  # nobody can go on with it
                journal.forget()
        return tuple(
            msgspec.structs.replace(done[named(task.out)], status=OutcomeStatus.KEPT)
            if named(task.out) in kept
            else fresh[named(task.out)]
            for task in tasks
        )

    def label_text(
        self, text: str, *, label: ImplicitLabel, explicit: ExplicitLabel | None = None
    ) -> LabelledText:
        """Put an explicit label into a text, and record the implicit label that goes with it.

        The implicit label of a text without a file travels beside it: see :func:`hegui.marking.api_fields`.

        Args:
            text: what was generated.
            label: the label of the content.
            explicit: words for the readers and their place; the usual words at the start if not given.

        Raises:
            InvalidInput: the text has no middle for a label, or holds what is not Unicode.

        Basis:
            LABEL 4
            GB-45438 5.1
        """
        shown = explicit or ExplicitLabel()
        result = words.labelled(text, shown)
        before, after = digest_bytes(_encoded(text)), digest_bytes(_encoded(result))
        with self._database.write() as connection:
            content: dict[str, Json] = {
                "format": "text",
                "before": before,
                "after": after,
                "label": label.fields(),
                "explicit": words.words_in_text(shown),
            }
            entry = self._ledger.record(connection, kind=LABELLED, content=content)
        return LabelledText(text=result, label=label, before=before, after=after, entry=str(entry))

    @property
    def prominence(self) -> Prominence:
        """How large and how long explicit labels have to be today.

        Basis:
            GB-45438 5.2
            GB-45438 5.4
        """
        today = legal_day(self._clock())
        return Prominence(
            height=float(self._rulebook.parameter("label-character-height", on=today).value),
            seconds=float(self._rulebook.parameter("label-opening-seconds", on=today).value),
        )

    # --- Platforms and recipients ---

    def propagate_file(
        self,
        path: Path,
        *,
        out: Path,
        propagator: str,
        propagate_id: str,
        statement: Statement | None = None,
        signing: Signing = _UNSIGNED,
    ) -> LabelledFile:
        """Add a platform's own fields to a file's label; what the producer wrote stays as it is.

        Args:
            path: the file.
            out: where the file goes; may be ``path``.
            propagator: the platform's 27-character code.
            propagate_id: the platform's unique number of the content.
            statement: why content without a label is taken for generated.
            signing: what is signed, and with what.

        Raises:
            NotFound: there is no such file, key or certificate.
            InvalidInput: a value may not stand in a label, or the file cannot take one.
            Conflict: nothing in the file says that it is generated and ``statement`` is not given, its
                labels contradict one another, or as for :meth:`label_file`.

        Basis:
            LABEL 6
        """
        with opened(path) as data:
            labels = inspected(data).labels
        label: ImplicitLabel = propagated(
            labels, propagator=propagator, propagate_id=propagate_id, statement=statement
        )
        if signing.protect:
            label = propagation_protected(label, self._keys.current(propagator))
        recipe = self._recipe(label, None, msgspec.structs.replace(signing, protect=False))
        return self._label_one(path, out, label, recipe, kind=PROPAGATED)

    def release_file(self, path: Path, *, out: Path, recipient: str, agreement: str) -> Release:
        """Give a user, who asked for it, a file without an explicit label, and keep the record of it.

        The file has to hold a conforming metadata label, which stays.

        Args:
            path: the file, without an explicit label.
            out: where the copy for the recipient goes.
            recipient: to whom it is given: the account, or whatever tells that user.
            agreement: the user agreement that fixes the recipient's duties, with its edition.

        Raises:
            NotFound: there is no such file.
            InvalidInput: recipient or agreement is empty.
            Conflict: the file has no conforming metadata label, or shows an explicit one; or ``out`` cannot
                be written.

        Basis:
            LABEL 9
        """
        today = legal_day(self._clock())
        months = self._rulebook.parameter("label-log-months", on=today).value
        target = out.resolve()
        check_writable(target)
        with opened(path) as data:
            found = inspected(data)
            refuse_unfit(path, found, recipient=recipient, agreement=agreement)
            copy = draft(target, pieces(data, ()), mode=path.stat().st_mode & 0o777)
            try:
                release = Release(
                    file=named(path),
                    out=named(out),
                    digest=digest(data),
                    produce_id=found.labels[0].value("ProduceID"),
                    recipient=recipient,
                    agreement=agreement,
                    time=timestamp(self._clock()),
                    keep_until=keep_until(today, months=int(months)).isoformat(),
                    entry="",
                )
                with self._database.write() as connection:
                    content = msgspec.to_builtins(release)
                    del content["entry"]
                    entry = self._ledger.record(connection, kind=RELEASED, content=content)
                    copy.replace(target)
            finally:
                copy.unlink(missing_ok=True)
        return msgspec.structs.replace(release, entry=str(entry))

    # --- Verifying ---

    def verify_file(
        self, path: Path, *, read_pictures: bool = False, listen: bool = False, seek_watermarks: bool = False
    ) -> MarkingReport:
        """Read every label in a file, whoever wrote it, and judge it. Nothing is recorded.

        Args:
            path: the file; its name is not believed.
            read_pictures: whether explicit labels are looked for in pictures, about a second each.
            listen: whether explicit labels are listened for in recordings, which decodes them.
            seek_watermarks: whether the operator's own watermarks are sought, about a second each.

        Raises:
            NotFound: there is no such file.
            InvalidInput: it may not be read.
            Conflict: pictures are to be read and the extra is not installed, or recordings are to be listened
                to and ffmpeg is not.

        Basis:
            LABEL 6
        """
        with opened(path) as data, path.open("rb") as stream:
            return self._verified(
                data,
                stream,
                name=named(path),
                read_pictures=read_pictures,
                listen=listen,
                seek_watermarks=seek_watermarks,
            )

    def verify_files(
        self,
        paths: Sequence[Path],
        *,
        read_pictures: bool = False,
        listen: bool = False,
        seek_watermarks: bool = False,
        advance: Callable[[int], None] = lambda _: None,
    ) -> tuple[MarkingReport, ...]:
        """Verify many files; one that cannot be opened is inconclusive, and the others go on.

        Args:
            paths: the files.
            read_pictures: whether explicit labels are looked for in pictures, about a second each.
            listen: whether explicit labels are listened for in recordings, which decodes them.
            seek_watermarks: whether the operator's own watermarks are sought, about a second each.
            advance: told how many more files are done.

        Raises:
            Conflict: pictures are to be read and the extra is not installed, or recordings are to be listened
                to and ffmpeg is not.

        Basis:
            LABEL 6
        """
        reports = []
        for path in paths:
            try:
                reports.append(
                    self.verify_file(
                        path, read_pictures=read_pictures, listen=listen, seek_watermarks=seek_watermarks
                    )
                )
            except (InvalidInput, NotFound) as error:
                reports.append(self._unopened(path, error.text))
            advance(1)
        return tuple(reports)

    def verify(
        self,
        data: bytes,
        *,
        name: str,
        read_pictures: bool = False,
        listen: bool = False,
        seek_watermarks: bool = False,
    ) -> MarkingReport:
        """Read every label in bytes that are no file, and judge them.

        Args:
            data: the bytes.
            name: what to call them in the report.
            read_pictures: whether explicit labels are looked for in pictures, about a second each.
            listen: whether explicit labels are listened for in recordings, which decodes them.
            seek_watermarks: whether the operator's own watermarks are sought, about a second each.

        Raises:
            Conflict: pictures are to be read and the extra is not installed, or recordings are to be listened
                to and ffmpeg is not.
        """
        return self._verified(
            data,
            io.BytesIO(data),
            name=name,
            read_pictures=read_pictures,
            listen=listen,
            seek_watermarks=seek_watermarks,
        )

    # --- Keys ---

    def known_keys(self) -> tuple[KeyPin, ...]:
        """Every key that labels may be signed with, the operator's own and others', in the order pinned.

        Raises:
            LabelKeyUnusable: the list is damaged.
        """
        return self._keys.pins()

    def make_key(self, holder: str, *, note: str = "") -> KeyPin:
        """A new SM2 key of the operator's, which signs from now on; older ones stay believed.

        Args:
            holder: the operator's provider code, or the USCC in it.
            note: why.

        Raises:
            ProviderCodeInvalid: the holder is neither.
            Sm2Unavailable: the extra is not installed.
        """
        return self._noted(KEY_PINNED, self._keys.make(holder, note=note))

    def take_key(self, path: Path, holder: str, *, note: str = "") -> KeyPin:
        """A key of the operator's that was made elsewhere; it signs from now on.

        Args:
            path: its PEM file.
            holder: the operator's provider code, or the USCC in it.
            note: where it comes from.

        Raises:
            NotFound: there is no such file.
            InvalidInput: it holds no SM2 key, or the holder is neither code.
        """
        return self._noted(KEY_PINNED, self._keys.take(path, holder, note=note))

    def pin_key(self, key: str, holder: str, *, note: str = "") -> KeyPin:
        """Believe somebody's public key from now on.

        Args:
            key: a PEM file, or the key in hexadecimal as it stands in labels.
            holder: what their labels say: a provider code, the USCC in it, or a name.
            note: how it is known to be theirs.

        Raises:
            InvalidInput: that is no public SM2 key.
            Conflict: it is pinned already.
        """
        return self._noted(KEY_PINNED, self._keys.pin(key, holder, note=note))

    def withdraw_key(self, mark: str, *, note: str) -> KeyPin:
        """Believe a key no longer, whatever it signed and whenever.

        Args:
            mark: the key's short mark.
            note: why.

        Raises:
            NotFound: no such key is believed.
        """
        return self._noted(KEY_WITHDRAWN, self._keys.withdraw(mark, note=note))

    # --- How ---

    def _recipe(self, label: ImplicitLabel, explicit: ExplicitLabel | None, signing: Signing) -> Recipe:
        needed = signing.protect or signing.watermark
        key = self._keys.current(label.content_producer) if needed else None
        return Recipe(
            prominence=self.prominence,
            explicit=explicit,
            key=key if signing.protect else None,
            watermark=watermark_secret(key) if key and signing.watermark else None,
            credential=self.certificates.current() if signing.c2pa else None,
            break_credentials=signing.break_c2pa,
        )

    def _label_one(
        self, path: Path, out: Path, label: ImplicitLabel, recipe: Recipe, *, kind: str
    ) -> LabelledFile:
        target = out.resolve()
        check_writable(target)
        result, product = labelled_draft(path, target, label=label, recipe=recipe)
        try:
            with self._database.write() as connection:
                entry = self._record(connection, kind, path, out, product)
                # Within the transaction: a file that cannot take its place leaves no evidence either.
                result.replace(target)
        finally:
            result.unlink(missing_ok=True)
        return _labelled_file(path, out, product, entry)

    def _settle(
        self,
        group: Sequence[tuple[LabelTask, Made | Refusal]],
        journal: Journal,
        advance: Callable[[int], None],
    ) -> dict[str, FileOutcome]:
        """Put a group of files in their places and record them, in one transaction.

        A run that is killed between the two leaves files that are labelled and not recorded; going on with
        the run labels them again, which changes nothing but the evidence.
        """
        outcomes = {}
        with self._database.write() as connection:
            for task, made in group:
                outcomes[named(task.out)] = self._outcome(connection, task, made)
        journal.add(list(outcomes.values()))
        advance(len(group))
        return outcomes

    def _outcome(self, connection: Connection, task: LabelTask, made: Made | Refusal) -> FileOutcome:
        outcome = FileOutcome(
            file=named(task.file),
            out=named(task.out),
            status=OutcomeStatus.REFUSED,
            produce_id=task.label.produce_id,
        )
        if isinstance(made, Made):
            try:
                made.draft.replace(task.out.resolve())
            except OSError as error:
                refused = refusal(task.out, error)
                made = Refusal(type(refused).__name__, refused.text)
        if isinstance(made, Refusal):
            if made.kind == StorageFull.__name__:
                raise StorageFull(named(task.out.parent))
            return msgspec.structs.replace(outcome, error=made.kind, reason=made.text)
        entry = self._record(connection, LABELLED, task.file, task.out, made.product)
        return msgspec.structs.replace(
            outcome,
            status=OutcomeStatus.LABELLED,
            format=made.product.format,
            before=made.product.before,
            after=made.product.after,
            replaced=len(made.product.replaced),
            treatment=made.product.treatment,
            signed=made.product.signed,
            watermark=made.product.watermark,
            entry=str(entry),
        )

    def _record(self, connection: Connection, kind: str, path: Path, out: Path, product: Product) -> EntryRef:
        content: dict[str, Json] = {
            "file": named(path),
            "out": named(out),
            "format": product.format,
            "before": product.before,
            "after": product.after,
            "label": product.label.fields(),
            "explicit": product.explicit,
            "treatment": product.treatment and product.treatment.value,
            "signed": product.signed,
            "watermark": product.watermark,
            "c2pa": product.provenance.signer if product.provenance else None,
            **self._replacement(product.replaced),
        }
        return self._ledger.record(connection, kind=kind, content=content)

    def _replacement(self, replaced: Sequence[FoundLabel]) -> dict[str, Json]:
        """What evidence keeps of the labels replaced: quotations here, the whole in a blob."""
        quoted: Json = [
            {
                "carrier": item.carrier.value,
                "dialect": item.dialect.value,
                "fields": {field.name: field.value[:_LONGEST_QUOTE] for field in item.fields},
            }
            for item in replaced
        ]
        return {
            "replaced": quoted,
            "replaced_whole": self._blobs.put(msgspec.json.encode(replaced)) if replaced else None,
        }

    def _verified(
        self,
        data: Buffer,
        stream: BinaryIO,
        *,
        name: str,
        read_pictures: bool,
        listen: bool,
        seek_watermarks: bool,
    ) -> MarkingReport:
        found = inspected(data)
        marks = found.marks
        # A file that is mapped because of its size is a film, or no picture that could be decoded.
        if read_pictures and found.format is not None and not marks and isinstance(data, bytes):
            marks = marks_in_picture(data, self.prominence)
        if listen and found.format is not None and found.format.listen is not None:
            marks += found.format.listen(data)
        watermark = self._watermark(data, found) if seek_watermarks else None
        deviations = file_deviations(found.labels)
        return MarkingReport(
            file=name,
            digest=digest(data),
            time=timestamp(self._clock()),
            format=found.format.name if found.format else None,
            verdict=platform_verdict(
                found.labels,
                marks,
                found.faults,
                watermark=watermark is not None and watermark.status is WatermarkStatus.FOUND,
            ),
            implicit=conformity(found.labels, deviations),
            explicit=explicit_verdict(marks),
            labels=found.labels,
            protection=checks(found.labels, self._keys.pins()),
            provenance=self._provenance(data, stream, found),
            watermark=watermark,
            marks=marks,
            deviations=deviations,
            faults=found.faults,
        )

    def _unopened(self, path: Path, reason: BilingualText) -> MarkingReport:
        return MarkingReport(
            file=named(path),
            digest=None,
            time=timestamp(self._clock()),
            format=None,
            verdict=PlatformVerdict.INCONCLUSIVE,
            implicit=Verdict.NOT_ASSESSED,
            explicit=Verdict.NOT_ASSESSED,
            labels=(),
            protection=(),
            provenance=None,
            watermark=None,
            marks=(),
            deviations=(),
            faults=(Fault(offset=0, text=reason),),
        )

    def _provenance(self, data: Buffer, stream: BinaryIO, found: Inspection) -> Provenance | None:
        if found.format is None or not holds_credentials(data):
            return None
        return provenance(stream, kind=kind_of(found.format), anchors=self.certificates.anchors())

    def _watermark(self, data: Buffer, found: Inspection) -> WatermarkCheck:
        if found.format is None or not found.format.watermark:
            return WatermarkCheck(status=WatermarkStatus.CANNOT_SAY, text=NOT_SOUGHT)
        return check_watermark(data, self._keys.own(), found.labels)

    def _noted(self, kind: str, pin: KeyPin) -> KeyPin:
        with self._database.write() as connection:
            self._ledger.record(connection, kind=kind, content=msgspec.to_builtins(pin))
        return pin


def _labelled_file(path: Path, out: Path, product: Product, entry: EntryRef) -> LabelledFile:
    return LabelledFile(
        file=named(path),
        out=named(out),
        format=product.format,
        convention=product.convention,
        label=product.label,
        before=product.before,
        after=product.after,
        replaced=product.replaced,
        explicit=product.explicit,
        treatment=product.treatment,
        signed=product.signed,
        provenance=product.provenance,
        watermark=product.watermark,
        entry=str(entry),
    )


def _refuse_shared_places(tasks: Sequence[LabelTask]) -> None:
    places: dict[Path, Path] = {}
    for task in tasks:
        place = task.out.resolve()
        if place in places:
            raise InvalidInput(
                zh=f"{named(places[place])} 和 {named(task.file)} 都要写到 {named(task.out)}",
                en=f"{named(places[place])} and {named(task.file)} would both be written to "
                f"{named(task.out)}",
            )
        places[place] = task.file


def _encoded(text: str) -> bytes:
    try:
        return text.encode()
    except UnicodeEncodeError as error:
        raise InvalidInput(
            zh=f"第 {error.start + 1} 个字符不是 Unicode 文字；请检查文字的来源",
            en=f"character {error.start + 1} is not Unicode text; check where the text comes from",
        ) from error
