"""How a kernel is compiled: ahead of its first call, by explicit signature, without the interpreter's lock, cached.

Serial kernels that release the lock run under a thread pool; they compile in a third of the time of parallel ones.
Nothing here lets the compiler reorder floating point, so that the same bits come out in every number of threads.
"""

import hashlib
from collections.abc import Callable, Mapping
from types import CodeType
from typing import Any, cast

import numba
import numpy as np
from llvmlite import ir  # type: ignore[import-untyped]
from numba.core import types
from numba.core.caching import FunctionCache
from numba.extending import intrinsic

_STAGES = hashlib.sha256()


class _FingerprintedCache(FunctionCache):
    """numba's cache on disk, with the stages in its key: by itself it would not see that one of them has changed."""

    def _index_key(self, sig: Any, codegen: Any) -> Any:
        numba_s_own: Any = super()
        return (*numba_s_own._index_key(sig, codegen), _STAGES.hexdigest())


def kernel(signature: Any) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Compile a function for one signature, without the lock, and keep the machine code on disk.

    The code is kept under the function, its signature, and every stage declared so far.
    """

    def compiled(function: Callable[..., Any]) -> Callable[..., Any]:
        dispatcher: Any = numba.njit(nogil=True, error_model="numpy")(function)
        dispatcher._cache = cast(Any, _FingerprintedCache)(function)
        dispatcher.compile(signature)
        dispatcher.disable_compile()
        return cast(Callable[..., Any], dispatcher)

    return compiled


def stage[F: Callable[..., Any]](function: F) -> F:
    """Compile a function only as a part of the kernels that call it."""
    _STAGES.update(_fingerprint(function.__code__, function.__globals__).encode())
    return cast(F, numba.njit(nogil=True, error_model="numpy", forceinline=True)(function))


def _fingerprint(code: CodeType, names: Mapping[str, Any]) -> str:
    """What a function's machine code depends on: its instructions, its constants, and the numbers of its module."""
    constants = [_fingerprint(part, names) if isinstance(part, CodeType) else repr(part) for part in code.co_consts]
    numbers = [repr(names[name]) for name in code.co_names if isinstance(names.get(name), int | float | np.generic)]
    return repr((code.co_code, constants, code.co_names, code.co_varnames, numbers))


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
