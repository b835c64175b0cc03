"""Names say what a thing is, and the web layer writes nothing itself."""

from collections import Counter
from pathlib import PurePosixPath

from meta.source_tree import ROOT, calls, modules

SAYS_NOTHING = frozenset({
    "util", "utils", "utilities", "helper", "helpers", "manager", "managers", "misc", "common", "stuff", "tools",
    "data", "data2", "info", "new", "old", "temp", "tmp", "core", "lib",
})  # fmt: skip

ORM_WRITES = frozenset({
    "save", "create", "delete", "update", "bulk_create", "bulk_update", "get_or_create", "update_or_create",
})  # fmt: skip


def test_no_module_has_a_name_that_says_nothing() -> None:
    found = [
        module.path for module in modules() if set(PurePosixPath(module.path).with_suffix("").parts) & SAYS_NOTHING
    ]
    assert not found


def test_no_view_writes_to_the_database() -> None:
    """`perform` is the one door. A dictionary is joined with `|` there, so that only the cache needs an exception."""
    found = [
        f"{module.path}:{call.line}: {call.receiver}.{call.name}()"
        for module in modules("web")
        for call in calls(module)
        if call.name in ORM_WRITES and call.receiver not in ("", "cache")
    ]
    assert not found, "the web layer writes:\n" + "\n".join(found)


def test_test_files_have_unique_names() -> None:
    names = Counter(path.name for path in (ROOT / "tests").rglob("test_*.py"))
    assert not [name for name, count in names.items() if count > 1]


def test_every_oracle_states_its_provenance() -> None:
    folders = [path for path in (ROOT / "tests" / "oracle").iterdir() if path.is_dir() and path.name != "__pycache__"]
    assert folders
    assert not [str(path) for path in folders if not (path / "PROVENANCE.md").is_file()]
