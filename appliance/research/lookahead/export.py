"""Add results to a CSV file in freqtrade's layout: one line for each strategy, that of the last analysis."""

import csv
import io
from collections.abc import Sequence
from pathlib import Path

from appliance.domain.errors import DataError
from appliance.research.data.candles import replace_file
from appliance.research.lookahead.result import LookaheadResult
from appliance.research.lookahead.tables import HEADINGS


def export(file: Path, results: Sequence[LookaheadResult]) -> None:
    """Write the verdicts; those of other strategies in the file stay. Raises DataError."""
    rows = {(row["filename"], row["strategy"]): row for row in _read(file)}
    for result in results:
        if not result.has_too_few:
            rows[result.filename, result.strategy] = _row(result)
    text = io.StringIO()
    writer = csv.DictWriter(text, HEADINGS, lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows.values())
    replace_file(file, text.getvalue().encode())


def _read(file: Path) -> list[dict[str, str]]:
    try:
        with file.open(encoding="utf-8", newline="") as stream:
            reader = csv.DictReader(stream)
            rows = list(reader)
            found = tuple(reader.fieldnames or ())
    except FileNotFoundError:
        return []
    except (UnicodeDecodeError, csv.Error) as error:
        raise DataError(f"{file}: no CSV file: {error}: name another one") from error
    if found and found != HEADINGS:
        raise DataError(f"{file}: expected the columns {','.join(HEADINGS)}, found {','.join(found)}")
    return rows


def _row(result: LookaheadResult) -> dict[str, str]:
    values = (
        result.filename,
        result.strategy,
        str(result.has_bias),
        str(result.total_signals),
        str(result.biased_entry_signals),
        str(result.biased_exit_signals),
        ",".join(result.biased_indicators),
    )
    return dict(zip(HEADINGS, values, strict=True))
