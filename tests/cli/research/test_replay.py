"""`appliance replay`, from a bot that has traded to the reasons why its backtest differs."""

import asyncio
import json
from datetime import timedelta

import pytest

from tests.support.research.replaying import (
    BEGIN,
    as_file,
    configuration,
    loaded_of,
    replaying,
    store_candles,
    trade_until,
)

SHORT = {"exchange.replayed.end": (BEGIN + timedelta(minutes=15)).isoformat()}


@pytest.fixture
def configured(folder):
    """A configuration in the working folder, and candles; no bot has run."""
    store_candles(folder, hours=7)
    values = {key: value for key, value in configuration(folder, **SHORT).items() if key != "user_data_dir"}
    (folder / "config.json").write_text(json.dumps(as_file(values)))
    return folder


@pytest.fixture
def traded(configured):
    async def trade():
        async with replaying(await loaded_of(configured, **SHORT)) as bot:
            await trade_until(bot)

    asyncio.run(trade())
    return configured


def test_without_a_database_it_says_which_one_is_missing(appliance, configured):
    outcome = appliance("replay", "-c", "config.json")
    assert outcome.status == 2
    assert outcome.err.startswith("error: There is no bot's database at sqlite:///")
    assert outcome.err.count("\n") == 1


def test_a_past_is_compared_and_written_as_a_page(appliance, traded):
    outcome = appliance("replay", "-c", "config.json", "--html", "replay.html", "--timeframe-detail", "1m")
    assert (outcome.status, outcome.err) == (0, "Stored in replay.html\n")
    found = json.loads(outcome.out)
    assert found["totals"]["matched"] >= 3
    assert found["totals"]["unexplained"] == 0
    assert "What the bot did, and what its backtest does" in (traded / "replay.html").read_text()


@pytest.mark.parametrize(
    ("options", "error"),
    [
        (
            ("--timerange", "20200101-20200102"),
            "--timerange: expected a part of the bot's past, 2026-01-05 12:00",
        ),
        (("--timerange", "today"), "--timerange: expected yyyymmdd"),
        (("--timeframe-detail", "1h"), "--timeframe-detail: expected less than the time frame 5m, found 1h"),
        (("--datadir", "elsewhere"), "has no candles of BTC/USDT"),
        (("-s", "Other"), "no strategy 'Other'"),
    ],
)
def test_what_cannot_be_compared_is_one_line(appliance, traded, options, error):
    outcome = appliance("replay", "-c", "config.json", *options)
    assert outcome.status == 2
    assert outcome.out == ""
    assert error in outcome.err
    assert outcome.err.count("\n") == 1


def test_where_candles_end_early_it_says_how_to_get_the_rest(appliance, traded):
    for timeframe in ("1m", "5m"):
        for file in (traded / "user_data" / "data" / "simulated").glob(f"*-{timeframe}.feather"):
            cut_short(file.parent, file.name, timeframe)
    found = json.loads(appliance("replay", "-c", "config.json").out)
    (note,) = [text for text in found["notes"] if "candles end" in text]
    assert "run `appliance download-data --exchange simulated --pairs BTC/USDT ETH/USDT" in note
    assert "--timeframes 5m --timerange 20260105-`" in note


def cut_short(folder, name, timeframe):
    """Leave candles until five minutes after the bot's start."""
    from appliance.research.data.candles import CandleFiles
    from appliance.research.data.layout import CandleKey

    files = CandleFiles(folder, "feather")
    key = CandleKey(name.partition("-")[0].replace("_", "/"), timeframe)
    candles = files.load(key)
    files.save(key, candles[candles[:, 0] <= (BEGIN + timedelta(minutes=5)).timestamp() * 1000])
