import pytest

from hegui.marking.avc import Configuration, configuration, with_both

FILM = "testsrc2=s=64x48:r=5:d=1"


@pytest.fixture
def make_movie(make_recording):
    """A movie of one track whose parameter sets have a number."""

    def make(number: int, profile: str = "high") -> bytes:
        written = f"-pix_fmt yuv420p -c:v libx264 -profile:v {profile} -x264-params sps-id={number}"
        return make_recording("movie.mp4", FILM, written).read_bytes()

    return make


@pytest.mark.parametrize("profile", ["baseline", "main", "high"])
def test_a_record_is_read_as_it_is_written(make_movie, profile):
    movie = make_movie(0, profile)
    record = configuration(movie)
    assert record.encoded in movie
    assert (len(record.sequences), len(record.pictures)) == (1, 1)
    assert bool(record.rest) is (profile == "high")


def test_a_movie_bears_the_parameters_of_two_encodings(make_movie):
    one, other = configuration(make_movie(0)), configuration(make_movie(7))
    both = with_both(make_movie(7), one)
    assert configuration(both) == one._replace(
        sequences=one.sequences + other.sequences, pictures=one.pictures + other.pictures
    )
    # Nothing but the boxes around the record grew.
    assert len(both) - len(make_movie(7)) == len(configuration(both).encoded) - len(other.encoded)
    assert both[: both.index(b"moov") - 4] == make_movie(7)[: both.index(b"moov") - 4]


@pytest.mark.parametrize(("numbers", "free"), [((0,), 1), ((1,), 0), ((0, 1, 2, 5), 3), ((31,), 0)])
def test_a_number_that_no_parameters_have_is_found(make_movie, numbers, free):
    records = [configuration(make_movie(number)) for number in numbers]
    together = Configuration(
        records[0].head,
        tuple(unit for record in records for unit in record.sequences),
        tuple(unit for record in records for unit in record.pictures),
        b"",
    )
    assert together.free_number == free
    every = tuple(bytes([0x67, 0, 0, 0]) + _ue(number) for number in range(32))
    assert together._replace(sequences=every).free_number is None


def _ue(number: int) -> bytes:
    bits = f"{number + 1:b}"
    padded = ("0" * (len(bits) - 1) + bits).ljust(32, "1")
    return int(padded, 2).to_bytes(4, "big")
