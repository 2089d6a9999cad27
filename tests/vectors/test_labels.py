"""Labels that real products wrote, as we read them."""

import re

import pytest

from hegui.marking import Carrier, Dialect, ImplicitLabel, PlatformVerdict
from hegui.marking.formats import format_of
from hegui.marking.inspection import inspected
from hegui.marking.judgement import conformity, file_deviations, platform_verdict
from hegui.marking.label_keys import LabelKeys
from hegui.marking.protection import ProtectionForm, checks
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


# What the reserved fields of real labels prove, without and with the key that is in them pinned first.
SIGNED = {
    "stepfun_142569260085903360.md": [
        ("ReservedCode1", ProtectionForm.HASHED_FIRST, "unknown_key", "valid"),
        ("ReservedCode2", ProtectionForm.MISSPELT, "not_checkable", "not_checkable"),
    ],
    "codebuddy_redfox-xhs-bi.png": [
        ("ReservedCode1", ProtectionForm.BINDING_ONLY, "unknown_key", "not_checkable"),
        ("ReservedCode2", ProtectionForm.BINDING_ONLY, "unknown_key", "not_checkable"),
    ],
    "tencent_71514678488.md": [
        ("ReservedCode1", ProtectionForm.OTHER, "not_checkable", "not_checkable"),
        ("ReservedCode2", ProtectionForm.OTHER, "not_checkable", "not_checkable"),
    ],
    "doubao_gray_1x1_1.png": [],
}


@pytest.mark.parametrize("name", SIGNED)
def test_signatures_of_products_are_checked_in_their_own_forms(shared_data, tmp_path, clock, name):
    labels = inspected((shared_data / "data" / "labels" / name).read_bytes()).labels
    keys = LabelKeys(tmp_path / "keys", clock=clock)
    for label in labels:
        for key in set(re.findall(r'"KeyValue":"([0-9A-Fa-f]+)"', label.value("ReservedCode1"))):
            keys.pin(key, label.value("ContentProducer"), note="from the label itself, in this test only")
    before, after = checks(labels, []), checks(labels, keys.pins())
    assert [
        (one.field, one.form, one.status, other.status) for one, other in zip(before, after, strict=True)
    ] == SIGNED[name]


def test_a_product_label_that_was_changed_is_no_longer_valid(shared_data, tmp_path, clock):
    text = (shared_data / "data" / "labels" / "stepfun_142569260085903360.md").read_text(encoding="utf-8")
    changed = inspected(text.replace("142569260085903360", "142569260085903361").encode()).labels
    assert [check.status for check in checks(changed, [])] == ["invalid", "not_checkable"]
