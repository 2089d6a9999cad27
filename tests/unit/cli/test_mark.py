"""``hegui mark``: what people and machines see of labels."""

import json

import pytest
from click.testing import CliRunner
from PIL import Image

from hegui.cli.main import main
from hegui.marking import NotWritable, ProviderCodeInvalid
from hegui.settings import Settings
from hegui.workspace import Workspace

PRODUCER = ("--producer", "001191110102MACQD9K64010000", "--produce-id", "A-17")


@pytest.fixture
def hegui(tmp_path):
    root = tmp_path / "workspace"
    Workspace.create(Settings(workspace=root, actor="test@hegui")).database.close()

    def run(*arguments, language="en", given=None):
        runner = CliRunner(env={"HEGUI_LANG": language})
        result = runner.invoke(main, ["-w", str(root), "mark", *map(str, arguments)], input=given)
        if result.exception is not None:
            raise result.exception
        return result.stdout

    return run


@pytest.fixture
def picture(tmp_path):
    path = tmp_path / "picture.png"
    Image.new("RGB", (8, 8), "blue").save(path)
    return path


def test_a_picture_is_labelled_and_verified(hegui, picture):
    out = picture.with_name("labelled.png")
    assert "labelled and read back" in hegui("file", picture, *PRODUCER, "--out", out)
    said = hegui("verify", out)
    assert "is generated content" in said
    assert "metadata label: met" in said
    assert "xmp (xmp-element) @33" in said
    assert "ProduceID: A-17" in said
    assert "属于生成合成内容" in hegui("verify", out, language="zh")
    assert "no label found" in hegui("verify", picture)


def test_a_label_in_place_says_what_it_replaced(hegui, picture):
    hegui("file", picture, *PRODUCER)
    assert "replaced the label in xmp of 001191110102MACQD9K64010000" in hegui("file", picture, *PRODUCER)
    report = json.loads(hegui("file", picture, *PRODUCER, "--json"))
    assert report["label"]["ProduceID"] == "A-17"
    assert report["entry"] == "main/2"


def test_a_markdown_file_takes_words_too(hegui, tmp_path):
    path = tmp_path / "answer.md"
    path.write_text("今天。\n", encoding="utf-8")
    hegui("file", path, *PRODUCER, "--explicit", "end", "--wording", "AI生成")
    assert path.read_text(encoding="utf-8").endswith("今天。\n\n【AI生成】\n")
    assert "explicit label: 【AI生成】" in hegui("verify", path)


def test_a_text_is_labelled_from_the_command_line_and_from_standard_input(hegui):
    assert hegui("text", "好。", *PRODUCER) == "【本内容由人工智能生成】\n\n好。\n"
    report = json.loads(hegui("text", "-", *PRODUCER, "--place", "corner", "--json", given="好。"))
    assert report["text"] == "好。【AI】"
    assert report["label"]["ContentProducer"] == PRODUCER[1]


def test_deviations_and_faults_are_shown_with_their_places(hegui, picture):
    data = picture.read_bytes()
    text = b'AIGC\0{"Label":"AIGC","X":"\\u001b[31m"}'
    chunk = len(text).to_bytes(4, "big") + b"tEXt" + text + bytes(4)
    picture.write_bytes(data[:33] + chunk + chunk + data[33:-12])
    said = hegui("verify", picture)
    assert "✗ GB-45438 6.1 c: a file holds only one metadata label, and here are 2" in said
    assert "✗ GB-45438 E: Label is 'AIGC' and should be 1, 2 or 3" in said
    assert "· TC260-PG-20259A B: the value here should be" in said
    assert r"X: \x1b[31m" in said
    assert "@33: the checksum of the chunk does not fit" in said
    assert json.loads(hegui("verify", picture, "--json"))["verdict"] == "confirmed"


def test_bad_input_says_what_is_wrong_and_changes_nothing(hegui, picture):
    before = picture.read_bytes()
    with pytest.raises(ProviderCodeInvalid, match="not a code"):
        hegui("file", picture, "--producer", "阶跃AI", "--produce-id", "A-17")
    picture.chmod(0o444)
    with pytest.raises(NotWritable, match="read-only"):
        hegui("file", picture, *PRODUCER)
    assert picture.read_bytes() == before
