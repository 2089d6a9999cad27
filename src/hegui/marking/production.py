"""From a file to the labelled file, in the only order that works.

Explicit label, watermark, metadata label, content credentials, and then everything is read back: what comes
later covers what came before, and each step done out of turn would undo another.
"""

import dataclasses
import io
from contextlib import ExitStack
from pathlib import Path
from typing import BinaryIO

from hegui.core import BilingualText, Conflict, InvalidInput, Record
from hegui.marking.certificates import Credential
from hegui.marking.explicit import ExplicitLabel, Prominence, Shown, Treatment
from hegui.marking.files import DRAFT, draft, empty_draft, finish, named, opened, refusal
from hegui.marking.formats import FORMATS, Format, format_of
from hegui.marking.inspection import inspected
from hegui.marking.model import FoundLabel, ImplicitLabel
from hegui.marking.picture_watermark import Watermark, prove_watermark, put_watermark
from hegui.marking.proof import prove, prove_signed
from hegui.marking.protection import protected
from hegui.marking.provenance import Provenance, holds_credentials, sign, supports
from hegui.marking.sm2 import PrivateKey
from hegui.marking.splices import Buffer, digest, pieces, spliced


class FormatUnsupported(InvalidInput):
    """A file whose format has no place for a label that is known here.

    Attributes:
        path: the file.
    """

    def __init__(self, path: Path) -> None:
        """Name the file and the formats that can be labelled."""
        known = "、".join(item.name for item in FORMATS)
        suffixes = " ".join(dict.fromkeys(suffix for item in FORMATS for suffix in item.told_by_name))
        super().__init__(
            zh=f"{named(path)}：不认识的格式，没有改动；可加标识的格式：{known}"
            f"（文本与 JSON 按文件名识别：{suffixes}）",
            en=f"{named(path)}: not a format that can be labelled, nothing was changed; known are "
            f"{known.replace('、', ', ')} (text and JSON are told by their names: {suffixes})",
        )
        self.path = path


class ExplicitUnsupported(InvalidInput):
    """An explicit label was asked for in a format that Hegui cannot draw or speak one into.

    Attributes:
        path: the file.
    """

    def __init__(self, path: Path, file_format: str) -> None:
        """Name the file, its format and the way out."""
        super().__init__(
            zh=f"{named(path)}：不能在 {file_format} 中添加显式标识；请在生成时画上，再来添加隐式标识",
            en=f"{named(path)}: an explicit label cannot be put into {file_format}; draw it when the "
            "content is made, then add the implicit label here",
        )
        self.path = path


class WatermarkUnsupported(InvalidInput):
    """A watermark was asked for in what is no picture that can hold one.

    Attributes:
        path: the file.
    """

    def __init__(self, path: Path, file_format: str) -> None:
        """Name the file, its format and those that can."""
        known = "、".join(item.name for item in FORMATS if item.watermark)
        super().__init__(
            zh=f"{named(path)}：{file_format} 中不能加水印（{known} 可以）；没有改动，请去掉 --watermark",
            en=f"{named(path)}: {file_format} cannot hold a watermark ({known.replace('、', ', ')} can); "
            "nothing was changed, leave out --watermark",
        )
        self.path = path


class CredentialsWouldBreak(Conflict):
    """A file signed under C2PA, whose signature any change makes invalid.

    Attributes:
        path: the file.
    """

    def __init__(self, path: Path) -> None:
        """Name the file and both ways out."""
        super().__init__(
            zh=f"{named(path)} 带有 C2PA 签名，加标识会使其失效；没有改动。加 --c2pa 以本方证书重新签名"
            "（原签名作为来源保留），或加 --break-c2pa 接受失效",
            en=f"{named(path)} is signed under C2PA, and labelling it would break that; nothing was changed. "
            "Add --c2pa to sign anew with your own certificate (the old signature stays as the parent), or "
            "--break-c2pa to let it break",
        )
        self.path = path


