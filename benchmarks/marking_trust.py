"""What trust costs: content credentials, SM2, verification of folders, and runs over many files.

Run: ``python benchmarks/marking_trust.py [FILES]`` (default 200). Figures are CPU time of one process, the
best of three; absolute rates are those of the machine it runs on, the ratios are what carries over.
"""

import datetime as dt
import io
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from PIL import Image

from hegui.marking import ImplicitLabel, LabelTask, Prominence
from hegui.marking.certificates import Certificates
from hegui.marking.inspection import inspected
from hegui.marking.production import Recipe, labelled_data
from hegui.marking.protection import KeyPin, checks, key_mark, protected
from hegui.marking.provenance import provenance, sign
from hegui.marking.sm2 import PrivateKey
from hegui.settings import Settings
from hegui.workspace import Workspace

LABEL = ImplicitLabel.first(producer="001191110102MACQD9K64010000", produce_id="benchmark-1")
PROMINENCE = Prominence(height=0.05, seconds=2)


def rate(count: int, work: Callable[[], object]) -> float:
    """How many a second of CPU time, the best of three."""
    best = 0.0
    for _ in range(3):
        begin = time.process_time()
        for _ in range(count):
            work()
        best = max(best, count / (time.process_time() - begin))
    return best


def report(name: str, value: float, target: str = "") -> None:
    print(f"{name:<64} {value:>9,.0f}/s  {target}")


def measure(kind: str, data: bytes, plain: Recipe, signing: Recipe, count: int) -> None:
    path = Path(f"x.{kind.lower()}")
    print(f"\n{kind}, {len(data):,} bytes")
    labelled = labelled_data(data, name=path, label=LABEL, recipe=plain)[0]
    signed = labelled_data(data, name=path, label=LABEL, recipe=signing)[0]

    def check() -> object:
        return provenance(io.BytesIO(signed), kind=kind.lower(), anchors=b"")

    def sign_alone() -> None:
        assert signing.credential is not None
        sign(
            io.BytesIO(labelled), io.BytesIO(), kind=kind.lower(), credential=signing.credential, parent=None
        )

    report("sign under C2PA (c2pa-python alone)", rate(count // 4, sign_alone))
    report("label and prove", rate(count, lambda: labelled_data(data, name=path, label=LABEL, recipe=plain)))
    report(
        "label, sign under C2PA, prove both",
        rate(count // 4, lambda: labelled_data(data, name=path, label=LABEL, recipe=signing)),
        ">= 120" if kind == "JPEG" else "",
    )
    report(
        "read and judge labels", rate(count, lambda: inspected(labelled)), ">= 1,500" if kind == "PNG" else ""
    )
    report("check content credentials", rate(count // 4, check))


def main(count: int) -> None:
    noise = Image.effect_noise((1024, 1024), 40).convert("RGB")
    pictures = {}
    for kind, options in (("JPEG", {"quality": 85}), ("PNG", {"compress_level": 1})):
        file = io.BytesIO()
        noise.save(file, kind, **options)
        pictures[kind] = file.getvalue()
    key = PrivateKey.generate()
    pin = KeyPin(
        id=key_mark(key.public), holder=LABEL.content_producer, key=key.public.to_bytes().hex(), since=""
    )
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        certificates = Certificates(folder / "c2pa", clock=lambda: dt.datetime.now(dt.UTC))
        plain = Recipe(prominence=PROMINENCE)
        signing = Recipe(prominence=PROMINENCE, credential=certificates.make_unsafe_test_certificate())
        for kind, data in pictures.items():
            measure(kind, data, plain, signing, count)
        print("\nSM2 in the reserved fields")
        made = protected(LABEL, key)
        (found,) = inspected(
            labelled_data(pictures["JPEG"], name=Path("x.jpg"), label=made, recipe=plain)[0]
        ).labels
        report("sign both fields (GmSSL)", rate(count // 4, lambda: protected(LABEL, key)))
        report("check both fields (plain Python)", rate(count // 4, lambda: checks([found], [pin])))
        print("\nruns over many files (wall clock, evidence and forced writes included)")
        workspace = Workspace.create(Settings(workspace=folder / "workspace", actor="benchmark"))
        tasks = []
        for index in range(count):
            path = folder / f"{index}.jpg"
            path.write_bytes(pictures["JPEG"])
            label = ImplicitLabel.first(producer=LABEL.content_producer, produce_id=f"b-{index}")
            tasks.append(LabelTask(path, folder / "out" / path.name, label))
        for workers in (1, 2):
            begin = time.perf_counter()
            workspace.marking.label_files(tasks, workers=workers)
            report(f"label_files, {workers} worker(s)", count / (time.perf_counter() - begin))
        begin = time.perf_counter()
        for task in tasks:
            workspace.marking.verify_file(task.out)
        report(
            "verify_file (digest and content credentials looked for)", count / (time.perf_counter() - begin)
        )
        workspace.database.close()


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 200)
