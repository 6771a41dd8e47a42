"""`--timerange` as freqtrade takes it."""

import pytest

from appliance.domain.errors import ConfigurationError
from appliance.research.timerange import TimeRange

DAY = 86_400_000
FIRST = 1735689600000  # 2025-01-01


@pytest.mark.parametrize(
    ("text", "start", "end"),
    [
        ("20250101-20250102", FIRST, FIRST + DAY),
        ("20250101-", FIRST, None),
        ("-20250102", None, FIRST + DAY),
        ("20250101T1230-20250101T123015", FIRST + 45_000_000, FIRST + 45_015_000),
        ("1735689600-1735776000", FIRST, FIRST + DAY),
        ("1735689600000-20250102", FIRST, FIRST + DAY),
        ("", None, None),
        (None, None, None),
    ],
)
def test_each_side_is_a_date_or_a_number(text, start, end):
    assert TimeRange.parse(text) == TimeRange(start, end)


@pytest.mark.parametrize(
    "text", ["-", "20250101", "20250230-", "2025-01-01", "20250102-20250101", "now-", "1-2"]
)
def test_anything_else_is_refused_with_what_was_expected(text):
    with pytest.raises(ConfigurationError, match="--timerange") as refused:
        TimeRange.parse(text)
    assert "\n" not in str(refused.value)


def test_the_start_moves_back_for_the_candles_that_indicators_need():
    assert TimeRange(FIRST, FIRST + DAY).earlier(DAY) == TimeRange(FIRST - DAY, FIRST + DAY)
    assert TimeRange(None, FIRST).earlier(DAY) == TimeRange(None, FIRST)