class SigningUnsupported(InvalidInput):
    """Content credentials were asked for in a format that C2PA has no place in."""

    def __init__(self, path: Path, file_format: str) -> None:
        """Name the file and its format."""
        super().__init__(
            zh=f"{named(path)}：C2PA 不支持 {file_format}；没有改动，请去掉 --c2pa",
            en=f"{named(path)}: C2PA has no place in {file_format}; nothing was changed, leave out --c2pa",
        )


@dataclasses.dataclass(frozen=True)
class Recipe:
    """What is done to every file alike.

    Attributes:
        prominence: how large and how long an explicit label has to be.
        explicit: the explicit label, or ``None``.
        key: what signs the label's reserved fields, or ``None``.
        watermark: the secret of the watermark that goes into pictures, or ``None``.
        credential: who signs content credentials, or ``None``.
        break_credentials: whether somebody's content credentials may become invalid.
    """

    prominence: Prominence
    explicit: ExplicitLabel | None = None
    key: PrivateKey | None = None
    watermark: bytes | None = None
    credential: Credential | None = None
    break_credentials: bool = False


class Product(Record):
    """What came of one file.

    Attributes:
        format: what its bytes are.
        convention: what the label's place rests on where no guide names it.
        label: the label now in it.
        before: the digest of the file as it was.
        after: the digest of the labelled file.
        replaced: the labels that gave way.
        explicit: the words people see or hear, where any were added.
        treatment: what became of the content as they, or a watermark, were added.
        signed: whether somebody had signed the file in its format's own way.
        provenance: the content credentials it was signed with, where it was.
        watermark: what the watermark in its pixels says, where one was put there.
    """

    format: str
    convention: BilingualText | None
    label: ImplicitLabel
    before: str
    after: str
    replaced: tuple[FoundLabel, ...]
    explicit: str | None
    treatment: Treatment | None
    signed: bool
    provenance: Provenance | None
    watermark: str | None


def labelled_draft(
    path: Path, target: Path, *, label: ImplicitLabel, recipe: Recipe, prefix: str = DRAFT
) -> tuple[Path, Product]:
    """A labelled and proven file beside ``target``; nothing is left of it where anything fails.

    Args:
        path: the file to label.
        target: the file that the draft is to become.
        label: its label.
        recipe: what else is done.
        prefix: what the draft's name begins with.

    Raises:
        NotFound: there is no such file.
        InvalidInput: it is of no known format, damaged, or cannot take what is asked.
        Conflict: its credentials would break, the folder cannot be written, or the check failed.
    """
    with ExitStack() as undo, opened(path) as original:
        mode = path.stat().st_mode & 0o777
        label = _protected(label, recipe)
        file_format, shown = _shown(path, original, recipe)
        data, mark = _marked(original if shown is None else shown.data, label, recipe)
        result = draft(target, pieces(data, file_format.write(data, label)), mode=mode, prefix=prefix)
        undo.callback(result.unlink, missing_ok=True)
        with opened(result) as after:
            prove(file_format, before=data, after=after, label=label)
        provenance = None
        if recipe.credential is not None:
            signed = empty_draft(target, prefix=prefix)
            undo.callback(signed.unlink, missing_ok=True)
            try:
                with result.open("rb") as source, signed.open("w+b") as out, path.open("rb") as parent:
                    _sign(source, out, parent, original=original, file_format=file_format, recipe=recipe)
                    finish(out)
                signed.chmod(mode)
            except OSError as error:
                raise refusal(target, error) from error
            with opened(signed) as after, signed.open("rb") as stream:
                provenance = prove_signed(file_format, after=after, stream=stream, label=label)
            result.unlink()
            result = signed
        with opened(result) as after:
            product = _product(file_format, original, after, label, shown, mark, provenance)
        undo.pop_all()
        return result, product


