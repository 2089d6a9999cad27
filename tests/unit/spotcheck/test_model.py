"""What evidence says of a document."""

from hegui.corpus import Lot
from hegui.spotcheck.model import KeptText, SampledDocument


def test_evidence_names_the_text_and_not_where_it_is_kept():
    lot = Lot(number="0a", source="wiki", file="a.jsonl", line=1, offset=0)
    kept = KeptText(digest="sha256:00", blob="sha256:01", start=5, length=3, characters=1)
    listed = SampledDocument(lot=lot, rank=1, text=kept).listed
    assert (listed["rank"], listed["text"]) == (1, "sha256:00")
    assert "blob" not in str(listed)
    assert SampledDocument(lot=lot, rank=None, text=None).listed["text"] is None
