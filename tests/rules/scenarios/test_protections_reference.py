from pathlib import Path

from appliance.rules.protections.reference import markdown

PAGE = Path(__file__).parents[3] / "docs" / "protections.md"


def test_the_page_is_up_to_date():
    """Otherwise: python -m appliance.rules.protections.reference > docs/protections.md"""
    assert PAGE.read_text() == markdown()
