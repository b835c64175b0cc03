"""Philox4x32-10, the counter-based generator, and the exponential drawn from it.

Salmon, Moraes, Dror and Shaw, "Parallel random numbers: as easy as 1, 2, 3", SC 2011. A
block of four 32-bit words is a function of a key and a counter. The key is (seed, scenario); the counter names
(subject, purpose, trial): any draw of any trial can be had without the ones before it, and a draw added for one
purpose moves no other.
"""

import hashlib
from typing import Any

import numpy as np

from equipoise.kernel.compiled import stage
from equipoise.kernel.instructions import bits_of, float_of

LOW = np.uint64(0xFFFFFFFF)
HALF = np.uint64(32)
MULTIPLIER_0, MULTIPLIER_1 = np.uint64(0xD2511F53), np.uint64(0xCD9E8D57)
WEYL_0, WEYL_1 = np.uint64(0x9E3779B9), np.uint64(0xBB67AE85)

_LN2 = 0.6931471805599453
_MANTISSA = 0x000FFFFFFFFFFFFF
_ONE = 0x3FF0000000000000
_ROOT_HALF = 0x0006A09E667F3BCD  # mantissa bits of the square root of 2


def key_of(seed: int | str, scenario: str) -> int:
    """The 64-bit key of a scenario under a seed."""
    return int.from_bytes(hashlib.sha256(f"equipoise/simulation\0{seed}\0{scenario}".encode()).digest()[:8], "big")


@stage
def fill(key: Any, trial: Any, purpose: Any, count: Any, a: Any, b: Any, c: Any, d: Any) -> None:
    """Fill four arrays of uint32 with the words of blocks 0 ... count - 1 of one purpose of one trial."""
    start_1, start_2, start_3 = np.uint64(purpose), trial & LOW, trial >> HALF
    key_0, key_1 = key & LOW, key >> HALF
    for index in range(count):
        x0, x1, x2, x3 = np.uint64(index), start_1, start_2, start_3
        k0, k1 = key_0, key_1
        for _ in range(10):
            p0, p1 = MULTIPLIER_0 * x0, MULTIPLIER_1 * x2
            x0, x1 = (p1 >> HALF) ^ x1 ^ k0, p1 & LOW
            x2, x3 = (p0 >> HALF) ^ x3 ^ k1, p0 & LOW
            k0, k1 = (k0 + WEYL_0) & LOW, (k1 + WEYL_1) & LOW
        a[index], b[index], c[index], d[index] = np.uint32(x0), np.uint32(x1), np.uint32(x2), np.uint32(x3)


@stage
def exponentials(words: Any, count: Any, out: Any) -> None:
    """Turn words into standard exponentials, -log((word + 1/2) / 2^32): never 0 and at most 22.9.

    The logarithm is its series in (m - 1) / (m + 1) for a mantissa m in 0.707 ... 1.414, good to 1e-13: + - * / only,
    so that it runs on vectors and gives the same bits everywhere.
    """
    for index in range(count):
        bits = bits_of((np.float64(words[index]) + 0.5) * 2.3283064365386963e-10)
        fraction = bits & _MANTISSA
        over = np.int64(fraction > _ROOT_HALF)
        exponent = (bits >> 52) - 1023 + over
        mantissa = float_of(fraction | (_ONE - (over << 52)))
        s = (mantissa - 1.0) / (mantissa + 1.0)
        q = s * s
        series = 1.0 + q * (
            1 / 3 + q * (1 / 5 + q * (1 / 7 + q * (1 / 9 + q * (1 / 11 + q * (1 / 13 + q * (1 / 15 + q / 17))))))
        )
        out[index] = -(2.0 * s * series + np.float64(exponent) * _LN2)
