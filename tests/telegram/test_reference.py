from pathlib import Path

from appliance.telegram.reference import markdown

PAGE = Path(__file__).parents[2] / "docs" / "notifications.md"


def test_the_page_is_current() -> None:
    """Otherwise: python -m appliance.telegram.reference > docs/notifications.md"""
    assert PAGE.read_text(encoding="utf-8") == markdown()
