"""Many tasks at once, in processes or on a cluster. One that takes its process down is told apart."""

import multiprocessing
import os
from collections.abc import Callable, Generator, Iterable, Iterator
from concurrent import futures
from itertools import islice
from typing import Any

from pilotlib.errors import PilotError

Work = Callable[[Any], Any]  # of a task, its result
Results = Iterator[tuple[Any, Any]]  # each task, in any order, with its result, None where it was lost
Spread = Callable[[Work, Iterable[Any]], Results]
_WAITING = 2  # tasks for each process: none is idle, and memory does not grow with the batch
_WORKERS_WITHIN = 30  # seconds
_GO_ON = "做好的报告都在；恢复后再运行一次，只做余下的。"


def number_of_workers() -> int:
    """As many as this process may use cores."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def in_processes(function: Work, tasks: Iterable[Any], workers: int | None = None) -> Results:
    """`function` of every task, each as it is done, in processes that are started once, by default one a core.

    A task whose process ends (killed, out of memory, crashed) is tried again by itself; None if that one ends too.
    """
    number, tasks = workers or number_of_workers(), iter(tasks)
    while True:
        with _processes(number) as executor:
            suspects = yield from _until_broken(function, tasks, executor, lambda: number, (), "")
        if not suspects:
            return
        # Nobody knows which of those that ran took the processes down: each is tried by itself.
        for task in suspects:
            with _processes(1) as executor:
                lost = yield from _until_broken(function, iter([task]), executor, lambda: 1, (), "")
            if lost:
                yield task, None


def on_cluster(function: Work, tasks: Iterable[Any], address: str) -> Results:
    """`function` of every task on the workers of a dask scheduler, each as it is done and sent back here.

    The tasks of a worker that is lost are taken over by others; None of one that has taken down several.
    PilotError: distributed is not installed, no scheduler answers or it is lost, or it has no workers.
    """
    try:
        from distributed import Client, KilledWorker
    except ImportError:
        raise PilotError('--scheduler 需要另装：pip install "pilotlib[cluster]"（项目中：make extras）') from None
    try:
        client = Client(address, timeout=10)
    except (OSError, ValueError) as error:
        raise PilotError(f"连不上调度器 {address}（{error}）。请先运行 dask scheduler，并核对地址。") from None
    with client:
        try:
            client.wait_for_workers(1, timeout=_WORKERS_WITHIN)
        except TimeoutError:
            start = f"dask worker {address} --nthreads 1"
            raise PilotError(f"调度器 {address} 没有工作进程。请在各台机器上运行 {start}。") from None
        executor, gone = client.get_executor(pure=False), f"调度器 {address} 的工作进程都不在了。{_GO_ON}"
        try:
            yield from _until_broken(
                function, iter(tasks), executor, lambda: sum(client.nthreads().values()), KilledWorker, gone
            )
        except futures.CancelledError:
            raise PilotError(f"与调度器 {address} 的连接断了。{_GO_ON}") from None


def _until_broken(
    function: Work, tasks: Iterator[Any], executor: futures.Executor, size: Callable[[], int], killed: Any, gone: str
) -> Generator[tuple[Any, Any], None, list[Any]]:
    """Yield each task with its result as it is done; return those that were lost with the executor.

    It has `size()` workers; `killed` is raised of a task that took down several, `gone` said if none is left.
    """
    running: dict[futures.Future[Any], Any] = {}
    unsent: list[Any] = []
    try:
        while True:
            for task in islice(tasks, max(_WAITING * max(size(), 1) - len(running), 0)):
                unsent = [task]
                running[executor.submit(function, task)] = task
                unsent = []
            if not running:
                return []
            done = futures.wait(running, _WORKERS_WITHIN, futures.FIRST_COMPLETED).done
            if not done and not size():
                raise PilotError(gone)
            for future in done:
                try:
                    result = future.result()
                except killed:
                    result = None
                yield running.pop(future), result
    except futures.BrokenExecutor:
        return [*running.values(), *unsent]


def _processes(workers: int) -> futures.ProcessPoolExecutor:
    """Processes that begin with everything imported, where the system can fork."""
    can_fork = "forkserver" in multiprocessing.get_all_start_methods()
    context = multiprocessing.get_context("forkserver" if can_fork else "spawn")
    if can_fork:
        context.set_forkserver_preload(["pilotlib.running.stages"])
    return futures.ProcessPoolExecutor(workers, context)
