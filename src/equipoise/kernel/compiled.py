"""How numerical kernels are compiled: to machine code, for one signature, without the interpreter's lock, cached.

A kernel is compiled, or its machine code loaded, when it is first called and not before. The code is kept under
everything it was made from: the instructions and constants of the kernel and of every stage it calls, wherever they
stand. It lies beside the bytecode, or, where that folder cannot be written, in the user's own cache; `NUMBA_CACHE_DIR`
names another place. Where nothing can be written, what lies beside the bytecode is still read.

Serial kernels that release the lock run under a thread pool; they compile in a third of the time of parallel ones.
Unless a kernel says otherwise the compiler may not reorder floating point, so that the same bits come out everywhere.

Importing this module loads numba (over half a second): import it from modules of kernels only, and those only where a
kernel is about to be called.
"""

import contextlib
import hashlib
import threading
from collections.abc import Callable
from types import BuiltinFunctionType, CodeType, FunctionType, ModuleType
from typing import Any, cast

import numba
import numpy as np
from numba.core import caching
from numba.core.runtime.nrt import rtsys

_REORDERING = {"reassoc", "contract"}
_LOADING = threading.RLock()
_DECLARED: list["_Kernel"] = []


def kernel(signature: Any, *, reordering: bool = False) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Compile a function for one signature (text, or a numba type) when it is first called.

    With `reordering`, sums may be taken in the processor's own order, as in any matrix library: last bits may differ
    from one kind of processor to another.
    """

    def declared(function: Callable[..., Any]) -> Callable[..., Any]:
        made = _Kernel(function, signature, reordering)
        _DECLARED.append(made)
        return made

    return declared


def compile_declared() -> int:
    """Compile, or load, every kernel of the modules imported so far. Returns how many there are."""
    for one in _DECLARED:
        one.ready()
    return len(_DECLARED)


def stage[F: Callable[..., Any]](function: F) -> F:
    """Compile a function only as a part of the kernels that call it, in place."""
    return cast(F, numba.njit(nogil=True, error_model="numpy", forceinline=True)(function))


def reordering_stage[F: Callable[..., Any]](function: F) -> F:
    """A stage whose sums may be taken in the processor's own order."""
    return cast(F, numba.njit(nogil=True, error_model="numpy", forceinline=True, fastmath=_REORDERING)(function))


class _Kernel:
    """A function that becomes machine code when it is first called."""

    def __init__(self, function: Callable[..., Any], signature: Any, reordering: bool) -> None:
        self.__wrapped__ = function
        self.__doc__, self.__name__ = function.__doc__, function.__name__
        self._signature, self._reordering = signature, reordering
        self._code: Any = None

    def __call__(self, *arguments: Any) -> Any:
        code = self._code
        return (self.ready() if code is None else code)(*arguments)

    def ready(self) -> Any:
        """Its machine code, loaded or compiled if need be."""
        with _LOADING:
            if self._code is None:
                function = self.__wrapped__
                fastmath = _REORDERING if self._reordering else False
                dispatcher: Any = numba.njit(nogil=True, error_model="numpy", fastmath=fastmath)(function)
                dispatcher._cache = cast(Any, _Cache)(function)
                dispatcher.compile(self._signature)
                dispatcher.disable_compile()
                self._code = dispatcher
            return self._code


class _Stamp:
    """Stamps machine code with all that it was made from, in place of the kernel's own source file."""

    def __init__(self, function: Callable[..., Any], file: str) -> None:
        cast(Any, super()).__init__(function, file)
        self._stamp = fingerprint(function)

    def get_source_stamp(self) -> str:
        """The stamp: machine code that bears another is out of date."""
        return self._stamp

    def get_disambiguator(self) -> str:
        """Nothing, not the line the kernel stands on: no two kernels of a module share a name."""
        return ""


class _Named(_Stamp, caching.UserProvidedCacheLocator):
    """The folder that `NUMBA_CACHE_DIR` names."""


class _Beside(_Stamp, caching.InTreeCacheLocator):
    """The folder of the bytecode."""


class _OfUser(_Stamp, caching.UserWideCacheLocator):
    """The user's own cache."""


class _ReadOnly(_Beside):
    """The folder of the bytecode, though it cannot be written."""

    def ensure_cache_path(self) -> None:
        """Be content with it as it is."""


class _Files(caching.CompileResultCacheImpl):
    _locator_classes = [_Named, _Beside, _OfUser, _ReadOnly]


class _Cache(caching.FunctionCache):
    """numba's cache on disk; a disk that takes no more is no error."""

    _impl_class = _Files

    def load_overload(self, signature: Any, target: Any) -> Any:
        """Load machine code, with numba's runtime and without all it knows of Python and numpy, as its own would.

        That knowledge takes as long to import as numba itself, and only compiling needs it, which fetches it then.
        """
        rtsys.initialize(target)
        return cast(Any, self)._load_overload(signature, target)

    def save_overload(self, signature: Any, data: Any) -> None:
        """Keep machine code, if it can be kept."""
        with contextlib.suppress(OSError):
            cast(Any, super()).save_overload(signature, data)


def fingerprint(function: Callable[..., Any]) -> str:
    """What a function's machine code depends on: instructions and constants, its own and those of its stages.

    Raises TypeError where a function refers to something whose changes would go unseen.
    """
    digest = hashlib.sha256()
    seen: set[int] = set()

    def add(code: CodeType, names: dict[str, Any]) -> None:
        # A name may be an attribute, a builtin or a module's own; only the last can change what the code means.
        digest.update(repr((code.co_code, code.co_names, code.co_varnames)).encode())
        for constant in code.co_consts:
            if isinstance(constant, CodeType):
                add(constant, names)
            else:
                digest.update(repr(constant).encode())
        for name in code.co_names:
            if name in names:
                digest.update(name.encode())
                refer(name, names[name])

    def refer(name: str, value: Any) -> None:
        part = getattr(value, "py_func", None) or getattr(value, "_defn", None)
        if isinstance(value, FunctionType):
            part = value
        if part is not None:  # a stage, or an instruction of our own, or what writes one
            if id(part) not in seen:
                seen.add(id(part))
                digest.update(repr(sorted(getattr(value, "targetoptions", {}).items(), key=str)).encode())
                add(part.__code__, part.__globals__)
        elif isinstance(value, np.ndarray):
            digest.update(repr((value.dtype, value.shape)).encode() + value.tobytes())
        elif isinstance(value, int | float | str | tuple | np.generic | np.dtype):
            digest.update(repr(value).encode())
        elif isinstance(value, type) and issubclass(value, tuple):
            digest.update(repr((name, getattr(value, "_fields", ()))).encode())
        elif not isinstance(value, ModuleType | BuiltinFunctionType | type):
            raise TypeError(f"a kernel refers to {name}, {type(value).__name__}, whose changes its cache would not see")

    add(function.__code__, function.__globals__)
    return digest.hexdigest()
