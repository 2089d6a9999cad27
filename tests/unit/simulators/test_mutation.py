from simulators.mutation import LARGEST, mutations

SEEDS = [b"", b"one file", bytes(range(256)) * 8]


def test_the_same_seed_makes_the_same_files_and_another_makes_others():
    first = list(mutations(SEEDS, count=200, seed=1))
    assert first == list(mutations(SEEDS, count=200, seed=1))
    assert first != list(mutations(SEEDS, count=200, seed=2))


def test_the_files_differ_and_none_is_large():
    made = list(mutations(SEEDS, count=500, seed=3))
    assert len(set(made)) > 300
    assert max(map(len, made)) <= LARGEST
    assert any(len(data) > 2048 for data in made)
