import pytest

from hegui.screening.detector import Reading
from hegui.screening.fold import fold
from hegui.screening.personal_information.detector import PersonalInformationDetector


@pytest.fixture(scope="session")
def found():
    """What is found in a text: kind and level of each finding, with its folded value."""
    detector = PersonalInformationDetector()

    def find(text):
        folded = fold(text)
        settled = Reading(detector).conclude(folded, 0)
        return [(category.kind, category.level, folded[start:end]) for start, end, category in settled]

    return find
