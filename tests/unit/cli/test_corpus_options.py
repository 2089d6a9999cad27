"""Where the work is done, and how far it has come."""

import pytest

from hegui.cli import corpus_options
from hegui.cli.corpus_options import Meter, UnknownPlace, executing
from hegui.corpus import ScanProgress


@pytest.mark.parametrize(
    ("workers", "total", "name"), [(None, 100, "process"), (3, 100, "local:3"), (None, 1 << 30, "local:5")]
)
def test_processes_are_started_for_what_takes_more_than_a_moment(monkeypatch, workers, total, name):
    monkeypatch.setattr(corpus_options.os, "cpu_count", lambda: 5)
    with executing(workers, total) as executor:
        assert executor.name == name


@pytest.mark.parametrize(
    ("engine", "address"),
    [
        ("ray://head:10001", "ray://head:10001"),
        ("ray:head:6379", "head:6379"),
        ("ray:local", "local"),
    ],
)
def test_a_cluster_may_be_named_instead(monkeypatch, engine, address):
    class Cluster:
        def __init__(self, given):
            self.given = given

        def __enter__(self):
            return self

        def __exit__(self, *_):
            self.given = None

    monkeypatch.setattr(corpus_options, "RayCluster", Cluster)
    with executing(None, 100, engine) as executor:
        assert executor.given == address


@pytest.mark.parametrize("engine", ["spark:local", "ray", "ray:", "ray://", "head:6379"])
def test_what_is_no_cluster_is_refused(engine):
    with pytest.raises(UnknownPlace, match="ray:local"), executing(None, 100, engine):
        raise AssertionError


def test_the_progress_of_each_source_moves_one_bar():
    steps = []
    meter = Meter(steps.append)
    for source, done in (("a", 3), ("a", 5), ("b", 2)):
        meter(ScanProgress(source=source, file="f", done_bytes=done, total_bytes=9))
    assert steps == [3, 2, 2]
