"""Whatever strategies make becomes JSON."""

from datetime import UTC, datetime
from decimal import Decimal

import msgspec
import numpy as np
import pandas as pd
import pytest

from appliance.reports.views.json_values import plain


class Odd:
    def __str__(self):
        return "odd"


@pytest.mark.parametrize(
    ("value", "told"),
    [
        (pd.NaT, None),
        (float("nan"), None),
        (np.float64("inf"), None),
        (np.int64(3), 3),
        (np.bool_(True), True),
        (np.arange(3), [0, 1, 2]),
        (pd.Series([1, 2]), [1, 2]),
        (
            {
                1,
            },
            [1],
        ),
        ((1, "a"), [1, "a"]),
        ({1: "a", 2.5: "b"}, {"1": "a", "2.5": "b"}),
        (Decimal("0.1"), "0.1"),
        (datetime(2026, 1, 1, tzinfo=UTC), "2026-01-01T00:00:00Z"),
        (pd.Timestamp("2026-01-01", tz="UTC"), "2026-01-01T00:00:00Z"),
        ([Odd(), {"deep": [Odd()]}], ["odd", {"deep": ["odd"]}]),
    ],
)
def test_values_that_are_no_json(value, told):
    assert msgspec.json.decode(msgspec.json.encode(plain(value))) == told
