"""Many tasks at once: in processes of this machine, or on a cluster. One that takes its process down is told apart."""

import multiprocessing
import os
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from concurrent.futures.process import BrokenProcessPool
from itertools import islice
from typing import TypeVar

from pilotlib.errors import PilotError

Given = TypeVar("Given")
Result = TypeVar("Result")
# How many tasks wait for each process: enough that none is idle, few enough that memory does not grow with the batch.
_WAITING = 2
_WORKERS_WITHIN = 30  # seconds


def number_of_workers() -> int:
    """As many as this process may use cores."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def in_processes(
    function: Callable[[Given], Result], tasks: Iterable[Given], workers: int
) -> Iterator[tuple[Given, Result | None]]:
    """`function` of every task, each as it is done; processes are started once and keep what they have imported.

    A task whose process ends (killed, out of memory, crashed) is tried once more, by itself; None if that one ends too.
    """
    tasks, suspects = iter(tasks), []
    while True:
        with _pool(workers) as pool:
            running: dict[Future, Given] = {}
            try:
                while True:
                    for task in islice(tasks, _WAITING * workers - len(running)):
                        running[pool.submit(function, task)] = task
                    if not running:
                        break
                    for future in wait(running, return_when=FIRST_COMPLETED).done:
                        task = running[future]
                        result = future.result()
                        del running[future]
                        yield task, result
            except BrokenProcessPool:
                suspects = list(running.values())
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
        suspects = []


def on_cluster(
    function: Callable[[Given], Result], tasks: Iterable[Given], address: str
) -> Iterator[tuple[Given, Result | None]]:
    """`function` of every task on the workers of a dask scheduler, each as it is done.

    A worker that is lost loses nothing: its tasks are taken over by the others. What a task gives is sent back here;
    None if it has taken down one worker after the other.

    Raises:
        PilotError: distributed is not installed, no scheduler answers, or it has no workers.
    """
    try:
        from distributed import Client, KilledWorker, as_completed
    except ImportError:
        raise PilotError('--scheduler 需要另装：pip install "pilotlib[cluster]"（项目中：make extras）') from None
    try:
        client = Client(address, timeout=10, set_as_default=False)
    except (OSError, ValueError) as error:
        raise PilotError(f"连不上调度器 {address}（{error}）。请先运行 dask scheduler，并核对地址。") from None
    with client:
        try:
            client.wait_for_workers(1, timeout=_WORKERS_WITHIN)
        except TimeoutError:
            raise PilotError(
                f"调度器 {address} 没有工作进程。请在各台机器上运行 dask worker {address} --nthreads 1。"
            ) from None
        tasks, running, done = iter(tasks), {}, as_completed(loop=client.loop)

        def send() -> None:
            """Keep as many tasks waiting as there are workers for; these may come and go."""
            wanted = _WAITING * max(sum(client.nthreads().values()), 1)
            for task in islice(tasks, max(wanted - len(running), 0)):
                future = client.submit(function, task, pure=False)
                running[future] = task
                done.add(future)

        send()
        for future in done:
            task = running.pop(future)
            try:
                yield task, future.result()
            except KilledWorker:
                yield task, None
            del future  # the scheduler forgets what nobody holds
            send()


def _pool(workers: int) -> ProcessPoolExecutor:
    """Processes that begin with everything imported, where the system can fork; nothing of this process is shared."""
    if "forkserver" not in multiprocessing.get_all_start_methods():
        return ProcessPoolExecutor(workers, multiprocessing.get_context("spawn"))
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(["pilotlib.stages"])
    return ProcessPoolExecutor(workers, context)
