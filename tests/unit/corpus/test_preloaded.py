import importlib
import os

from hegui.corpus import preloaded
from hegui.corpus.executors import LocalProcesses

THREADS = "OPENBLAS_NUM_THREADS"


def test_a_worker_calculates_in_one_thread():
    with LocalProcesses(1) as executor:
        assert dict(executor.map(os.getenv, [THREADS])) == {THREADS: os.environ.get(THREADS, "1")}


def test_who_wants_more_threads_has_them(monkeypatch):
    monkeypatch.setenv(THREADS, "4")
    importlib.reload(preloaded)
    assert os.environ[THREADS] == "4"
    monkeypatch.delenv(THREADS)
    importlib.reload(preloaded)
    assert os.environ[THREADS] == "1"
