"""docs/search-reports.md is generated from the definitions."""

from pathlib import Path

from appliance.research.walkforward.reference import reference

PAGE = Path(__file__).parents[3] / "docs" / "search-reports.md"


def test_the_page_is_what_the_definitions_say() -> None:
    assert PAGE.read_text() == reference(), "run python -m appliance.research.walkforward.reference"


def test_every_key_is_described() -> None:
    rows = [row for row in reference().splitlines() if row.startswith("| `")]
    assert len(rows) > 100
    assert all(row.split("|")[3].strip() for row in rows)
