"""``hegui mark propagate`` and ``hegui mark release``."""

import json

import pytest

from hegui.marking import NothingToPropagate, NotReleasable

PRODUCER = ("--producer", "001191110102MACQD9K64010000", "--produce-id", "A-17")
PLATFORM = ("--propagator", "001191110102MACQD9K64020001", "--propagate-id", "P-1")


def test_a_platform_adds_its_own_fields(mark, picture, tmp_path):
    mark(picture, *PRODUCER)
    out = tmp_path / "propagated.png"
    assert "labelled and read back" in mark("propagate", picture, *PLATFORM, "--out", out)
    said = mark("verify", out)
    assert "ProduceID: A-17" in said
    assert "PropagateID: P-1" in said


def test_content_without_a_label_needs_a_reason(mark, picture):
    with pytest.raises(NothingToPropagate):
        mark("propagate", picture, *PLATFORM)
    report = json.loads(mark("propagate", picture, *PLATFORM, "--suspected", "--json"))
    assert report["label"]["Label"] == "3"
    assert "is suspected to be generated" in mark("verify", picture)


def test_a_released_file_says_how_long_the_record_is_kept(mark, picture, tmp_path):
    out = tmp_path / "given.png"
    asked = ("release", picture, "--out", out, "--recipient", "user-1", "--agreement", "terms 1, section 7")
    with pytest.raises(NotReleasable, match="add one with hegui mark"):
        mark(*asked)
    mark(picture, *PRODUCER)
    assert "the metadata label stays; keep the record until" in mark(*asked)
    assert out.read_bytes() == picture.read_bytes()
