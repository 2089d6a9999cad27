import struct

from hegui.marking.readback.comments import labels_and_rest


def test_labels_are_told_from_other_comments():
    items = (b"TITLE=kept", b"aigc={}", b"TC260:AIGC=[]", b"AIGC", b"OTHER=AIGC=")
    parts = b"".join(struct.pack("<I", len(item)) + item for item in items)
    labels, rest = labels_and_rest(b"\5\0\0\0maker" + struct.pack("<I", len(items)) + parts + b"\1")
    assert labels == ["{}", "[]", ""]
    assert rest == b"makerTITLE=kept\0OTHER=AIGC=\0\1"
