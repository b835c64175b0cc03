"""Pure layers are functions of what they are given: no framework, files, clock, network or hidden randomness."""

import configparser
import re

from meta.source_tree import PURE, ROOT, SHELL, SOURCE, calls, imports, modules

FORBIDDEN_IMPORTS = frozenset({
    "django", "os", "pathlib", "shutil", "tempfile", "glob", "time", "random", "secrets", "socket", "subprocess",
    "sqlite3", "psycopg", "urllib", "http", "requests", "logging", "multiprocessing", "asyncio",
    "uuid.uuid4", "uuid.uuid1", "numpy.random", "scipy.stats.qmc", "click", "rich",
})  # fmt: skip

FORBIDDEN_METHODS = frozenset({"now", "today", "utcnow", "default_rng", "read_text", "write_text", "write_bytes"})
FORBIDDEN_FUNCTIONS = frozenset({"open", "print", "input", "eval", "exec", "breakpoint", "uuid4", "default_rng"})

# Package data shipped beside the code are part of it: reading them through importlib.resources is no file access.
READS_ITS_OWN_DATA = "importlib.resources"


def test_no_pure_module_imports_the_outside_world() -> None:
    found = [
        f"{module.path}:{line}: {name}"
        for module in modules(*PURE)
        for line, name in imports(module)
        if any(name == each or name.startswith(each + ".") for each in FORBIDDEN_IMPORTS)
    ]
    assert not found, "pure layers import what they must not:\n" + "\n".join(found)


def test_no_pure_module_reads_the_clock_opens_files_prints_or_evaluates_text() -> None:
    found = []
    for module in modules(*PURE):
        own_data = any(name.startswith(READS_ITS_OWN_DATA) for _, name in imports(module))
        for call in calls(module):
            wrong = call.name in (FORBIDDEN_METHODS if call.receiver else FORBIDDEN_FUNCTIONS)
            if wrong and not (own_data and call.name == "read_text"):
                found.append(f"{module.path}:{call.line}: {call.name}()")
    assert not found, "pure layers touch the outside world:\n" + "\n".join(found)


KEYED = re.compile(r"np\.random\.(Generator\b|Philox\(key=)")
"""A counter-based generator under a key that is given is no hidden randomness; one without a key would be."""


def test_no_pure_module_uses_numpys_global_randomness() -> None:
    found = [
        f"{module.path}: np.random"
        for module in modules(*PURE)
        if "np.random" in KEYED.sub("", (ROOT / module.path).read_text(encoding="utf-8"))
    ]
    assert not found, "\n".join(found)


def test_every_package_is_declared_pure_or_shell() -> None:
    packages = {path.parent.name for path in SOURCE.glob("*/__init__.py")}
    assert packages <= {*PURE, *SHELL, "protocols"}, "say here and in .importlinter what the new package is"


def test_the_import_contract_covers_every_pure_package() -> None:
    contract = configparser.ConfigParser()
    contract.read(ROOT / ".importlinter")
    listed = contract["importlinter:contract:pure"]["source_modules"].split()
    assert sorted(listed) == sorted(f"equipoise.{package}" for package in PURE)
