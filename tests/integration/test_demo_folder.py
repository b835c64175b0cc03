"""`equipoise demo` clears away what it began itself, and nothing else."""

from pathlib import Path

import pytest

from equipoise.cli.main import run


def _exit_code(*arguments: str) -> int:
    with pytest.raises(SystemExit) as left:
        run(arguments)
    assert isinstance(left.value.code, int)
    return left.value.code


def test_record_that_is_no_demonstration_is_left_alone(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    kept = {"nct07014202.sqlite3": b"a real trial", "nct07014202.sqlite3.allocation-secret": b"its only key"}
    for name, content in kept.items():
        (tmp_path / name).write_bytes(content)
    assert _exit_code("demo", "--folder", str(tmp_path), "--no-serve") == 14
    assert "a record that is no demonstration lies here" in capsys.readouterr().err
    assert {path.name: path.read_bytes() for path in tmp_path.iterdir()} == kept


def test_protocol_that_is_none_leaves_no_folder(tmp_path: Path) -> None:
    assert _exit_code("demo", "no-such-protocol", "--folder", str(tmp_path / "new"), "--no-serve") == 14
    assert list(tmp_path.iterdir()) == []
