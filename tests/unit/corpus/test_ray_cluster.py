"""Work on a Ray cluster: the same as anywhere else.

Ray is in no lock, being large: what is done with it is tested against a stand-in for its few calls, and,
where it is installed, against Ray itself with real worker processes.
"""

import importlib.util
import os
import pickle
import signal
import types
from functools import partial
from pathlib import Path

import pytest

from hegui.corpus import ray_cluster
from hegui.corpus.executors import InProcess, Lost
from hegui.corpus.formats import packages
from hegui.corpus.ray_cluster import RayCluster, RayMissing
from hegui.corpus.source_pass import ScanSettings, SourcePass

INSTALLED = importlib.util.find_spec("ray") is not None


class CrashedError(Exception):
    """What Ray says of a worker that died."""


class StandIn:
    """Ray as far as it is used here: everything is done at once, in this process."""

    def __init__(self, cpus=2):
        self.exceptions = types.SimpleNamespace(WorkerCrashedError=CrashedError, OutOfMemoryError=MemoryError)
        self.cpus = cpus
        self.connected = None
        self.most = 0

    def init(self, **options):
        self.connected = options

    def shutdown(self):
        self.connected = None

    def cluster_resources(self):
        return {"CPU": float(self.cpus)} if self.cpus else {}

    def put(self, value):
        return Reference(value)

    def remote(self, **_options):
        def made(function):
            return types.SimpleNamespace(
                remote=lambda *given: Reference(partial(function, *given), call=True)
            )

        return made

    def wait(self, references):
        self.most = max(self.most, len(references))
        return references[-1:], references[:-1]

    def get(self, reference):
        return reference.value() if reference.call else reference.value


class Reference:
    def __init__(self, value, *, call=False):
        self.value, self.call = value, call


def doubled(number):
    return number * 2


def crashing(number):
    if number == 3:
        raise CrashedError
    return number * 2


def refusing(number):
    raise LookupError(number)


@pytest.fixture
def stand_in(monkeypatch):
    ray = StandIn()
    monkeypatch.setattr(ray_cluster, "package", lambda _name: ray)
    monkeypatch.setattr(ray_cluster, "_works", {})
    return ray


def test_every_task_comes_back_with_its_outcome_and_few_are_in_hand(stand_in):
    with RayCluster("10.0.0.1:6379") as cluster:
        assert stand_in.connected["address"] == "10.0.0.1:6379"
        assert dict(cluster.map(doubled, range(20))) == {n: n * 2 for n in range(20)}
        assert dict(cluster.map(doubled, [])) == {}
    assert stand_in.connected is None
    assert stand_in.most == 4
    assert cluster.name == "ray:10.0.0.1:6379"


def test_a_cluster_without_processors_to_name_is_used_all_the_same(stand_in):
    stand_in.cpus = 0
    with RayCluster("local") as cluster:
        assert stand_in.connected["include_dashboard"] is False
        assert dict(cluster.map(doubled, range(3))) == {0: 0, 1: 2, 2: 4}


def test_a_task_that_kills_its_worker_is_lost_and_errors_of_the_work_are_raised(stand_in):
    with RayCluster("local") as cluster:
        found = dict(cluster.map(crashing, range(5)))
        assert isinstance(found.pop(3), Lost)
        assert found == {n: n * 2 for n in (0, 1, 2, 4)}
        with pytest.raises(LookupError):
            list(cluster.map(refusing, [1]))


def test_a_worker_unpacks_its_work_once(stand_in):
    sent = [stand_in.put(pickle.dumps(doubled))]
    assert ray_cluster._do("a", sent, 1) == 2
    assert ray_cluster._do("a", [], 2) == 4
    assert ray_cluster._do("b", [stand_in.put(pickle.dumps(crashing))], 2) == 4
    assert list(ray_cluster._works) == ["b"]


def test_without_ray_that_is_said(monkeypatch):
    def missing(name):
        raise ImportError(name)

    monkeypatch.setattr(packages.importlib, "import_module", missing)
    with pytest.raises(RayMissing, match="pip install ray"):
        RayCluster("local")


def deadly(number, *, folder):
    mark = Path(folder) / "died"
    if number == 3 and not mark.exists():
        mark.touch()
        os.kill(os.getpid(), signal.SIGKILL)
    return number * 2


@pytest.mark.skipif(not INSTALLED, reason="ray is not installed")
@pytest.mark.filterwarnings("ignore")
def test_ray_itself_gives_the_same_account_and_survives_a_worker(
    root, make_source, write_texts, screen, blobs, corpus, tmp_path
):
    write_texts(["clean", "出售冰毒", "电话13812345678", ""] * 400)
    registered = corpus.register_source(make_source("texts.jsonl"), root=root)
    settings = ScanSettings(journal=tmp_path / "journal", shard_bytes=4_000)

    def account(executor):
        made = SourcePass(registered, screen=screen, settings=settings)
        made.run(executor, lambda _: None)
        found = made.account(blobs)
        made.journal.forget()
        return found

    with RayCluster("local") as cluster:
        assert account(cluster) == account(InProcess())
        work = partial(deadly, folder=str(tmp_path))
        assert dict(cluster.map(work, range(6))) == {n: n * 2 for n in range(6)}
