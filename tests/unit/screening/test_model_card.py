import msgspec
import pytest

from hegui.core import Language
from hegui.screening.measurement import Told, report
from hegui.screening.model_card import ModelCard, card_markdown
from simulators.classifiers import card, labelled

GROUPED = labelled(("坏", "A.2"), ("好", ""))._replace(groups=["topic"], counter_speech=("topic", "a|b"))
GROUPED = GROUPED._replace(rows=[row._replace(others={"topic": "a|b"}) for row in GROUPED.rows])


@pytest.mark.parametrize(
    ("language", "words"),
    [
        (
            Language.ZH,
            ["# 分类器说明：insults", "随机种子：1", "训练数据许可：made up", "每万条误报", "## 局限"],
        ),
        (
            Language.EN,
            ["# Model card: insults", "seed: 1", "training data: made up", "false alarms per 10,000"],
        ),
    ],
)
def test_people_read_how_it_was_made_and_how_good_it_is(language, words):
    page = card_markdown(card(), digest="sha256:abc", language=language)
    assert all(word in page for word in words)
    assert "sha256:abc" in page
    assert "made-up.csv" in page


@pytest.mark.parametrize("language", Language)
def test_every_table_has_as_many_cells_in_each_row(language):
    measured = report([[0.9], [0.1]], [Told("A.2", "insult")], [GROUPED], threshold=0.95)
    measured = msgspec.structs.replace(measured, seen_in_training=1)
    full = msgspec.structs.replace(
        card(), evaluations=(measured,), calibrated_on=card().data, left_out={"A.1.f": 3}
    )
    page = card_markdown(full, digest="sha256:abc", language=language)
    assert ("反对言论" if language is Language.ZH else "counter-speech") in page
    assert "A.1.f" in page
    assert "—" in page  # precision where nothing was found
    tables = [block.split("\n") for block in page.split("\n\n") if block.lstrip().startswith("|")]
    assert len(tables) >= 7
    for table in tables:
        bars = [line.replace("\\|", "").count("|") for line in table if line.startswith("|")]
        assert len(set(bars)) == 1, table


def test_machines_read_it_back():
    full = card()
    assert msgspec.json.decode(msgspec.json.encode(full), type=ModelCard) == full
