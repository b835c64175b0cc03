"""Instructions of the processor that Python has no name for, for use in compiled kernels; see `compiled`."""

from collections.abc import Callable
from typing import Any, cast

from llvmlite import ir  # type: ignore[import-untyped]
from numba.core import types
from numba.extending import intrinsic


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

    return types.uint64(types.uint64), generate


@intrinsic
def _prefetch(typing_context: Any, array: Any, index: Any) -> Any:
    """Ask for the memory of one element, counted in the order of memory, to be read soon. Past the end of the array it
    asks for nothing of use, and does no harm.
    """

    def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        address, word = ir.IntType(8).as_pointer(), ir.IntType(32)
        start = context.make_array(signature.args[0])(context, builder, arguments[0]).data
        place = builder.bitcast(builder.gep(start, [arguments[1]]), address)
        kind = ir.FunctionType(ir.VoidType(), [address, word, word, word])
        fetch = builder.module.declare_intrinsic("llvm.prefetch", [address], kind)
        # To read, to keep in every cache, as data.
        builder.call(fetch, [place, *(ir.Constant(word, choice) for choice in (0, 3, 1))])
        return context.get_dummy_value()

    return types.void(array, types.int64), generate


# Called inside kernels without the first argument of their definition.
bits_of = cast(Callable[[Any], Any], _bits_of)
float_of = cast(Callable[[Any], Any], _float_of)
lowest_bit = cast(Callable[[Any], Any], _lowest_bit)
prefetch = cast(Callable[[Any, Any], None], _prefetch)