def labelled_data(
    original: bytes, *, name: Path, label: ImplicitLabel, recipe: Recipe
) -> tuple[bytes, Product]:
    """The same in memory.

    Args:
        original: the file's bytes.
        name: what to call it; its suffix tells a text that may be written to.
        label: its label.
        recipe: what else is done.

    Raises:
        InvalidInput: it is of no known format, damaged, or cannot take what is asked.
        Conflict: its credentials would break, or the check failed.
    """
    label = _protected(label, recipe)
    file_format, shown = _shown(name, original, recipe)
    data, mark = _marked(original if shown is None else shown.data, label, recipe)
    result = spliced(data, file_format.write(data, label))
    prove(file_format, before=data, after=result, label=label)
    provenance = None
    if recipe.credential is not None:
        out = io.BytesIO()
        parent = io.BytesIO(original)
        _sign(io.BytesIO(result), out, parent, original=original, file_format=file_format, recipe=recipe)
        result = out.getvalue()
        provenance = prove_signed(file_format, after=result, stream=io.BytesIO(result), label=label)
    return result, _product(file_format, original, result, label, shown, mark, provenance)


def kind_of(file_format: Format) -> str:
    """The format by its usual suffix, as C2PA names it."""
    return file_format.suffixes[0].removeprefix(".")


def _shown(path: Path, original: Buffer, recipe: Recipe) -> tuple[Format, Shown | None]:
    """What the file is, and the file with its label for people, where one is asked for.

    Nothing is done where something later would fail.
    """
    file_format = format_of(original)
    if file_format is None or (
        file_format.told_by_name and path.suffix.lower() not in file_format.told_by_name
    ):
        raise FormatUnsupported(path)
    if recipe.credential is not None:
        if not supports(kind_of(file_format)):
            raise SigningUnsupported(path, file_format.name)
    elif not recipe.break_credentials and holds_credentials(original):
        raise CredentialsWouldBreak(path)
    if recipe.watermark is not None and not file_format.watermark:
        raise WatermarkUnsupported(path, file_format.name)
    if recipe.explicit is None:
        return file_format, None
    if file_format.show is None:
        raise ExplicitUnsupported(path, file_format.name)
    return file_format, file_format.show(original, recipe.explicit, recipe.prominence)


def _marked(data: Buffer, label: ImplicitLabel, recipe: Recipe) -> tuple[Buffer, Watermark | None]:
    """The picture with its watermark, where one is asked for."""
    if recipe.watermark is None:
        return data, None
    mark = Watermark.of(recipe.watermark, label)
    return put_watermark(data, mark), mark


def _sign(
    source: BinaryIO,
    out: BinaryIO,
    parent: BinaryIO,
    *,
    original: Buffer,
    file_format: Format,
    recipe: Recipe,
) -> None:
    assert recipe.credential is not None  # noqa: S101 - asked for by both callers
    sign(
        source,
        out,
        kind=kind_of(file_format),
        credential=recipe.credential,
        parent=parent if holds_credentials(original) else None,
    )


def _protected(label: ImplicitLabel, recipe: Recipe) -> ImplicitLabel:
    return label if recipe.key is None else protected(label, recipe.key)


def _product(
    file_format: Format,
    original: Buffer,
    after: Buffer,
    label: ImplicitLabel,
    shown: Shown | None,
    mark: Watermark | None,
    provenance: Provenance | None,
) -> Product:
    """What came of it; the watermark is read from the bytes that are handed out, after everything else."""
    treatment = shown.treatment if shown else None
    if mark is not None:
        prove_watermark(after, mark)
        treatment = Treatment.ENCODED
    return Product(
        format=file_format.name,
        convention=file_format.convention,
        label=label,
        before=digest(original),
        after=digest(after),
        replaced=inspected(original).labels,
        explicit=shown.words if shown else None,
        treatment=treatment,
        signed=file_format.signed is not None and file_format.signed(original),
        provenance=provenance,
        watermark=mark.identifier.hex() if mark else None,
    )
