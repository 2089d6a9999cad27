import dataclasses
import datetime as dt
import errno
import io
from pathlib import Path

import pytest
from PIL import Image

from hegui.marking import (
    CredentialsWouldBreak,
    ExplicitLabel,
    ExplicitUnsupported,
    FormatUnsupported,
    LabelNotProven,
    NotWritable,
    Placement,
    Prominence,
    ProvenanceStatus,
    SigningUnsupported,
    Treatment,
    WatermarkNotHeld,
    WatermarkUnsupported,
    production,
)
from hegui.marking.certificates import Certificates
from hegui.marking.formats.png import PNG
from hegui.marking.inspection import inspected
from hegui.marking.picture_watermark import Watermark
from hegui.marking.production import Recipe, labelled_data, labelled_draft
from hegui.marking.protection import checks
from hegui.marking.sm2 import PrivateKey
from hegui.marking.watermarking import WatermarkHeldAlready
from simulators.samples import pdfs

PROMINENCE = Prominence(height=0.05, seconds=2)
PLAIN = Recipe(prominence=PROMINENCE)


@pytest.fixture(scope="module")
def signing(tmp_path_factory) -> Recipe:
    certificates = Certificates(tmp_path_factory.mktemp("c2pa"), clock=lambda: dt.datetime.now(dt.UTC))
    return Recipe(prominence=PROMINENCE, credential=certificates.make_unsafe_test_certificate())


@pytest.fixture
def picture(tmp_path, pngs):
    path = tmp_path / "picture.png"
    path.write_bytes(pngs["RGB"])
    return path


@pytest.mark.parametrize("kind", ["plain", "signed", "protected"])
def test_a_file_and_its_bytes_are_labelled_alike(picture, label, signing, kind):
    recipe = {
        "plain": PLAIN,
        "signed": signing,
        "protected": dataclasses.replace(PLAIN, key=PrivateKey.generate()),
    }[kind]
    target = picture.with_name("out.png")
    draft, product = labelled_draft(picture, target, label=label, recipe=recipe)
    data, same = labelled_data(picture.read_bytes(), name=picture, label=label, recipe=recipe)
    assert [path.name for path in picture.parent.iterdir() if path not in {picture, draft}] == []
    for result, made in ((draft.read_bytes(), product), (data, same)):
        (found,) = inspected(result).labels
        assert found.is_exactly(made.label)
        assert made.label.produce_id == label.produce_id
        assert len(checks([found], [])) == (2 if kind == "protected" else 0)
        assert (made.provenance is not None) is (kind == "signed")


def test_a_signed_file_is_not_broken_without_being_told(picture, label, signing):
    data, _ = labelled_data(picture.read_bytes(), name=picture, label=label, recipe=signing)
    picture.write_bytes(data)
    with pytest.raises(CredentialsWouldBreak, match="--break-c2pa"):
        labelled_data(data, name=picture, label=label, recipe=PLAIN)
    with pytest.raises(CredentialsWouldBreak):
        labelled_draft(picture, picture, label=label, recipe=PLAIN)
    broken, _ = labelled_data(
        data, name=picture, label=label, recipe=dataclasses.replace(PLAIN, break_credentials=True)
    )
    assert [item.strict() for item in inspected(broken).labels] == [label]


def test_a_signed_file_is_labelled_anew_and_keeps_its_story(picture, label, other_label, signing):
    first, _ = labelled_data(picture.read_bytes(), name=picture, label=label, recipe=signing)
    picture.write_bytes(first)
    _, product = labelled_draft(picture, picture, label=other_label, recipe=signing)
    assert product.provenance.status is ProvenanceStatus.UNTRUSTED
    assert product.provenance.manifests == 2
    assert [item.strict() for item in product.replaced] == [label]


def test_words_come_before_the_label_and_are_named(tmp_path, label):
    path = tmp_path / "a.md"
    recipe = dataclasses.replace(PLAIN, explicit=ExplicitLabel(placement=Placement.CORNER))
    data, product = labelled_data("好。".encode(), name=path, label=label, recipe=recipe)
    assert data.endswith("好。【AI】".encode())
    assert product.explicit == "AI"


def test_what_a_format_cannot_do_is_refused(tmp_path, picture, label, signing, monkeypatch):
    with pytest.raises(FormatUnsupported):
        labelled_data(b"\0", name=picture, label=label, recipe=PLAIN)
    with pytest.raises(FormatUnsupported, match="told by their names"):
        labelled_data(b"a", name=picture, label=label, recipe=PLAIN)
    with pytest.raises(FormatUnsupported, match=r"\.json \.md"):
        labelled_data(b"{}", name=tmp_path / "notebook.ipynb", label=label, recipe=PLAIN)
    with pytest.raises(SigningUnsupported, match="leave out --c2pa"):
        labelled_data(b"a", name=tmp_path / "a.md", label=label, recipe=signing)
    monkeypatch.setattr(production, "format_of", lambda _: dataclasses.replace(PNG, show=None))
    with pytest.raises(ExplicitUnsupported, match="draw it when"):
        labelled_data(
            b"", name=picture, label=label, recipe=dataclasses.replace(PLAIN, explicit=ExplicitLabel())
        )


