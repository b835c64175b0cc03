"""Sums spelled as vectors, since a compiler that may not reorder a sum cannot make them: the same bits on every
processor, whatever the width of its own vectors.
"""

from collections.abc import Callable
from typing import Any, cast

from llvmlite import ir  # type: ignore[import-untyped]
from numba.core import cgutils as untyped_cgutils
from numba.core import types as untyped_types
from numba.extending import intrinsic

cgutils, types = cast(Any, untyped_cgutils), cast(Any, untyped_types)

LANES, WORDS = 8, 16
"""How many float64, and how many int32, are taken at a time."""


def _splat(builder: Any, kind: Any, value: Any, lanes: int) -> Any:
    """A vector with one value in each of its lanes."""
    vector = ir.VectorType(kind, lanes)
    first = builder.insert_element(ir.Constant(vector, ir.Undefined), value, ir.Constant(ir.IntType(32), 0))
    return builder.shuffle_vector(first, first, ir.Constant(ir.VectorType(ir.IntType(32), lanes), [0] * lanes))


def _total(builder: Any, sums: Any, lanes: int) -> Any:
    """The sum of a vector's lanes, by halving."""
    parts = [builder.extract_element(sums, ir.Constant(ir.IntType(32), lane)) for lane in range(lanes)]
    while len(parts) > 1:
        half = len(parts) // 2
        parts = [builder.fadd(parts[lane], parts[lane + half]) for lane in range(half)]
    return parts[0]


@intrinsic
def _up_to(typing_context: Any, days: Any, width: Any, limit: Any) -> Any:
    """How many of the first `width` days, a multiple of WORDS, are at most `limit`."""

    def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        word = ir.IntType(32)
        vector = ir.VectorType(word, WORDS)
        start = context.make_array(signature.args[0])(context, builder, arguments[0]).data
        blocks = builder.udiv(arguments[1], ir.Constant(ir.IntType(64), WORDS))
        limits = _splat(builder, word, builder.trunc(arguments[2], word), WORDS)
        count = cgutils.alloca_once_value(builder, ir.Constant(ir.IntType(64), 0))
        with cgutils.for_range(builder, blocks) as loop:
            first = builder.mul(loop.index, ir.Constant(ir.IntType(64), WORDS))
            own = builder.load(builder.bitcast(builder.gep(start, [first]), vector.as_pointer()), align=4)
            within = builder.bitcast(builder.icmp_signed("<=", own, limits), ir.IntType(WORDS))
            more = builder.zext(builder.ctpop(within), ir.IntType(64))
            builder.store(builder.add(builder.load(count), more), count)
        return builder.load(count)

    return types.int64(days, types.int64, types.int64), generate


@intrinsic
def _weighted_shares(typing_context: Any, share: Any, width: Any, ratio: Any) -> Any:
    """Sums over c = ratio * s / (1 - s + ratio * s) for the shares s of the first `width` places, a multiple of LANES:
    of c, of c (1 - c), and of c (1 - c) (1 - 2 c).

    They are the expected deaths, the information and its slope where the hazard ratio is `ratio`.
    """

    def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        vector = ir.VectorType(ir.DoubleType(), LANES)

        def all_lanes(number: float) -> Any:
            return ir.Constant(vector, [number] * LANES)

        shares = context.make_array(signature.args[0])(context, builder, arguments[0]).data
        blocks = builder.udiv(arguments[1], ir.Constant(ir.IntType(64), LANES))
        ratios = _splat(builder, ir.DoubleType(), arguments[2], LANES)
        sums = [cgutils.alloca_once_value(builder, all_lanes(0.0)) for _ in range(3)]
        with cgutils.for_range(builder, blocks) as loop:
            first = builder.mul(loop.index, ir.Constant(ir.IntType(64), LANES))
            place = builder.bitcast(builder.gep(shares, [first]), vector.as_pointer())
            own = builder.load(place, align=8)
            weighted = builder.fmul(ratios, own)
            chance = builder.fdiv(weighted, builder.fadd(builder.fsub(all_lanes(1.0), own), weighted))
            spread = builder.fmul(chance, builder.fsub(all_lanes(1.0), chance))
            skew = builder.fmul(spread, builder.fsub(all_lanes(1.0), builder.fadd(chance, chance)))
            for sum_, part in zip(sums, (chance, spread, skew), strict=True):
                builder.store(builder.fadd(builder.load(sum_), part), sum_)
        found = [_total(builder, builder.load(sum_), LANES) for sum_ in sums]
        return context.make_tuple(builder, signature.return_type, found)

    return types.UniTuple(types.float64, 3)(share, types.int64, types.float64), generate


# Called with three arguments inside kernels, not with the four of their definition.
up_to = cast(Callable[[Any, Any, Any], Any], _up_to)
weighted_shares = cast(Callable[[Any, Any, Any], Any], _weighted_shares)
