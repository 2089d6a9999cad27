import re
from html.parser import HTMLParser

import pytest

from hegui.marking import Edge, ExplicitLabel, Prominence, Surface, snippet

PROMINENCE = Prominence(height=0.05, seconds=2)


@pytest.mark.parametrize("edge", Edge)
@pytest.mark.parametrize("surface", [Surface.INTERFACE, Surface.SCENE])
def test_a_snippet_is_html_that_says_the_words_and_nothing_else(surface, edge):
    read = []

    class Reader(HTMLParser):
        def handle_starttag(self, tag, attrs):
            read.append((tag, dict(attrs)["class"]))

        def handle_data(self, data):
            read.append(data)

    Reader().feed(snippet(surface, ExplicitLabel(wording="AI生成 <b>&", edge=edge), PROMINENCE))
    assert read == [("div", "aigc-label"), "AI生成 <b>&"]


def test_an_interface_shows_it_as_long_as_the_content_is_there():
    assert "position:sticky" in snippet(Surface.INTERFACE, ExplicitLabel(), PROMINENCE)


@pytest.mark.parametrize("height", [0.05, 0.1])
def test_a_scenes_capitals_are_as_high_as_is_asked(height):
    made = snippet(Surface.SCENE, ExplicitLabel(), Prominence(height=height, seconds=2))
    size = float(re.search(r"font-size:([\d.]+)vmin", made)[1])
    assert size * 0.70 >= height * 100


def test_where_a_scene_shows_it():
    places = {edge: snippet(Surface.SCENE, ExplicitLabel(edge=edge), PROMINENCE) for edge in Edge}
    assert "top:0;left:50%;transform:translate(-50%,0)" in places[Edge.TOP]
    assert "top:50%;right:0;transform:translate(0,-50%)" in places[Edge.RIGHT]
    assert "bottom:0;right:0;transform:translate(0,0)" in places[Edge.BOTTOM_RIGHT]


def test_text_is_the_words_alone():
    assert snippet(Surface.TEXT, ExplicitLabel(), PROMINENCE) == "本内容由人工智能生成"
