"""Many tasks at once: in processes of this machine, or on a cluster. One that takes its process down is told apart."""

import multiprocessing
import os
from asyncio import CancelledError
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor
from concurrent.futures import wait as wait_for
from concurrent.futures.process import BrokenProcessPool
from itertools import islice
from typing import TypeVar

from pilotlib.errors import PilotError

Given = TypeVar("Given")
Result = TypeVar("Result")
# How many tasks wait for each process: enough that none is idle, few enough that memory does not grow with the batch.
_WAITING = 2
_WORKERS_WITHIN = 30  # seconds
_GO_ON = "做好的报告都在；恢复后再运行一次，只做余下的。"


def number_of_workers() -> int:
    """As many as this process may use cores."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def in_processes(
    function: Callable[[Given], Result], tasks: Iterable[Given], workers: int
) -> Iterator[tuple[Given, Result | None]]:
    """`function` of every task, each as it is done; processes are started once and keep what they have imported.

    A task whose process ends (killed, out of memory, crashed) is tried once more, by itself; None if that one ends too.
    """
    tasks, suspects, unsent = iter(tasks), [], []
    while True:
        with _pool(workers) as pool:
            running: dict[Future, Given] = {}
            try:
                while True:
                    for task in islice(tasks, _WAITING * workers - len(running)):
                        unsent = [task]
                        running[pool.submit(function, task)] = task
                        unsent = []
                    if not running:
                        break
                    for future in wait_for(running, return_when=FIRST_COMPLETED).done:
                        task = running[future]
                        result = future.result()
                        del running[future]
                        yield task, result
            except BrokenProcessPool:
                suspects = [*running.values(), *unsent]
        # Nobody knows which of those that ran took the processes down: each is tried by itself.
        for task in suspects:
            try:
                with _pool(1) as pool:
                    result = pool.submit(function, task).result()
            except BrokenProcessPool:
                result = None
            yield task, result
        if not suspects:
            return
        suspects, unsent = [], []


def on_cluster(
    function: Callable[[Given], Result], tasks: Iterable[Given], address: str
) -> Iterator[tuple[Given, Result | None]]:
    """`function` of every task on the workers of a dask scheduler, each as it is done.

    A worker that is lost loses nothing: its tasks are taken over by the others. What a task gives is sent back here;
    None if it has taken down one worker after the other.

    Raises:
        PilotError: distributed is not installed, no scheduler answers or it is lost, or it has no workers.
    """
    try:
        from distributed import Client, KilledWorker, wait
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
            raise PilotError(
                f"调度器 {address} 没有工作进程。请在各台机器上运行 dask worker {address} --nthreads 1。"
            ) from None
        tasks, running = iter(tasks), {}
        while True:
            # Workers may come and go.
            wanted = _WAITING * max(sum(client.nthreads().values()), 1)
            for task in islice(tasks, max(wanted - len(running), 0)):
                running[client.submit(function, task, pure=False)] = task
            if not running:
                return
            try:
                finished = wait(list(running), timeout=_WORKERS_WITHIN, return_when="FIRST_COMPLETED").done
            except TimeoutError:
                if not client.nthreads():
                    raise PilotError(f"调度器 {address} 的工作进程都不在了。{_GO_ON}") from None
                continue
            for future in finished:
                try:
                    result = future.result()
                except KilledWorker:
                    result = None
                except CancelledError:
                    raise PilotError(f"与调度器 {address} 的连接断了。{_GO_ON}") from None
                yield running.pop(future), result  # the scheduler forgets what nobody holds


def _pool(workers: int) -> ProcessPoolExecutor:
    """Processes that begin with everything imported, where the system can fork; nothing of this process is shared."""
    if "forkserver" not in multiprocessing.get_all_start_methods():
        return ProcessPoolExecutor(workers, multiprocessing.get_context("spawn"))
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(["pilotlib.running.stages"])
    return ProcessPoolExecutor(workers, context)
