"""Moments and spans as texts."""

from datetime import UTC, datetime, timedelta, timezone

import pytest

from appliance.reports.views.time_format import ago, as_ms, as_text, span

NOW = datetime(2026, 11, 22, 10, 0, 7, tzinfo=UTC)


def test_no_date_is_nothing():
    assert as_text(None) is as_ms(None) is None


def test_dates_are_reported_in_utc():
    date = datetime(2026, 1, 1, 1, 0, tzinfo=timezone(timedelta(hours=2)))
    assert as_text(date) == "2025-12-31 23:00:00"
    assert as_ms(date) == 1767222000000


@pytest.mark.parametrize(
    ("seconds", "text"),
    [
        (-5, "now"),
        (0, "now"),
        (1, "a second ago"),
        (20, "20 seconds ago"),
        (60, "a minute ago"),
        (3600, "an hour ago"),
        (21_038, "6 hours ago"),
        (86_400 * 3, "3 days ago"),
        (86_400 * 365, "a year ago"),
    ],
)
def test_ago(seconds, text):
    assert ago(NOW - timedelta(seconds=seconds), NOW) == text


def test_spans():
    assert (span(18_417.9), span(0), span(90_000)) == ("5:06:57", "0:00:00", "1 day, 1:00:00")
