"""Replay: decode and fold a whole trial's facts. Goal: at least 60,000 facts a CPU-second.

The floor beside it, in the same rounds, is `json.loads` of the same texts: what merely reading them costs.
"""

import json
import statistics
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from equipoise.cli.main import main as command

ROUNDS = 7
SUBJECTS = "40"


def main() -> None:
    """Rehearse a trial, then replay it in rounds."""
    with tempfile.TemporaryDirectory() as folder:
        url = f"sqlite:///{Path(folder) / 'rehearsal.sqlite3'}"
        arguments = ["rehearse", "nct07014202", "--subjects", SUBJECTS, "--seed", "w7", "--start", "2024-01-08"]
        command.main([*arguments, "--database", url], standalone_mode=False)

        from equipoise.conduct import codec
        from equipoise.conduct.entry import NOT_SUBJECTS, TRIAL_STREAM, Entry
        from equipoise.ledger import decoding, states, table

        stored = list(table.entries())
        texts = [text for _, _, text in stored if text is not None]
        headers = [(row.stream, row.kind, decoding.header(row)) for row, _, _ in stored]

        def replay() -> None:
            folded: dict[str, object] = {}
            for (stream, kind, header), text in zip(headers, texts, strict=True):
                if stream in NOT_SUBJECTS and stream != TRIAL_STREAM:
                    continue
                state = folded[stream] if stream in folded else states.empty(stream)
                folded[stream] = states.fold(stream)(state, Entry(header, codec.decode(kind, text)))

        def with_rows() -> None:
            for entry in decoding.entries(stored):
                assert entry.header

        def floor() -> None:
            for text in texts:
                json.loads(text)

        replay()
        rates = {name: [] for name in ("replay", "rows to entries", "json.loads")}  # type: dict[str, list[float]]
        for _ in range(ROUNDS):
            for name, work in (("replay", replay), ("rows to entries", with_rows), ("json.loads", floor)):
                rates[name].append(len(texts) / _cpu(work))
        size = statistics.mean(map(len, texts))
        print(f"{len(texts)} facts of {SUBJECTS} subjects, {size:.0f} characters on average, {ROUNDS} rounds")
        for name, found in rates.items():
            print(f"{name:16} {statistics.median(found):10,.0f} facts a CPU-second")
        ratio = statistics.median(a / b for a, b in zip(rates["replay"], rates["json.loads"], strict=True))
        print(f"replay / json.loads: {ratio:.2f} of the floor's rate; goal of replay: 60,000")


def _cpu(work: Callable[[], None]) -> float:
    start = time.process_time()
    work()
    return time.process_time() - start


if __name__ == "__main__":
    main()
