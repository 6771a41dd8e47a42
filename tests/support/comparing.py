"""Hold answers of ours against freqtrade's."""

from typing import Any

import pytest

TEXTS_OF_OUR_OWN = ("first_trade_humanized", "latest_trade_humanized", "note")


def assert_alike(ours: Any, theirs: Any, at: str = "") -> None:
    """Hold every field of theirs against ours: numbers to 1e-8, all else exactly."""
    if isinstance(theirs, dict):
        for name, value in theirs.items():
            if name not in TEXTS_OF_OUR_OWN:
                assert_alike(ours[name], value, f"{at}.{name}")
    elif isinstance(theirs, list):
        assert len(ours) == len(theirs), at
        for number, (mine, value) in enumerate(zip(ours, theirs, strict=True)):
            assert_alike(mine, value, f"{at}[{number}]")
    elif isinstance(theirs, float):
        assert ours == pytest.approx(theirs, rel=1e-8, abs=1e-8), at
    else:
        assert ours == theirs, at
