"""`check`, `describe`, `screen` and `diff` as people run them: what they print, how they exit, never a traceback."""

import io
import json
from contextlib import redirect_stderr, redirect_stdout
from dataclasses import dataclass
from pathlib import Path

import pytest

from equipoise.cli import main

SPEC = Path(__file__).parents[1] / "spec" / "protocol"
BROKEN = sorted((SPEC / "broken").glob("*.yaml"))


@dataclass
class Done:
    """What a command printed, and how it exited."""

    returncode: int
    stdout: str
    stderr: str


def run(*arguments: object) -> Done:
    """Run a command as `equipoise ...` does. Any exception but an exit fails the test with its traceback."""
    out, err, code = io.StringIO(), io.StringIO(), 0
    with redirect_stdout(out), redirect_stderr(err):
        try:
            main.run([str(argument) for argument in arguments])
        except SystemExit as stop:
            code = int(stop.code or 0)
    return Done(code, out.getvalue(), err.getvalue())


def test_a_right_protocol_is_one_line_and_exit_0():
    for file in ("nct07014202", SPEC / "whole.yaml"):
        done = run("check", file)
        assert (done.returncode, done.stderr) == (0, "")
        assert done.stdout.count("\n") == 1
        assert "right" in done.stdout


def test_every_fault_of_a_file_is_printed_with_its_line():
    done = run("check", SPEC / "broken" / "08_rules.yaml")
    assert done.returncode == 10
    assert done.stdout == ""
    lines = done.stderr.strip().split("\n")
    assert lines[0].endswith("08_rules.yaml: 7 errors")
    assert [line.split(":")[0].strip() for line in lines[1:]] == [
        f"line {number}" for number in (19, 23, 31, 40, 47, 81, 96)
    ]
    assert (
        "eligibility.I3.rule (column 48): this is not one of the item's codes; seen: livre; wanted: liver" in lines[3]
    )


@pytest.mark.parametrize("path", BROKEN, ids=lambda path: path.stem)
def test_a_broken_file_is_exit_10_with_a_line_for_each_fault(path):
    done = run("check", path)
    assert (done.returncode, done.stdout) == (10, "")
    heading, *lines = done.stderr.strip().split("\n")
    assert f"{len(lines)} error" in heading
    assert all(line.startswith("  line ") for line in lines)


def test_what_is_no_file_or_no_text_is_told(tmp_path):
    done = run("check", tmp_path / "absent.yaml")
    assert done.returncode == 14
    assert "nct07014202" in done.stderr
    for name, data in (("latin.yaml", b"id: caf\xe9"), ("empty.yaml", b""), ("zip.yaml", b"PK\x03\x04\x00\x00")):
        (tmp_path / name).write_bytes(data)
        done = run("check", tmp_path / name)
        assert done.returncode == 10
        assert "line 1" in done.stderr
    assert run("check", tmp_path).returncode == 14


def test_a_description_in_both_languages():
    english, chinese = run("describe", "nct07014202"), run("describe", "nct07014202", "--language", "zh-hans")
    assert (english.returncode, chinese.returncode) == (0, 0)
    assert "## Schedule of activities" in english.stdout
    assert "## 研究流程表" in chinese.stdout
    assert run("describe", SPEC / "whole.yaml", "--language", "zh-hans").returncode == 14


def test_screening_prints_one_json_document():
    done = run("screen", "nct07014202", SPEC / "eligible.json", "--on", "2026-03-10", "--json")
    assert (done.returncode, done.stderr) == (0, "")
    (person,) = json.loads(done.stdout)
    assert (person["id"], person["verdict"]) == ("P-001", "eligible")
    neutrophils = next(one for one in person["criteria"] if one["id"] == "I12a")
    assert neutrophils["truth"] == "met"
    assert "2.1 10*9/L on 2026-03-05" in neutrophils["explanation"]
    later = run("screen", "nct07014202", SPEC / "eligible.json", "--on", "2026-04-10", "--json")
    assert json.loads(later.stdout)[0]["verdict"] == "undecided"


def test_screening_in_chinese_names_things_in_chinese():
    done = run("screen", "nct07014202", SPEC / "eligible.json", "--on", "2026-03-10", "--language", "zh-hans")
    assert "中性粒细胞" in done.stdout


def test_a_bad_participant_is_exit_14_and_one_sentence(tmp_path):
    file = tmp_path / "participants.json"
    file.write_text('[{"id": "A"}, {"id": "B", "items": {"ecog": "fit"}}]')
    done = run("screen", "nct07014202", file, "--json")
    assert done.returncode == 14
    assert done.stdout == ""
    assert "row 2, column items.ecog: participant B" in done.stderr


def test_a_difference_is_classed_and_a_reused_id_is_exit_10(tmp_path):
    text = (SPEC / "whole.yaml").read_text()
    (tmp_path / "new.yaml").write_text(text.replace('"1.0"\ntitle', '"2.0"\ntitle').replace("age >= 18", "age >= 21"))
    done = run("diff", SPEC / "whole.yaml", tmp_path / "new.yaml")
    assert done.returncode == 0
    assert "small, 1.0 -> 2.0: 1 change" in done.stdout
    assert "consequential eligibility.I1.rule: age >= 18 [a] -> age >= 21 [a]" in done.stdout
    (tmp_path / "reused.yaml").write_text(text.replace("kind: yes_no, label: Pregnant", "kind: text, label: Pregnant")
                                          .replace("and pregnant\n", 'and pregnant == "yes"\n'))  # fmt: skip
    done = run("diff", SPEC / "whole.yaml", tmp_path / "reused.yaml")
    assert done.returncode == 10
    assert "line 79: forms.person.items.pregnant: an id never changes its meaning" in done.stderr
