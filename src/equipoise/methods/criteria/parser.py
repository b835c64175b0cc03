"""Tokens into the syntax tree, by recursive descent.

rule       := expression [ 'where' binding { [','] binding } ]
binding    := NAME '=' expression
expression := or [ 'if' or 'else' expression ]
or         := and { 'or' and }
and        := not { 'and' not }
not        := 'not' not | comparison
comparison := sum [ ('=='|'!='|'<'|'<='|'>'|'>=') sum | ['not'] 'in' '{' sum {',' sum} '}' | 'between' sum 'and' sum ]
sum        := product { ('+'|'-') product }
product    := sign { ('*'|'/') sign }
sign       := '-' sign | atom
atom       := NUMBER [UNIT] | DATE | QUOTED | NAME [ '(' expression {',' expression} ')' ] | '(' expression ')'
"""

from decimal import Decimal

from equipoise.kernel.dates import PartialDate
from equipoise.kernel.quantities import unit
from equipoise.methods.criteria.faults import RuleError, RuleFault
from equipoise.methods.criteria.lexer import Token, tokens
from equipoise.methods.criteria.nodes import (
    And,
    Between,
    Call,
    Choice,
    Comparison,
    DateLiteral,
    Let,
    Membership,
    Negative,
    Node,
    Not,
    Number,
    Or,
    Product,
    Quoted,
    Sum,
    Word,
)

MAX_DEPTH = 30
"""Levels of parentheses, `not`, minus signs and `else` within one another."""

COMPARISONS = ("==", "!=", "<", "<=", ">", ">=")


def parse(text: str) -> Let:
    """Read a rule into its syntax tree; the words are not looked up yet. Raises RuleError."""
    return _Parser(tokens(text)).rule()


