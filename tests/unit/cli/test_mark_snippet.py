"""``hegui mark snippet``."""


def test_a_scene_gets_a_label_as_large_as_the_rulebook_asks(mark):
    said = mark("snippet", "scene", "--edge", "bottom-left", "--wording", "AI生成虚拟场景")
    assert "font-size:7.15vmin" in said
    assert "bottom:0;left:0" in said
    assert "AI生成虚拟场景" in said
