"""A program of many writers on one ledger, run apart from the tests because it forks and is killed.

python ledger_writers.py crowd URL     4 processes of 8 threads, each act sent twice; prints what was answered
python ledger_writers.py killed URL    one writer after another is killed in the middle; prints what it acknowledged
"""

import json
import os
import random
import signal
import sys
import threading
import time
import warnings
from collections.abc import Callable

warnings.filterwarnings("ignore", category=DeprecationWarning)  # forking while idle threads of a library exist

from django.db import connection  # noqa: E402

from equipoise.ledger import connecting  # noqa: E402

PROCESSES, THREADS, KILLS = 4, 8, 50


def crowd() -> list[tuple[int, str]]:
    """Pre-screen 16 people, each twice; every answer as (number of the act, subject's id)."""
    from ledger_world import prescreen

    return _crowd(
        lambda process, thread: (
            (process // 2) * THREADS + thread
        ),  # processes 0 and 1 send the same acts, as do 2 and 3
        lambda act: prescreen(("crowd", act), site="s1" if act % 2 else "s2"),
    )


def randomize() -> list[tuple[int, str]]:
    """Randomize 32 people at one moment; every answer as (number of the act, arm or the refusal)."""
    from equipoise.kernel.errors import Refusal
    from equipoise.ledger import perform
    from ledger_world import key_of
    from rehearsed_world import MOMENT, ready_to_randomize

    ready = ready_to_randomize(PROCESSES * THREADS)
    connection.close()

    def act(number: int) -> str:
        action, actor = ready[number]
        arm = perform(action, actor=actor, key=key_of(("randomize", number)), now=MOMENT)[-2].fact.arm
        try:  # another click, by a page that did not remember its key
            perform(action, actor=actor, key=key_of(("again", number)), now=MOMENT)
        except Refusal:
            return str(arm)
        return "randomized twice"

    return _crowd(lambda process, thread: process * THREADS + thread, act)


def _crowd(number_of: Callable[[int, int], int], act: Callable[[int], str]) -> list[tuple[int, str]]:
    def work(process: int, out: int) -> None:
        answers: list[tuple[int, str]] = []
        start = threading.Barrier(THREADS)

        def writer(thread: int) -> None:
            number = number_of(process, thread)
            start.wait()
            answers.append((number, act(number)))
            connection.close()

        threads = [threading.Thread(target=writer, args=(number,)) for number in range(THREADS)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        os.write(out, (json.dumps(answers) + "\n").encode())

    read, write = os.pipe()
    children = []
    for process in range(PROCESSES):
        child = os.fork()
        if child == 0:
            work(process, write)
            os._exit(0)
        children.append(child)
    os.close(write)
    with os.fdopen(read) as lines:
        found = [tuple(answer) for line in lines for answer in json.loads(line)]
    for child in children:
        os.waitpid(child, 0)
    return found


def killed() -> list[tuple[str, str]]:
    """Every act acknowledged before its writer was killed, as (name of the act, subject's id)."""
    from ledger_world import prescreen

    chance = random.Random(20260105)
    acknowledged: list[tuple[str, str]] = []
    for kill in range(KILLS):
        read, write = os.pipe()
        child = os.fork()
        if child == 0:
            os.close(read)
            for act in range(10_000):
                name = f"kill {kill} act {act}"
                os.write(write, f"{name}\t{prescreen(name)}\n".encode())
        os.close(write)
        with os.fdopen(read, "rb", buffering=0) as pipe:
            seen = pipe.read(1)  # the writer is at work
            time.sleep(chance.uniform(0.0, 0.03))
            os.kill(child, signal.SIGKILL)
            os.waitpid(child, 0)
            seen += pipe.read() or b""
        lines = seen.decode().split("\n")[:-1]  # a line cut short was not acknowledged
        acknowledged += [tuple(line.split("\t")) for line in lines]
    return acknowledged


if __name__ == "__main__":
    connecting.connect(sys.argv[2])
    from ledger_world import flagship

    flagship()
    connection.close()
    print(json.dumps({"crowd": crowd, "randomize": randomize, "killed": killed}[sys.argv[1]]()))