class _Parser:
    def __init__(self, stream: list[Token]) -> None:
        self._tokens = stream
        self._next = 0
        self._depth = 0

    # THE STREAM

    @property
    def _token(self) -> Token:
        return self._tokens[self._next]

    def _advance(self) -> Token:
        token = self._token
        self._next += 1
        return token

    def _is(self, *texts: str) -> bool:
        return self._token.kind in ("sign", "keyword") and self._token.text in texts

    def _take(self, text: str) -> bool:
        if self._is(text):
            self._next += 1
            return True
        return False

    def _expect(self, text: str, why: str) -> None:
        if not self._take(text):
            raise self._fault(why, f"`{text}`")

    def _fault(self, problem: str, wanted: str) -> RuleError:
        token = self._token
        seen = "the end of the rule" if token.kind == "end" else f"`{token.text}`"
        return RuleError([RuleFault(token.at, problem, seen, wanted)])

    def _deeper(self) -> None:
        self._depth += 1
        if self._depth > MAX_DEPTH:
            raise self._fault(
                "the rule is nested too deeply", f"at most {MAX_DEPTH} levels; name parts of it with `where`"
            )

    # THE GRAMMAR

    def rule(self) -> Let:
        at = self._token.at
        if self._token.kind == "end":
            raise self._fault("the rule is empty", "a condition, as in `age >= 18 [a]`")
        body = self._expression()
        bindings: list[tuple[str, Node]] = []
        if self._take("where"):
            while True:
                bindings.append(self._binding())
                if not self._take(",") and self._token.kind != "word":
                    break
        if self._token.kind != "end":
            raise self._trailing()
        return Let(body, tuple(bindings), at=at)

    def _trailing(self) -> RuleError:
        token = self._token
        if token.text == "=":
            return self._fault("a comparison is written with two equals signs", "`==`")
        if self._is(*COMPARISONS):
            return self._fault("comparisons are not chained", "`low <= x and x <= high`, or `x between low and high`")
        if token.kind == "unit":
            return self._fault("a unit stands after a number only", "the number before its unit")
        return self._fault("the rule goes on where it should end", "and, or, a comparison, `where`, or the end")

    def _binding(self) -> tuple[str, Node]:
        if self._token.kind != "word":
            raise self._fault("`where` names a value", "a name, as in `where limit = 2.5`")
        name = self._advance().text
        self._expect("=", f"`where` gives {name} a value")
        return name, self._expression()

    def _expression(self) -> Node:
        self._deeper()
        value = self._or()
        if self._take("if"):
            condition = self._or()
            self._expect("else", "an `if` says what holds otherwise")
            value = Choice(value, condition, self._expression(), at=value.at)
        self._depth -= 1
        return value

    def _or(self) -> Node:
        parts = [self._and()]
        while self._take("or"):
            parts.append(self._and())
        return parts[0] if len(parts) == 1 else Or(tuple(parts), at=parts[0].at)

    def _and(self) -> Node:
        parts = [self._not()]
        while self._take("and"):
            parts.append(self._not())
        return parts[0] if len(parts) == 1 else And(tuple(parts), at=parts[0].at)

    def _not(self) -> Node:
        at = self._token.at
        if not self._take("not"):
            return self._comparison()
        self._deeper()
        operand = self._not()
        self._depth -= 1
        return Not(operand, at=at)

    def _comparison(self) -> Node:
        left = self._sum()
        if self._is(*COMPARISONS):
            operator = self._advance().text
            return Comparison(operator, left, self._sum(), at=left.at)
        if self._take("between"):
            low = self._sum()
            self._expect("and", "`between` names two ends")
            return Between(left, low, self._sum(), at=left.at)
        negated = self._is("not")
        if negated:
            self._advance()
            self._expect("in", "after a value, `not` goes with `in`")
        elif not self._take("in"):
            return left
        self._expect("{", "`in` is followed by a list between braces")
        options = [self._sum()]
        while self._take(","):
            options.append(self._sum())
        self._expect("}", "the list is not closed")
        return Membership(left, tuple(options), negated, at=left.at)

    def _sum(self) -> Node:
        first = self._product()
        rest: list[tuple[str, Node]] = []
        while self._is("+", "-"):
            sign = self._advance().text
            rest.append((sign, self._product()))
        return Sum(first, tuple(rest), at=first.at) if rest else first

    def _product(self) -> Node:
        first = self._sign()
        rest: list[tuple[str, Node]] = []
        while self._is("*", "/"):
            sign = self._advance().text
            rest.append((sign, self._sign()))
        return Product(first, tuple(rest), at=first.at) if rest else first

    def _sign(self) -> Node:
        at = self._token.at
        if not self._take("-"):
            return self._atom()
        self._deeper()
        operand = self._sign()
        self._depth -= 1
        return Negative(operand, at=at)

    def _atom(self) -> Node:
        token = self._token
        if self._take("("):
            inner = self._expression()
            self._expect(")", "the parenthesis is not closed")
            return inner
        if token.kind == "number":
            return self._number()
        if token.kind == "date":
            try:
                node = DateLiteral(PartialDate.parse(token.text), at=token.at)
            except ValueError as error:
                raise self._fault("this is no date", str(error)) from None
            self._advance()
            return node
        if token.kind == "quoted":
            return Quoted(self._advance().text[1:-1], at=token.at)
        if token.kind == "word":
            self._advance()
            return self._call(token) if self._take("(") else Word(token.text, at=token.at)
        if token.text == "=":
            raise self._fault("a comparison is written with two equals signs", "`==`")
        raise self._fault("a value is missing here", "a name, a number, a function or a parenthesis")

    def _number(self) -> Number:
        token = self._advance()
        code = None
        if self._token.kind == "unit":
            code = self._token.text
            try:
                unit(code)
            except ValueError as error:
                raise self._fault("this is not a unit", str(error)) from None
            self._advance()
        return Number(Decimal(token.text), code, at=token.at)

    def _call(self, name: Token) -> Call:
        arguments: list[Node] = []
        if not self._is(")"):
            arguments.append(self._expression())
            while self._take(","):
                arguments.append(self._expression())
        self._expect(")", f"the arguments of {name.text} are not closed")
        return Call(name.text, tuple(arguments), at=name.at)
