"""Analysis datasets: folds of the casebooks on a data cut, one module a dataset, under CDISC ADaM's variable names.

Every row is a frozen dataclass whose fields are ADaM variables in lower case, and ends in `srcseq`: the ledger
positions it came from. Variables and rows that tell somebody's arm are marked, and left out of a table without leave.
"""

from collections.abc import Callable, Mapping, Sequence

from equipoise.analysis.cut import DataCut
from equipoise.analysis.datasets.adae import adae
from equipoise.analysis.datasets.adex import adex
from equipoise.analysis.datasets.adlb import adlb
from equipoise.analysis.datasets.adqs import adqs
from equipoise.analysis.datasets.adrs import adrs
from equipoise.analysis.datasets.adsl import adsl
from equipoise.analysis.datasets.adtte import adtte
from equipoise.analysis.datasets.table import Dataset, table
from equipoise.conduct.casebook import Casebook
from equipoise.protocol.model import Protocol

DATASETS: Mapping[str, Callable[[Protocol, Sequence[Casebook], DataCut], Dataset]] = {
    "ADSL": adsl, "ADEX": adex, "ADTTE": adtte, "ADRS": adrs, "ADAE": adae, "ADLB": adlb, "ADQS": adqs,
}  # fmt: skip
"""Every dataset by its ADaM name."""

__all__ = ["DATASETS", "Dataset", "adae", "adex", "adlb", "adqs", "adrs", "adsl", "adtte", "table"]
