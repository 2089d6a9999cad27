"""Work is done elsewhere, whatever becomes of those who do it."""

import os
import signal
import subprocess
import sys
import threading
import time
from functools import partial
from pathlib import Path

import pytest

from hegui.corpus import executors
from hegui.corpus.executors import InProcess, LocalProcesses, Lost


def doubled(number):
    return number * 2


def tripled(number):
    return number * 3


def refused(number):
    raise LookupError(number)


def deadly(number, *, folder, deaths):
    """Ends its process the first so many times it meets the number 3."""
    if number == 3:
        for death in range(deaths):
            mark = Path(folder) / f"death-{death}"
            if not mark.exists():
                mark.touch()
                os.kill(os.getpid(), signal.SIGKILL)
    return number * 2


def answers(pairs):
    return {task: outcome if isinstance(outcome, int) else type(outcome) for task, outcome in pairs}


def test_in_this_process_everything_comes_in_order():
    assert list(InProcess().map(doubled, [3, 1])) == [(3, 6), (1, 2)]


def test_processes_do_it_and_go_on_to_the_next_work():
    with LocalProcesses(2) as executor:
        assert answers(executor.map(doubled, range(9))) == {n: n * 2 for n in range(9)}
        workers = set(executor._pool._processes)
        assert answers(executor.map(doubled, range(3))) == {n: n * 2 for n in range(3)}
        assert set(executor._pool._processes) == workers
        assert answers(executor.map(tripled, range(3))) == {n: n * 3 for n in range(3)}
        assert list(executor.map(tripled, [])) == []
    assert executor.name == "local:2"
    with LocalProcesses(1):
        pass


def lineage(_task, *, folder):
    """Of a worker that waits for another, so that no one does all the work."""
    Path(folder, str(os.getpid())).touch()
    deadline = time.monotonic() + 60
    while len(list(Path(folder).iterdir())) < 2 and time.monotonic() < deadline:
        time.sleep(0.01)
    return os.getpid(), os.getppid()


def test_processes_share_what_one_has_loaded(tmp_path):
    with LocalProcesses(2) as executor:
        told = executor.map(partial(lineage, folder=str(tmp_path)), range(4))
        workers, parents = zip(*(outcome for _, outcome in told), strict=True)
    assert len(set(workers)) == 2
    (parent,) = set(parents)
    assert parent not in {*workers, os.getpid()}


def test_no_more_tasks_are_taken_than_are_needed():
    taken = []

    def tasks():
        for number in range(40):
            taken.append(number)
            yield number

    with LocalProcesses(1) as executor:
        done = executor.map(doubled, tasks())
        next(done)
        assert len(taken) <= 4
        done.close()


def test_an_error_of_the_work_is_raised():
    with LocalProcesses(1) as executor, pytest.raises(LookupError):
        list(executor.map(refused, [1]))


@pytest.mark.parametrize(("deaths", "expected"), [(1, 6), (2, 6), (5, Lost)])
def test_a_task_whose_worker_dies_is_tried_again_and_then_lost(tmp_path, deaths, expected):
    work = partial(deadly, folder=str(tmp_path), deaths=deaths)
    with LocalProcesses(2) as executor:
        found = answers(executor.map(work, range(6)))
    assert found == {n: n * 2 for n in range(6)} | {3: expected}


def test_a_task_that_comes_when_the_processes_are_gone_is_not_forgotten(tmp_path):
    work = partial(deadly, folder=str(tmp_path), deaths=1)

    def tasks():
        yield 3
        deadline = time.monotonic() + 60
        while not (tmp_path / "death-0").exists() and time.monotonic() < deadline:
            time.sleep(0.01)
        time.sleep(0.5)
        yield 4
        yield 5

    with LocalProcesses(1) as executor:
        assert answers(executor.map(work, tasks())) == {3: 6, 4: 8, 5: 10}


def test_workers_end_with_the_process_that_started_them(tmp_path):
    code = (
        "import os, time\nfrom hegui.corpus.executors import LocalProcesses\n"
        "if __name__ == '__main__':\n"
        "    executor = LocalProcesses(2)\n"
        "    list(executor.map(os.path.basename, ['a', 'b', 'c']))\n"
        "    print(*executor._pool._processes, flush=True)\n"
        "    time.sleep(60)\n"
    )
    script = tmp_path / "program.py"
    script.write_text(code, encoding="utf-8")
    with subprocess.Popen([sys.executable, script], stdout=subprocess.PIPE, text=True) as program:
        workers = [int(word) for word in program.stdout.readline().split()]
        program.kill()
    assert workers
    deadline = time.monotonic() + 60
    while any(map(alive, workers)) and time.monotonic() < deadline:
        time.sleep(0.05)
    assert not any(map(alive, workers))


def alive(pid):
    try:
        return Path(f"/proc/{pid}/stat").read_text(encoding="ascii").split()[2] != "Z"
    except FileNotFoundError:
        return False


def test_a_worker_is_told_its_work_once_and_leaves_interruptions_to_the_first_process(monkeypatch):
    before = signal.getsignal(signal.SIGINT)
    monkeypatch.setattr(executors, "_work", None)
    try:
        executors._prepare(executors.pickle.dumps(doubled))
        assert signal.getsignal(signal.SIGINT) is signal.SIG_IGN
    finally:
        signal.signal(signal.SIGINT, before)
    assert executors._do(4) == 8


def test_a_worker_whose_parent_ended_ends(monkeypatch):
    ended = []

    class Parent:
        def join(self):
            """It ends at once."""

    monkeypatch.setattr(executors.multiprocessing, "parent_process", Parent)
    monkeypatch.setattr(executors.os, "_exit", ended.append)
    thread = threading.Thread(target=executors._end_with_parent)
    thread.start()
    thread.join()
    assert ended == [1]
