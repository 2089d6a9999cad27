import pytest

from hegui.marking import Carrier
from hegui.marking.misplaced import misplacement

PLACES = {
    Carrier.RIFF_ELSEWHERE: "TC260-PG-202510A",
    Carrier.MP4_ELSEWHERE: "TC260-PG-20257A",
    Carrier.MP4_ITEM: "TC260-PG-20257A",
    Carrier.HTML_META: "GB-45438",
    Carrier.JSON_FIELD: "GB-45438",
    Carrier.PDF_ELSEWHERE: "TC260-PG-20258A",
}


@pytest.mark.parametrize("carrier", Carrier)
def test_a_label_in_no_place_of_a_guide_deviates_from_the_guide_without_breaking_the_standard(carrier):
    deviations = misplacement(carrier)
    assert [(item.instrument, item.binding) for item in deviations] == [
        (guide, False) for place, guide in PLACES.items() if place is carrier
    ]