def test_nothing_is_left_where_signing_or_its_proof_fails(picture, label, signing, monkeypatch):
    def refuse(*_, **__):
        raise LabelNotProven(zh="坏", en="broken")

    monkeypatch.setattr(production, "prove_signed", refuse)
    with pytest.raises(LabelNotProven):
        labelled_draft(picture, picture, label=label, recipe=signing)
    monkeypatch.undo()

    def full(_):
        raise OSError(errno.EIO, "broken")

    monkeypatch.setattr(production, "finish", full)
    with pytest.raises(NotWritable, match="broken"):
        labelled_draft(picture, picture, label=label, recipe=signing)
    assert list(picture.parent.iterdir()) == [picture]


def test_a_picture_has_no_corner_mark_of_two_letters(label):
    file = io.BytesIO()
    Image.new("L", (200, 200)).save(file, "PNG")
    recipe = dataclasses.replace(PLAIN, explicit=ExplicitLabel(placement=Placement.CORNER))
    _, product = labelled_data(file.getvalue(), name=Path("a.png"), label=label, recipe=recipe)
    assert product.explicit == "本内容由人工智能生成"


def painted(kind="PNG", side=300) -> bytes:
    file = io.BytesIO()
    Image.effect_noise((side, side), 30).convert("RGB").save(file, kind)
    return file.getvalue()


def test_the_steps_come_in_the_order_in_which_none_undoes_another(label, signing, monkeypatch, tmp_path):
    steps = []

    def noted(name, step):
        def call(*arguments, **options):
            steps.append(name)
            return step(*arguments, **options)

        return call

    for name in ("put_watermark", "prove", "_sign", "prove_signed", "prove_watermark"):
        monkeypatch.setattr(production, name, noted(name, getattr(production, name)))
    explicit = ExplicitLabel(wording="AI生成")
    recipe = dataclasses.replace(signing, explicit=explicit, watermark=bytes(32))
    path = tmp_path / "picture.png"
    path.write_bytes(painted())
    data, product = labelled_data(painted(), name=path, label=label, recipe=recipe)
    draft, same = labelled_draft(path, path, label=label, recipe=recipe)
    assert steps == ["put_watermark", "prove", "_sign", "prove_signed", "prove_watermark"] * 2
    for result, made in ((data, product), (draft.read_bytes(), same)):
        assert (made.explicit, made.treatment) == ("AI生成", Treatment.ENCODED)
        assert made.watermark == Watermark.of(bytes(32), label).identifier.hex()
        assert [item.strict() for item in inspected(result).labels] == [label]


def test_labelling_alone_changes_no_pixel_and_a_watermark_says_that_it_does(label):
    _, plain = labelled_data(painted(), name=Path("a.png"), label=label, recipe=PLAIN)
    assert (plain.watermark, plain.treatment) == (None, None)
    recipe = dataclasses.replace(PLAIN, watermark=bytes(32))
    _, marked = labelled_data(painted("JPEG"), name=Path("a.jpg"), label=label, recipe=recipe)
    assert marked.treatment is Treatment.ENCODED


def test_a_watermark_put_in_twice_is_there_once_and_one_for_other_content_is_refused(label, other_label):
    recipe = dataclasses.replace(PLAIN, watermark=bytes(32))
    data, first = labelled_data(painted(), name=Path("a.png"), label=label, recipe=recipe)
    again, second = labelled_data(data, name=Path("a.png"), label=label, recipe=recipe)
    assert (again, second.watermark) == (data, first.watermark)
    with pytest.raises(WatermarkHeldAlready, match="another number") as refused:
        labelled_data(data, name=Path("a.png"), label=other_label, recipe=recipe)
    assert refused.value.identifier.hex() == first.watermark


@pytest.mark.parametrize("name", ["a.gif", "a.md", "a.pdf"])
def test_what_can_hold_no_watermark_is_refused(label, tmp_path, name):
    data = {"a.gif": painted("GIF"), "a.md": b"text", "a.pdf": pdfs()["by typst"]}[name]
    with pytest.raises(WatermarkUnsupported, match="PNG, JPEG, WebP, TIFF, HEIF can"):
        labelled_data(
            data, name=Path(name), label=label, recipe=dataclasses.replace(PLAIN, watermark=bytes(32))
        )


def test_a_picture_that_does_not_hold_its_watermark_is_refused_and_nothing_is_left(label, tmp_path):
    path = tmp_path / "hardly.jpg"
    Image.new("RGB", (300, 300), "gray").save(path, quality=1)
    before = path.read_bytes()
    with pytest.raises(WatermarkNotHeld, match="too heavily compressed"):
        labelled_draft(path, path, label=label, recipe=dataclasses.replace(PLAIN, watermark=bytes(32)))
    assert path.read_bytes() == before
    assert [path] == list(tmp_path.iterdir())
