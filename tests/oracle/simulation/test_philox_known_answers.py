"""Philox4x32-10 against the known answers of Random123 (see PROVENANCE.md)."""

import math

import numba
import numpy as np
import pytest

from equipoise.simulation import philox

KNOWN = [
    ((0, 0, 0, 0), (0, 0), (0x6627E8D5, 0xE169C58D, 0xBC57AC4C, 0x9B00DBD8)),
    ((0xFFFFFFFF,) * 4, (0xFFFFFFFF,) * 2, (0x408F276D, 0x41C83B0E, 0xA20BC7C6, 0x6D5451FD)),
    (
        (0x243F6A88, 0x85A308D3, 0x13198A2E, 0x03707344),
        (0xA4093822, 0x299F31D0),
        (0xD16CFE09, 0x94FDCCEB, 0x5001E420, 0x24126EA1),
    ),
]


def by_the_paper(counter, key):
    """The ten rounds, written from the paper."""
    (x0, x1, x2, x3), (k0, k1) = counter, key
    for _ in range(10):
        p0, p1 = 0xD2511F53 * x0, 0xCD9E8D57 * x2
        x0, x1, x2, x3 = (p1 >> 32) ^ x1 ^ k0, p1 & 0xFFFFFFFF, (p0 >> 32) ^ x3 ^ k1, p0 & 0xFFFFFFFF
        k0, k1 = (k0 + 0x9E3779B9) & 0xFFFFFFFF, (k1 + 0xBB67AE85) & 0xFFFFFFFF
    return x0, x1, x2, x3


@numba.njit
def blocks(key, trial, purpose, count, words):
    philox.fill(key, trial, purpose, count, words[0], words[1], words[2], words[3])


@numba.njit
def logarithms(words, count, out):
    philox.exponentials(words, count, out)


@pytest.mark.parametrize(("counter", "key", "expected"), KNOWN)
def test_the_paper_s_rounds_give_the_known_answers(counter, key, expected):
    assert by_the_paper(counter, key) == expected


def test_compiled_blocks_are_the_paper_s():
    words = np.zeros((4, 40), np.uint32)
    key, trial, purpose = 0x299F31D0A4093822, 0x0370734413198A2E, 7
    blocks(np.uint64(key), np.uint64(trial), purpose, 40, words)
    for index in range(40):
        counter = (index, purpose, trial & 0xFFFFFFFF, trial >> 32)
        assert tuple(int(word) for word in words[:, index]) == by_the_paper(counter, (key & 0xFFFFFFFF, key >> 32))


def test_exponentials_are_the_negative_logarithms_of_their_words():
    words = np.array([0, 1, 2, 77, 2**31 - 1, 2**31, 3037000499, 2**32 - 2, 2**32 - 1], np.uint32)
    found = np.zeros(words.size)
    logarithms(words, words.size, found)
    expected = [-math.log((int(word) + 0.5) / 2**32) for word in words]
    assert found == pytest.approx(expected, rel=1e-12, abs=1e-16)
    assert found.min() > 0.0
