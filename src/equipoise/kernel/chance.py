"""The only randomness: named, counter-based streams.

A stream is a key and a purpose; its draws are HMAC-SHA-256 of the purpose and a counter. Adding a draw to one
purpose moves no other, any draw can be recomputed alone, and no state is global.
"""

import hashlib
import hmac
import math
from collections.abc import MutableSequence, Sequence


class Stream:
    """A sequence of draws for one purpose. The same key and purpose give the same draws, for ever."""

    __slots__ = ("_counter", "_key", "_purpose")

    def __init__(self, key: bytes, *purpose: str | int) -> None:
        self._key = key
        # Escaped, so that no text given as one part can pass for two.
        parts = (str(part).replace("\\", "\\\\").replace("\x1f", "\\u") for part in purpose)
        self._purpose = "\x1f".join(parts).encode()
        self._counter = 0

    def bits64(self) -> int:
        """The next 64 bits."""
        block = hmac.digest(self._key, self._purpose + b"\x1e" + self._counter.to_bytes(8, "big"), "sha256")
        self._counter += 1
        return int.from_bytes(block[:8], "big")

    def uniform(self) -> float:
        """A number in [0, 1), of 53 bits."""
        return (self.bits64() >> 11) * 2.0**-53

    def below(self, count: int) -> int:
        """A whole number in 0 ... count - 1, without bias (by rejection)."""
        if not 1 <= count <= 1 << 64:
            raise ValueError(f"A draw is below a count from 1 to 2**64; seen {count}.")
        limit = (1 << 64) - (1 << 64) % count
        while True:
            draw = self.bits64()
            if draw < limit:
                return draw % count

    def between(self, low: int, high: int) -> int:
        """A whole number from low to high, both included."""
        return low + self.below(high - low + 1)

    def happens(self, probability: float) -> bool:
        """Whether something of this probability comes to pass: never at 0, always at 1."""
        if not 0 <= probability <= 1:
            raise ValueError(f"A probability lies between 0 and 1; seen {probability}.")
        return self.uniform() < probability

    def choose[T](self, options: Sequence[T]) -> T:
        """One of the options, each as likely."""
        return options[self.below(len(options))]

    def weighted[T](self, options: Sequence[T], weights: Sequence[float]) -> T:
        """One of the options, by weight; never one of weight 0."""
        if any(not 0 <= weight < math.inf for weight in weights) or not any(weights):
            raise ValueError(f"Weights are finite, none below 0 and one above it; seen {list(weights)}.")
        mark = self.uniform() * math.fsum(weights)
        likely = [pair for pair in zip(options, weights, strict=True) if pair[1]]
        for option, weight in likely:
            mark -= weight
            if mark < 0:
                return option
        return likely[-1][0]  # rounding left a remainder

    def shuffle[T](self, items: MutableSequence[T]) -> None:
        """Put items into a uniformly random order, in place (Fisher and Yates)."""
        for last in range(len(items) - 1, 0, -1):
            other = self.below(last + 1)
            items[last], items[other] = items[other], items[last]

    def exponential(self, mean: float) -> float:
        """A waiting time of this mean."""
        return -mean * math.log1p(-self.uniform())

    def normal(self, mean: float, sd: float) -> float:
        """A normal deviate (Box and Muller, one of the pair)."""
        radius = math.sqrt(-2.0 * math.log1p(-self.uniform()))
        return mean + sd * radius * math.cos(2.0 * math.pi * self.uniform())


def stream(seed: int | str, *purpose: str | int) -> Stream:
    """A stream from a public seed: for rehearsals and examples, never for allocations."""
    return Stream(hashlib.sha256(f"equipoise/seed\0{seed}".encode()).digest(), *purpose)
