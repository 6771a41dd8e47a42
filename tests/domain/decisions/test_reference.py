"""The page about decisions."""

from pathlib import Path

from appliance.domain.decisions.kinds import FORMS
from appliance.domain.decisions.reference import markdown

PAGE = Path(__file__).parents[3] / "docs" / "why.md"


def test_the_page_is_current():
    """Otherwise: python -m appliance.domain.decisions.reference > docs/why.md"""
    assert markdown() == PAGE.read_text()


def test_it_has_every_kind():
    page = PAGE.read_text()
    assert [kind for kind in FORMS if f"| `{kind.value}` |" not in page] == []
