"""Tasks in processes: each comes back once, whatever becomes of the process it runs in."""

import os
import signal
import time

import pytest

from pilotlib import PilotError
from pilotlib.province.workers import in_processes, number_of_workers, on_cluster
from tests.province.cluster import cluster

DEADLY = 5


def doubled(number):
    if number == DEADLY:
        os.kill(os.getpid(), signal.SIGKILL)
    return 2 * number


@pytest.mark.parametrize("workers", [1, 3])
def test_every_task_comes_back_once_and_the_deadly_one_as_nothing(workers):
    found = list(in_processes(doubled, iter(range(12)), workers))
    assert sorted(task for task, _ in found) == list(range(12))
    assert dict(found) == {number: None if number == DEADLY else 2 * number for number in range(12)}


def test_a_cluster_that_loses_a_worker_gives_every_task_back_once(tmp_path):
    pytest.importorskip("distributed")
    with cluster(tmp_path, 2) as (address, processes):
        found = []
        for task, result in on_cluster(late, [number for number in range(20) if number != DEADLY], address):
            if not found:
                os.killpg(processes[1].pid, signal.SIGKILL)
            found.append((task, result))
    assert sorted(found) == [(number, 2 * number) for number in range(20) if number != DEADLY]


def late(number):
    time.sleep(0.03)
    return doubled(number)


def test_a_task_drawn_when_the_processes_have_just_ended_is_not_lost():
    """The one who takes the results is slower than the processes, which end meanwhile."""
    found = []
    for task, result in in_processes(late, iter(range(12)), 2):
        time.sleep(0.1)
        found.append((task, result))
    assert dict(found) == {number: None if number == DEADLY else 2 * number for number in range(12)}
    assert len(found) == 12


def test_tasks_are_not_all_taken_at_once():
    """So that a batch of thousands does not stand in memory."""
    taken = []
    tasks = (taken.append(number) or number for number in range(100, 200))
    results = in_processes(doubled, tasks, 2)
    next(results)
    assert len(taken) <= 8
    results.close()


def test_there_is_a_worker_for_every_core():
    assert number_of_workers() >= 1


def test_a_scheduler_that_does_not_answer_is_a_sentence(monkeypatch):
    distributed = pytest.importorskip("distributed")
    client = distributed.Client
    monkeypatch.setattr(distributed, "Client", lambda address, timeout: client(address, timeout=timeout / 20))
    with pytest.raises(PilotError, match=r"连不上调度器 tcp://127\.0\.0\.1:1"):
        next(on_cluster(doubled, [1], "tcp://127.0.0.1:1"))
