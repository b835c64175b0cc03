"""The EQ-5D-5L index: a profile of five levels valued by a country's published coefficients. Exact.

Index = start + intercept (if any level is above 1) + one coefficient a dimension and level + the further terms of some
sets: `MO45` ... (that dimension at level 4 or 5), `N4` (any dimension at 4 or 5), `N5` (any at 5), `Num45sq` (the
number of dimensions at 4 or 5 beyond the first, squared), `MOAD`, `PDAD` (products of levels less one).
The descriptive system belongs to the EuroQol Research Foundation, which registers its use; none of its wording is here.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal

DIMENSIONS = ("MO", "SC", "UA", "PD", "AD")
TERMS = frozenset(
    {"StartValue", "Intercept", "Num45sq", "N4", "N5", "MOAD", "PDAD"}
    | {f"{dimension}{level}" for dimension in DIMENSIONS for level in (1, 2, 3, 4, 5, 45)}
)


@dataclass(frozen=True, slots=True)
class ValueSet:
    """A country's coefficients by term, and where they were published."""

    name: str
    terms: Mapping[str, Decimal]
    source: str

    def __post_init__(self) -> None:
        unknown = sorted(set(self.terms) - TERMS)
        if unknown:
            raise ValueError(f"Value set {self.name} has a term that is not known: {unknown[0]}.")
        needed = {"StartValue"} | {f"{dimension}{level}" for dimension in DIMENSIONS for level in (2, 3, 4, 5)}
        absent = sorted(needed - set(self.terms))
        if absent:
            raise ValueError(f"Value set {self.name} has no coefficient for {absent[0]}.")


def index(value_set: ValueSet, levels: Mapping[str, int | None]) -> Decimal | None:
    """The index of a profile, levels 1-5 by dimension; None where a dimension is missing.

    Raises ValueError for a level outside 1-5.
    """
    profile = {dimension: levels.get(dimension) for dimension in DIMENSIONS}
    for dimension, level in profile.items():
        if level is not None and level not in (1, 2, 3, 4, 5):
            raise ValueError(f"{dimension} has levels 1 to 5; seen {level}.")
    given = {dimension: level for dimension, level in profile.items() if level is not None}
    if len(given) < len(DIMENSIONS):
        return None
    severe = sum(level >= 4 for level in given.values())
    counts = {
        "StartValue": 1,
        "Intercept": int(any(level > 1 for level in given.values())),
        "Num45sq": max(0, severe - 1) ** 2,
        "N4": int(severe > 0),
        "N5": int(5 in given.values()),
        "MOAD": (given["MO"] - 1) * (given["AD"] - 1),
        "PDAD": (given["PD"] - 1) * (given["AD"] - 1),
    }
    for dimension, level in given.items():
        counts[f"{dimension}{level}"] = 1
        counts[f"{dimension}45"] = int(level >= 4)
    return sum((count * value_set.terms.get(term, Decimal(0)) for term, count in counts.items()), Decimal(0))


def _published(name: str, source: str, *decrements: str, start: str = "1", **further: str) -> ValueSet:
    """Decrements from level 2 to 5, in thousandths or ten-thousandths as printed, dimension by dimension."""
    terms = {"StartValue": Decimal(start)} | {term: Decimal(value) for term, value in further.items()}
    for dimension, printed in zip(DIMENSIONS, decrements, strict=True):
        for level, value in zip((2, 3, 4, 5), printed.split(), strict=True):
            terms[f"{dimension}{level}"] = -Decimal(f"0{value}")
    return ValueSet(name, terms, source)


VALUE_SETS: Mapping[str, ValueSet] = {
    one.name: one
    for one in (
        _published(
            "China", "Luo et al., Value Health 2017;20:662-669",
            ".066 .158 .287 .345", ".048 .116 .210 .253", ".045 .107 .194 .233", ".058 .138 .252 .302",
            ".049 .118 .215 .258",
        ),
        _published(
            "England", "Devlin et al., Health Econ 2018;27:7-22",
            ".058 .076 .207 .274", ".050 .080 .164 .203", ".050 .063 .162 .184", ".063 .084 .276 .335",
            ".078 .104 .285 .289",
        ),
        _published(
            "Germany", "Ludwig et al., PharmacoEconomics 2018;36:663-674",
            ".026 .042 .139 .224", ".050 .056 .169 .260", ".036 .049 .129 .209", ".057 .109 .404 .612",
            ".030 .082 .244 .356",
        ),
        _published(
            "HongKong", "Wong et al., Patient 2018;11:235-247",
            ".109 .182 .371 .529", ".087 .113 .271 .352", ".067 .094 .234 .282", ".076 .147 .307 .354",
            ".080 .140 .293 .348",
        ),
        _published(
            "Japan_cTTO", "Shiroiwa et al., Value Health 2016;19:648-654",
            ".0639 .1126 .1790 .2429", ".0436 .0767 .1243 .1597", ".0504 .0911 .1479 .1748", ".0445 .0682 .1314 .1912",
            ".0718 .1105 .1682 .1960", Intercept="-0.0609",
        ),
        _published(
            "Netherlands", "Versteegh et al., Value Health 2016;19:343-352",
            ".035 .057 .166 .203", ".038 .061 .168 .168", ".039 .087 .192 .192", ".066 .092 .360 .415",
            ".070 .145 .356 .421", Intercept="-0.047",
        ),
        _published(
            "SouthKorea", "Kim et al., Qual Life Res 2016;25:1845-1852",
            ".046 .058 .133 .251", ".032 .050 .078 .122", ".021 .051 .100 .175", ".042 .053 .166 .207",
            ".033 .046 .102 .137", Intercept="-0.096", N4="-0.078",
        ),
        _published(
            "USA", "Pickard et al., Value Health 2019;22:931-941",
            ".096 .122 .237 .322", ".089 .107 .220 .261", ".068 .101 .255 .255", ".060 .098 .318 .414",
            ".057 .123 .299 .321",
        ),
    )
}  # fmt: skip
"""A few published sets. Others are read from a table the user gives: one column a set, one row a term."""
