"""How a kernel is compiled: ahead of its first call, by explicit signature, without the interpreter's lock, cached.

Serial kernels that release the lock run under a thread pool; they compile in a third of the time of parallel ones.
Nothing here lets the compiler reorder floating point, so that the same bits come out in every number of threads.
"""

from collections.abc import Callable
from typing import Any, cast

import numba
from llvmlite import ir  # type: ignore[import-untyped]
from numba.core import types
from numba.extending import intrinsic


def kernel(signature: Any) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Compile a function for one signature, without the lock, and keep the machine code on disk."""
    return cast(
        Callable[[Callable[..., Any]], Callable[..., Any]],
        numba.njit(signature, nogil=True, cache=True, error_model="numpy"),
    )


def stage[F: Callable[..., Any]](function: F) -> F:
    """Compile a function only as a part of the kernels that call it."""
    return cast(F, numba.njit(nogil=True, error_model="numpy", forceinline=True)(function))


@intrinsic
def _bits_of(typing_context: Any, number: Any) -> Any:
    """The 64 bits of a float64, as an int64."""

    def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        return builder.bitcast(arguments[0], ir.IntType(64))

    return types.int64(types.float64), generate


@intrinsic
def _float_of(typing_context: Any, bits: Any) -> Any:
    """The float64 that 64 bits spell."""

    def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        return builder.bitcast(arguments[0], ir.DoubleType())

    return types.float64(types.int64), generate


@intrinsic
def _lowest_bit(typing_context: Any, word: Any) -> Any:
    """The index of the lowest bit that is set, of a word that is not 0."""

    def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        return builder.cttz(arguments[0], ir.Constant(ir.IntType(1), 1))

    return types.int64(types.uint64), generate


# Called with one argument inside kernels, not with the two of their definition.
bits_of = cast(Callable[[Any], Any], _bits_of)
float_of = cast(Callable[[Any], Any], _float_of)
lowest_bit = cast(Callable[[Any], Any], _lowest_bit)
