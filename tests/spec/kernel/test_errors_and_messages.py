"""What a person reads when something is wrong: wording, exit codes, and both languages."""

from dataclasses import FrozenInstanceError

import pytest

from equipoise.kernel.errors import (
    EquipoiseError,
    EstimationError,
    Fault,
    InputError,
    LedgerError,
    NotPermitted,
    ProtocolError,
    Refusal,
)
from equipoise.kernel.messages import literal, message, words
from equipoise.kernel.parts import part

words(
    {
        "test.sum": ("the sum is {sum}", "总和为 {sum}"),
        "test.because": ("progression: {reasons}", "进展：{reasons}"),
        "test.again": ("Measure again.", "请重新测量。"),
    }
)

# Exit codes and HTTP statuses are a contract with scripts and browsers.
CODES = [
    (ProtocolError("trial.yaml", []), 10, 400),
    (Refusal("no"), 11, 409),
    (NotPermitted("no"), 11, 403),
    (LedgerError("no", 7), 12, 503),
    (EstimationError("no"), 13, 422),
    (InputError("no"), 14, 400),
]


@pytest.mark.parametrize(("error", "exit_code", "status"), CODES, ids=[type(error).__name__ for error, _, _ in CODES])
def test_each_error_has_its_exit_code_and_status(error: EquipoiseError, exit_code: int, status: int) -> None:
    assert (error.exit_code, error.http_status) == (exit_code, status)


INPUT_ERRORS = [
    (InputError("the cell is empty", file="a.csv", row=3, column="AGE"), "a.csv, row 3, column AGE: the cell is empty"),
    (
        InputError("the cell is not a number", file="a.csv", row=1, column="AGE", seen="x", wanted="a number"),
        "a.csv, row 1, column AGE: the cell is not a number; seen: 'x'; wanted: a number",
    ),
    (InputError("there is nothing to estimate"), "there is nothing to estimate"),
    (InputError("the count is wrong", seen=0), "the count is wrong; seen: 0"),
]


@pytest.mark.parametrize(("error", "text"), INPUT_ERRORS)
def test_an_input_error_names_file_row_and_column(error: InputError, text: str) -> None:
    assert str(error) == text


def test_an_input_error_is_said_in_chinese_with_what_was_seen_as_it_was() -> None:
    error = InputError("the cell is not a number", file="a.csv", row=1, column="AGE", seen="x", wanted="a number")
    chinese = "a.csv, 第 1 行, AGE 列：the cell is not a number；现为：'x'；应为：a number"
    assert error.say("zh-hans") == chinese


def test_a_protocol_error_lists_every_fault_by_line() -> None:
    error = ProtocolError(
        "trial.yaml",
        [
            Fault(12, "arms.0.id", "the id is given twice", seen="rt", wanted="another id"),
            Fault(3, "", "the document is empty"),
        ],
    )
    assert str(error) == (
        "trial.yaml: 2 errors\n"
        "  line 3: document: the document is empty\n"
        "  line 12: arms.0.id: the id is given twice; seen: rt; wanted: another id"
    )
    assert str(ProtocolError("trial.yaml", [Fault(1, "id", "missing")])).startswith("trial.yaml: 1 error\n")


def test_a_refusal_says_why_and_what_would_allow_it_in_both_languages() -> None:
    refusal = Refusal(message("test.sum", sum="62 mm"), message("test.again"))
    assert refusal.code == "test.sum"
    assert refusal.say("en") == str(refusal) == "the sum is 62 mm Measure again."
    assert refusal.say("zh-hans") == "总和为 62 mm 请重新测量。"
    assert Refusal("the form is locked").say("zh-hans") == "the form is locked"


def test_messages_nest_and_join() -> None:
    said = message("test.because", reasons=(message("test.sum", sum="62 mm"), literal("new lesion")))
    assert said.say() == "progression: the sum is 62 mm; new lesion"
    assert said.say("zh-Hans") == "进展：总和为 62 mm；new lesion"


def test_text_that_looks_like_a_template_is_said_as_it_is() -> None:
    hostile = "{sum.__class__} {0} {{"
    assert literal(hostile).say() == hostile
    assert message("test.sum", sum=hostile).say() == f"the sum is {hostile}"


def test_a_code_is_worded_once() -> None:
    words({"test.again": ("Measure again.", "请重新测量。")})
    with pytest.raises(AssertionError, match=r"declared twice with different wordings: test\.again"):
        words({"test.again": ("Measure twice.", "请测量两次。")})


def test_a_part_is_frozen_and_takes_its_fields_by_name() -> None:
    @part
    class Visit:
        name: str
        day: int = 1

    visit = Visit(name="V1")
    assert visit == Visit(name="V1", day=1)
    with pytest.raises(FrozenInstanceError):
        visit.day = 2  # type: ignore[misc]
    with pytest.raises(TypeError):
        Visit("V1")  # type: ignore[misc]
    with pytest.raises(TypeError):
        Visit(name="V1", dya=2)  # type: ignore[call-arg]
