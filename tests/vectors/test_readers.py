"""Programs that we did not write read what we wrote: they find the label, and nothing wrong with the file."""

import datetime as dt
import json
import shutil
import subprocess

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import pkcs7
from cryptography.x509.oid import NameOID
from pypdf import PdfReader

from hegui.marking import ImplicitLabel
from hegui.marking.formats import FORMATS
from hegui.marking.splices import spliced
from simulators.pdfs import CATALOG, with_table
from simulators.samples import SAMPLES

LABEL = ImplicitLabel.first(
    producer="001191110102MACQD9K64010000", produce_id="A-17", reserved_code='{"x":"&<\'>"}'
)

# Under which name exiftool shows the label.
EXIFTOOL = {
    "PNG": "XMP-TC260:Aigc",
    "JPEG": "XMP-TC260:Aigc",
    "WebP": "XMP-TC260:Aigc",
    "GIF": "XMP-TC260:Aigc",
    "TIFF": "XMP-TC260:Aigc",
    "HEIF": "XMP-TC260:Aigc",
    "SVG": "XMP-TC260:Aigc",
    "OOXML": "XML:AIGC",
    "PDF": "PDF:AIGC",
}

# The program that is at home in each format, and its package.
READERS = [
    ("GIF", ["gifsicle", "--info"], "gifsicle"),
    ("HEIF", ["heif-info"], "libheif-examples"),
    ("WebP", ["webpinfo"], "webp"),
    ("TIFF", ["tiffinfo", "-D"], "libtiff-tools"),
    ("PDF", ["qpdf", "--check"], "qpdf"),
]


def labelled(name: str, folder) -> list[tuple[object, object]]:
    """Every sample of a format as it was and with a label, as files."""
    (file_format,) = (item for item in FORMATS if item.name == name)
    pairs = []
    for number, data in enumerate(SAMPLES[name]().values()):
        before = folder / f"before-{number}{file_format.suffixes[0]}"
        after = folder / f"after-{number}{file_format.suffixes[0]}"
        before.write_bytes(data)
        after.write_bytes(spliced(data, file_format.write(data, LABEL)))
        pairs.append((before, after))
    return pairs


@pytest.fixture
def installed():
    """Says where a program is, or skips the test."""

    def where(program: str, package: str) -> str:
        found = shutil.which(program)
        if found is None:
            pytest.skip(f"{program} is not installed (package {package})")
        return found

    return where


@pytest.mark.parametrize("name", EXIFTOOL)
def test_exiftool_reads_the_label_and_complains_of_nothing_new(installed, tmp_path, name):
    program = installed("exiftool", "libimage-exiftool-perl")
    unpacks = subprocess.run(["perl", "-MArchive::Zip", "-e1"], capture_output=True, check=False)
    if name == "OOXML" and unpacks.returncode:
        pytest.skip("exiftool cannot unpack archives (package libarchive-zip-perl)")
    pairs = labelled(name, tmp_path)
    tags = {}
    done = subprocess.run(
        [program, "-json", "-G1", "-a", *(str(path) for pair in pairs for path in pair)],
        capture_output=True,
        check=False,  # it complains of odd files among the samples by its status too
    )
    for item in json.loads(done.stdout):
        tags[item["SourceFile"]] = item
    for before, after in pairs:
        if tags[str(before)]["File:FileType"] == "TXT":
            continue  # it takes an SVG whose root has a prefix for a text
        group, _, tag = EXIFTOOL[name].partition(":")
        seen = {
            value
            for key, value in tags[str(after)].items()
            # Of an SVG with an entity for its namespace, it shows the whole way there.
            if key.startswith(f"{group}:") and key.endswith(tag)
        }
        assert seen == {LABEL.bare()}, before.name
        complaints = {
            path: {
                name: value for name, value in tags[str(path)].items() if name.endswith(("Warning", "Error"))
            }
            for path in (before, after)
        }
        assert complaints[after].items() <= complaints[before].items(), before.name


def test_exiftool_reads_the_label_of_a_page_and_the_seven_fields_of_an_answer(installed, tmp_path):
    program = installed("exiftool", "libimage-exiftool-perl")
    for name, kind in (("HTML", "whole"), ("HTML", "with a byte order mark"), ("JSON", "indented")):
        (file_format,) = (item for item in FORMATS if item.name == name)
        data = SAMPLES[name]()[kind]
        path = tmp_path / f"file{file_format.suffixes[0]}"
        path.write_bytes(spliced(data, file_format.write(data, LABEL)))
        done = subprocess.run([program, "-json", "-G1", path], capture_output=True, check=True)
        (tags,) = json.loads(done.stdout)
        if name == "HTML":
            assert tags["HTML:AIGC"] == LABEL.bare()
        else:
            assert {key: str(tags[f"JSON:AIGC{key}"]) for key in LABEL.fields()} == LABEL.fields()


