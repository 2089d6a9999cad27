"""Cards of the Hub."""

import pytest

from hegui.corpus.exchange.hugging_face import front_matter, read_card
from hegui.corpus.model import Modality


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("---\na: 1\n---\n# B\n", ("a: 1", "# B\n")),
        ("\ufeff---\r\na: 1\r\n---\r\nb", ("a: 1", "b")),
        ("---\na: 1\n---", ("a: 1", "")),
        ("# B\n---\na: 1\n---\n", None),
        ("---\na: 1\n", None),
    ],
)
def test_the_front_matter_stands_at_the_top(text, parts):
    assert front_matter(text) == parts


def test_what_a_card_says_is_taken_and_the_rest_is_named():
    front = {
        "pretty_name": "News",
        "license": "apache-2.0",
        "language": ["zh", "en"],
        "tags": ["modality:text", "legal"],
        "size_categories": ["10K<n<100K"],
        "dataset_info": [
            {"config_name": "a", "splits": [{"num_examples": 2, "num_bytes": 10}]},
            {"config_name": "b", "splits": [{"num_examples": 3, "num_bytes": 20}]},
        ],
    }
    (found,) = read_card(front, "# Heading\n")
    assert (found.name, found.license, found.language) == ("News", "Apache-2.0", "zh")
    assert (found.modality, found.items, found.size_bytes) == (Modality.TEXT, 5, 30)
    assert set(found.left) == {"language[1:]", "tags", "size_categories", "dataset_info.features"}


def test_a_card_without_a_name_is_called_by_its_heading():
    assert read_card({}, "text\n# 新闻语料  \n## more\n")[0].name == "新闻语料"
    assert read_card({}, "text\n")[0].name is None


@pytest.mark.parametrize(
    ("front", "license_name", "left"),
    [
        ({"license": "other", "license_name": "our-terms"}, "our-terms", ()),
        ({"license": "other"}, None, ("license",)),
        ({"license": "mit", "license_name": "x"}, "MIT", ()),
        ({"license": "openrail"}, "openrail", ()),
        ({"license": ["mit", "cc-by-4.0"]}, "MIT", ("license[1:]",)),
    ],
)
def test_a_licence_of_the_hub_is_named(front, license_name, left):
    (found,) = read_card(front, "")
    assert (found.license, found.left) == (license_name, left)


@pytest.mark.parametrize(
    ("tags", "modality", "left"),
    [
        (["modality:audio"], Modality.AUDIO, ()),
        (["modality:audio", "modality:text"], None, ("tags",)),
        ("text", None, ()),
        ([], None, ()),
    ],
)
def test_one_modality_is_taken(tags, modality, left):
    (found,) = read_card({"tags": tags}, "")
    assert (found.modality, found.left) == (modality, left)


@pytest.mark.parametrize(
    "info",
    [{"splits": []}, {}, {"splits": [{"num_examples": "many"}]}, {"splits": [{"num_examples": 1}, {}]}],
)
def test_sizes_that_are_not_told_for_every_split_are_not_added_up(info):
    (found,) = read_card({"dataset_info": info}, "")
    assert (found.items, found.size_bytes) == (None, None)
