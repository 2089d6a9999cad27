"""The directory that is handed over: it appears whole, or not at all."""

import inspect
import shutil
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

import msgspec

from hegui.core import Conflict
from hegui.ledger import verify_directory
from hegui.store import StorageFull, is_full

MANIFEST = "manifest.json"
NOTE = "manifest.note"
FIGURES = "figures.json"
README = "README.txt"
VERIFIER = "verify.py"

_README = """\
合规 Hegui 自评估材料与证据包
Hegui self-assessment and evidence bundle

核验（不需要 Hegui，不联网；只需 Python 和 cryptography 包）：
To verify (without Hegui and without a network; Python and its cryptography package suffice):

    python verify.py . --key VKEY

装有 Hegui 的机器上也可以：
Where Hegui is installed, this does the same:

    hegui verify . --key VKEY

请从独立渠道取得 verify.py 和验证钥 VKEY（服务提供者工作区的 keys/ledger.vkey）：本目录里的副本只为方便，
只能说明材料前后一致，不能说明出自何人。
Get verify.py and the verifier key VKEY (keys/ledger.vkey of the provider's workspace) from an independent
place: the copies in this directory are a convenience. They show that the material agrees with itself, not
whose it is.

核验说明：每个文件未被改动；台账没有被改写、删减或截断；材料中每个数字与其引用的台账记录一致。
它不说明台账记录的事实本身属实：那由提供者负责，由审核人判断。
Verification shows that no file was changed, that the ledger was not rewritten, thinned or cut, and that
every number in the documents is what the ledger entry it cites says. It does not show that what was
recorded is true: the provider answers for that, and reviewers judge it.

figures.json   每个数字的出处 / the source of every number
evidence/      全部台账记录 / all ledger entries
manifest.json  文件清单及摘要，由 manifest.note 签名 / every file's digest, signed by manifest.note

材料为草稿，由人审阅、决定、签署和提交；本软件不向任何机构发送任何内容。
The documents are drafts: people review, decide, sign and submit; this software sends nothing to anybody.
"""


class _Listing(msgspec.Struct):
    """What is read of the manifest of an earlier dossier."""

    files: dict[str, object]


class DossierInTheWay(Conflict):
    """The directory holds something that composing would replace."""

    def __init__(self, directory: Path) -> None:
        """Say what to do instead."""
        super().__init__(
            zh=f"{directory} 不是空目录；请换一个目录；其中只有旧的材料时可加 --force 替换",
            en=f"{directory} is not an empty directory; choose another; --force replaces an earlier dossier "
            "that nothing was added to",
        )
        self.directory = directory


def refuse_to_overwrite(out: Path, *, replace: bool) -> None:
    """Refuse a place that holds anything but, where ``replace`` allows it, an earlier dossier.

    Raises:
        DossierInTheWay: it does.
    """
    if not out.exists():
        return
    if out.is_dir() and (not any(out.iterdir()) or (replace and _is_dossier(out))):
        return
    raise DossierInTheWay(out)


def _is_dossier(directory: Path) -> bool:
    """Whether everything there was composed: a signed scan that people put beside it must not be lost."""
    try:
        listed = msgspec.json.decode((directory / MANIFEST).read_bytes(), type=_Listing).files.keys()
    except (OSError, msgspec.MsgspecError):
        return False
    present = {path.relative_to(directory).as_posix() for path in directory.rglob("*") if not path.is_dir()}
    return {FIGURES, VERIFIER} <= listed and present <= listed | {MANIFEST, NOTE}


@contextmanager
def drafted(out: Path, files: Mapping[str, bytes]) -> Iterator[Path]:
    """A draft of the directory beside its place, which it takes when the block ends well.

    Args:
        out: where it goes; whatever lies there then is replaced.
        files: the documents, by name; how to verify and the verifier are added to them.

    Raises:
        StorageFull: the disk is full; nothing is left of the draft.
    """
    # The directory one stands in has no other name, and a link goes on pointing where it does.
    place = out.resolve()
    try:
        place.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=place.parent, prefix=f".{place.name}.") as folder:
            draft = Path(folder) / "draft"
            draft.mkdir()
            for name, data in files.items():
                (draft / name).write_bytes(data)
            (draft / README).write_text(_README, encoding="utf-8")
            shutil.copyfile(inspect.getfile(verify_directory), draft / VERIFIER)
            yield draft
            if place.exists():
                place.rename(Path(folder) / "replaced")
            draft.rename(place)
    except OSError as error:
        if is_full(error):
            raise StorageFull(str(out)) from error
        raise
