"""Name a browser in plain words, such as "Firefox on Linux", by what it says of itself.

That is no proof of anything: it helps people to recognize their own sessions.
"""

from collections.abc import Sequence

_BROWSERS: Sequence[tuple[str, str]] = (
    ("Edg", "Edge"),
    ("OPR/", "Opera"),
    ("SamsungBrowser", "Samsung Internet"),
    ("Firefox", "Firefox"),
    ("FxiOS", "Firefox"),
    ("CriOS", "Chrome"),
    ("Chromium", "Chromium"),
    ("Chrome", "Chrome"),
    ("Safari", "Safari"),
)
"""Marks in the order in which they count: most browsers name others as well."""
_SYSTEMS: Sequence[tuple[str, str]] = (
    ("iPhone", "an iPhone"),
    ("iPad", "an iPad"),
    ("Android", "Android"),
    ("CrOS", "ChromeOS"),
    ("Windows", "Windows"),
    ("Mac OS X", "a Mac"),
    ("Linux", "Linux"),
)


def in_words(user_agent: str) -> str:
    """Return browser and system of a `User-Agent` header; "an unknown program" for any other."""
    browser, system = _first(_BROWSERS, user_agent), _first(_SYSTEMS, user_agent)
    if not browser:
        return "an unknown program"
    return f"{browser} on {system}" if system else browser


def _first(marks: Sequence[tuple[str, str]], text: str) -> str:
    return next((word for mark, word in marks if mark in text), "")