@pytest.mark.parametrize(("name", "command", "package"), READERS, ids=[name for name, _, _ in READERS])
def test_the_formats_own_reader_finds_nothing_wrong_that_was_not_wrong_before(
    installed, tmp_path, name, command, package
):
    program = installed(command[0], package)
    for before, after in labelled(name, tmp_path):
        said = [
            subprocess.run([program, *command[1:], path], capture_output=True, check=False)
            for path in (before, after)
        ]
        complaints = [
            done.stderr.replace(bytes(path), b"") for done, path in zip(said, (before, after), strict=True)
        ]
        assert (said[1].returncode, complaints[1]) == (said[0].returncode, complaints[0]), before.name


def signed_pdf() -> bytes:
    """A PDF with a signature made by OpenSSL through cryptography."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "Test")])
    begin = dt.datetime(2026, 1, 1, tzinfo=dt.UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(begin)
        .not_valid_after(begin + dt.timedelta(days=3650))
        .sign(key, hashes.SHA256())
    )
    room = b"0" * 4000
    field = b"<</FT /Sig /T (s) /V 4 0 R /Type /Annot /Subtype /Widget /Rect [0 0 0 0] /P 2 0 R>>"
    data = with_table(
        {
            1: CATALOG.replace(b">>", b" /AcroForm <</SigFlags 3 /Fields [3 0 R]>>>>"),
            2: b"<</Type /Pages /Kids [5 0 R] /Count 1>>",
            3: field,
            4: b"<</Type /Sig /Filter /Adobe.PPKLite /SubFilter /adbe.pkcs7.detached /ByteRange [0 "
            b"AAAAAAAA BBBBBBBB CCCCCCCC] /Contents <%b>>>" % room,
            5: b"<</Type /Page /Parent 2 0 R /MediaBox [0 0 9 9] /Annots [3 0 R]>>",
        }
    )
    start = data.index(b"<" + room)
    end = start + len(room) + 2
    for mark, number in ((b"AAAAAAAA", start), (b"BBBBBBBB", end), (b"CCCCCCCC", len(data) - end)):
        data = data.replace(mark, b"%8d" % number)
    signature = (
        pkcs7.PKCS7SignatureBuilder()
        .set_data(data[:start] + data[end:])
        .add_signer(certificate, key, hashes.SHA256())
        .sign(serialization.Encoding.DER, [pkcs7.PKCS7Options.DetachedSignature, pkcs7.PKCS7Options.Binary])
    )
    return data.replace(room, signature.hex().encode().ljust(len(room), b"0"))


def test_a_signature_in_a_pdf_stays_valid_for_what_it_covers(installed, tmp_path):
    (file_format,) = (item for item in FORMATS if item.name == "PDF")
    data = signed_pdf()
    assert file_format.signed(data)
    said = []
    for name, content in (("before", data), ("after", spliced(data, file_format.write(data, LABEL)))):
        path = tmp_path / f"{name}.pdf"
        path.write_bytes(content)
        command = [installed("pdfsig", "poppler-utils"), "-nocert", path]
        said.append(subprocess.run(command, capture_output=True, check=False, text=True).stdout)
    assert all("Signature Validation: Signature is Valid." in text for text in said)
    assert "Total document signed" in said[0]
    assert "Not total document signed" in said[1]


@pytest.mark.parametrize("kind", SAMPLES["PDF"]())
def test_poppler_and_pypdf_see_the_label_and_the_same_pages(installed, tmp_path, kind):
    (file_format,) = (item for item in FORMATS if item.name == "PDF")
    data = SAMPLES["PDF"]()[kind]
    pages = []
    for name, content in (("before", data), ("after", spliced(data, file_format.write(data, LABEL)))):
        path = tmp_path / f"{name}.pdf"
        path.write_bytes(content)
        text = subprocess.run(
            [installed("pdftotext", "poppler-utils"), path, "-"], capture_output=True, check=True
        ).stdout
        reader = PdfReader(path, strict=name == "after" and kind != "by qpdf, linearized")
        pages.append((text, [page.mediabox for page in reader.pages]))
    assert pages[0] == pages[1]
    assert reader.metadata["/AIGC"] == LABEL.bare()
    told = subprocess.run(
        [installed("pdfinfo", "poppler-utils"), "-custom", path], capture_output=True, check=True, text=True
    )
    assert LABEL.bare() in told.stdout
    assert told.stderr == ""
