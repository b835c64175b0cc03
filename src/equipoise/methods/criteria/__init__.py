"""The criteria language: conditions with units, dates and quantifiers, judged in three values, explaining themselves.

    rule = read_rule("neutrophils >= 1.5 [10*9/L]", vocabulary)            # RuleError carries every fault
    criterion = Criterion(rule, within=parse_window("14 days before randomization"))
    judgement = judge(criterion, record, on=date(2026, 3, 10))
    judgement.truth, judgement.explanation.say("zh-hans"), judgement.missing

Two joints: the protocol builds the `Vocabulary` (see `vocabulary`), `conduct` gathers a record, most simply as
`Results` (see `record`). The same rules serve edit checks, conditional items and derived strata through `evaluate`.
"""

from equipoise.methods.criteria.criterion import (
    CURRENT_ANCHORS,
    Criterion,
    Exempting,
    Judgement,
    Plain,
    Reads,
    Rule,
    evaluate,
    judge,
    read_rule,
)
from equipoise.methods.criteria.faults import RuleError, RuleFault
from equipoise.methods.criteria.formatter import format_rule
from equipoise.methods.criteria.nodes import NONE, NoneAnswer
from equipoise.methods.criteria.parser import parse
from equipoise.methods.criteria.record import (
    Absent,
    Known,
    Record,
    RecordedValue,
    Result,
    Results,
    Row,
    Rows,
    Unknown,
    answered_unknown,
    governing,
    not_done,
)
from equipoise.methods.criteria.standard import STANDARD_FUNCTIONS, analyte_conversion, standard_functions
from equipoise.methods.criteria.steps import Evidence, Margin, Missing, Step
from equipoise.methods.criteria.vocabulary import (
    BooleanType,
    CodesType,
    CodeType,
    DateType,
    Function,
    NumberType,
    Register,
    Term,
    TextType,
    Type,
    Vocabulary,
    label,
)
from equipoise.methods.criteria.windows import Side, WindowSpec, parse_window

__all__ = [
    "CURRENT_ANCHORS", "NONE", "STANDARD_FUNCTIONS", "Absent", "BooleanType", "CodeType", "CodesType", "Criterion",
    "DateType", "Evidence", "Exempting", "Function", "Judgement", "Known", "Margin", "Missing", "NoneAnswer",
    "NumberType", "Plain", "Reads", "Record", "RecordedValue", "Register", "Result", "Results", "Row", "Rows", "Rule",
    "RuleError", "RuleFault", "Side", "Step", "Term", "TextType", "Type", "Unknown", "Vocabulary", "WindowSpec",
    "analyte_conversion", "answered_unknown", "evaluate", "format_rule", "governing", "judge", "label",
    "not_done", "parse", "parse_window", "read_rule", "standard_functions",
]  # fmt: skip
