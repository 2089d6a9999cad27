"""Programs that we did not write read what we wrote: they find the label, and nothing wrong with the file."""

import json
import shutil
import subprocess

import pytest

from hegui.marking import ImplicitLabel
from hegui.marking.formats import FORMATS
from hegui.marking.splices import spliced
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
}

# The program that is at home in each format, and its package.
READERS = [
    ("GIF", ["gifsicle", "--info"], "gifsicle"),
    ("HEIF", ["heif-info"], "libheif-examples"),
    ("WebP", ["webpinfo"], "webp"),
    ("TIFF", ["tiffinfo", "-D"], "libtiff-tools"),
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
        assert tags[str(after)].get(EXIFTOOL[name]) == LABEL.bare(), before.name
        complaints = {
            path: {
                name: value for name, value in tags[str(path)].items() if name.endswith(("Warning", "Error"))
            }
            for path in (before, after)
        }
        assert complaints[after].items() <= complaints[before].items(), before.name


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
