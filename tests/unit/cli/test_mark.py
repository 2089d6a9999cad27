"""``hegui mark`` without a subcommand labels."""

PRODUCER = ("--producer", "001191110102MACQD9K64010000", "--produce-id", "A-17")


def test_a_file_in_place_of_a_subcommand_is_labelled(mark, picture):
    assert "labelled and read back" in mark(picture, *PRODUCER)
    assert "labelled and read back" in mark("label", picture, *PRODUCER)
    assert "labelled and read back" in mark(*PRODUCER, picture)


def test_the_group_explains_itself(mark):
    for word in ("label", "verify", "propagate", "release", "key", "certificate", "snippet", "text"):
        assert word in mark("--help")
