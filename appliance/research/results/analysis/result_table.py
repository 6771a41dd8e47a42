"""Hold a table of an analysis: to print, or to write as CSV."""

import csv
from collections.abc import Sequence
from datetime import datetime
from io import StringIO
from typing import Any

from msgspec import Struct

from appliance.research.results.printing.output import Table


class ResultTable(Struct, frozen=True):
    """Hold named columns of values. The first `names` columns name the rows.

    `if_empty` is what to say where there are none.
    """

    name: str
    columns: Sequence[str]
    rows: Sequence[Sequence[Any]]
    names: int = 0
    if_empty: str = "No trades to show"

    def shown(self) -> Table:
        """Return the table as texts; numbers with three decimals."""
        rows = [[_shown(value) for value in row] for row in self.rows]
        return Table("", self.columns, rows, left=self.names)

    def csv(self) -> str:
        """Return the table as CSV. Rows that no column names are numbered, from 0."""
        text = StringIO()
        writer = csv.writer(text, lineterminator="\n")
        if self.names:
            writer.writerows([self.columns, *self.rows])
        else:
            writer.writerow(["", *self.columns])
            writer.writerows([number, *row] for number, row in enumerate(self.rows))
        return text.getvalue()

    @property
    def file_name(self) -> str:
        """The name of its CSV file: `group_0.csv`."""
        return self.name.lower().replace(" ", "_").replace(":", "") + ".csv"


def _shown(value: Any) -> str:
    if isinstance(value, float):
        return f"{value:.3f}"
    return str(value) if isinstance(value, datetime) else f"{value}"
