"""Labels between our programs and others': files of real products, and readers we did not write."""

import json
import shutil
import subprocess

import pytest

from hegui.marking import Carrier, Dialect, ImplicitLabel, PlatformVerdict
from hegui.marking.formats import format_of
from hegui.marking.inspection import inspected
from hegui.marking.judgement import conformity, file_deviations, platform_verdict
from hegui.marking.splices import spliced

LABEL = ImplicitLabel.first(
    producer="001191110102MACQD9K64010000", produce_id="A-17", reserved_code='{"x":"&<\'>"}'
)

# Carrier, dialect and producer of every label in files that products wrote.
PRODUCTS = {
    "doubao_gray_1x1_1.png": [(Carrier.XMP, Dialect.XMP_ELEMENT, "001191110102MACQD9K64010000")],
    "jimeng_cap_C.png": [(Carrier.XMP, Dialect.XMP_ELEMENT, "00119144030008867405X210001")],
    "codebuddy_redfox-xhs-bi.png": [
        (Carrier.EXIF_IMAGE_DESCRIPTION, Dialect.TENCENT_CLOUD, ""),
        (Carrier.EXIF_USER_COMMENT, Dialect.WRAPPED, "00119111010856365494821N858"),
    ],
    "tencent_article-pic.jpeg": [(Carrier.PNG_TEXT, Dialect.BARE, "00119144030071526726XG1ZX0G")],
    "hunyuan_banner-1.png": [(Carrier.XMP, Dialect.XMP_DC, "TencentHunYuan")],
    "stepfun_142569260085903360.md": [(Carrier.FRONT_MATTER, Dialect.MAPPING, "001191310104MACE0YX63918020")],
    "tencent_71514678488.md": [(Carrier.FRONT_MATTER, Dialect.MAPPING, "001191440300708461136T1XGW3")],
}
CONFORMING = {
    "doubao_gray_1x1_1.png",
    "jimeng_cap_C.png",
    "tencent_article-pic.jpeg",
    "stepfun_142569260085903360.md",
    "tencent_71514678488.md",
}


@pytest.mark.parametrize("name", PRODUCTS)
def test_every_label_that_products_write_is_read_in_the_right_dialect(shared_data, name):
    result = inspected((shared_data / "data" / "labels" / name).read_bytes())
    assert [
        (item.carrier, item.dialect, item.value("ContentProducer")) for item in result.labels
    ] == PRODUCTS[name]
    assert result.faults == ()
    assert platform_verdict(result.labels, result.marks, result.faults) is PlatformVerdict.CONFIRMED
    assert (conformity(result.labels, file_deviations(result.labels)) == "met") is (name in CONFORMING)


@pytest.mark.parametrize("name", PRODUCTS)
def test_every_product_file_can_be_labelled_anew(shared_data, name):
    data = (shared_data / "data" / "labels" / name).read_bytes()
    result = inspected(spliced(data, format_of(data).write(data, LABEL)))
    assert [item.strict() for item in result.labels] == [LABEL]


@pytest.fixture(scope="module")
def exiftool() -> str:
    program = shutil.which("exiftool")
    if program is None:
        pytest.skip("exiftool is not installed (package libimage-exiftool-perl)")
    return program


def as_exiftool_reads(program: str, path) -> dict[str, object]:
    done = subprocess.run(
        [program, "-json", "-G1", "-a", "-warning", "-error", "-all", str(path)],
        capture_output=True,
        check=True,
    )
    (tags,) = json.loads(done.stdout)
    return tags


@pytest.mark.parametrize("name", ["picture.png", "picture.jpg"])
def test_exiftool_reads_the_label_and_finds_nothing_wrong(exiftool, tmp_path, name):
    from PIL import Image  # noqa: PLC0415 - slow, one test only

    path = tmp_path / name
    Image.linear_gradient("L").convert("RGB").save(path)
    data = path.read_bytes()
    path.write_bytes(spliced(data, format_of(data).write(data, LABEL)))
    tags = as_exiftool_reads(exiftool, path)
    assert tags["XMP-TC260:Aigc"] == LABEL.bare()
    assert not [name for name in tags if name.endswith(("Warning", "Error"))]
