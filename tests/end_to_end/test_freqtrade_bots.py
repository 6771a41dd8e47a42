"""A real freqtrade listens to our bot, and ours to it: FREQTRADE=/path/to/freqtrade names its executable."""

import json
import os
import time
from pathlib import Path

import pytest

from benchmarks.contenders import (
    Contender,
    binance_config,
    contenders,
    exchange,
    free_port,
    running,
    simulated_pairs,
)

FREQTRADE = os.environ.get("FREQTRADE")
PATIENCE = 180

HEARING = """
import json
from freqtrade.strategy import IStrategy


class Benchmarked(IStrategy):
    timeframe = "1m"
    minimal_roi = {"0": 10}
    stoploss = -0.9
    process_only_new_candles = False

    def populate_indicators(self, df, metadata):
        told, at = self.dp.get_producer_df(metadata["pair"])
        heard = {"pairs": self.dp.get_producer_pairs(), "columns": list(told.columns), "rows": len(told),
                 "at": at.isoformat(), "dates": [str(date) for date in told.get("date", [])][-3:],
                 "types": {name: str(kind) for name, kind in told.dtypes.items()}}
        with open("FILE", "a") as file:
            file.write(json.dumps(heard) + "\\n")
        return df

    def populate_entry_trend(self, df, metadata):
        return df

    def populate_exit_trend(self, df, metadata):
        return df
"""


@pytest.mark.skipif(not FREQTRADE, reason="FREQTRADE does not name freqtrade's executable")
@pytest.mark.parametrize("producing", ["appliance", "freqtrade"])
def test_freqtrade_and_this_bot_hear_each_other(tmp_path: Path, producing: str) -> None:
    ours = contenders(_Given)[0]
    other = Contender("freqtrade", [str(FREQTRADE)])
    producer, consumer = (ours, other) if producing == "appliance" else (other, ours)
    file = tmp_path / "heard.jsonl"
    with exchange() as url:
        pairs = simulated_pairs(url, 3)
        told = binance_config(url, free_port(), pairs, internals={"process_throttle_secs": 1})
        server = told["api_server"]
        default = {
            "name": "default",
            "host": "127.0.0.1",
            "port": server["listen_port"],
            "ws_token": server["ws_token"],
        }
        hearing = binance_config(
            url,
            free_port(),
            pairs,
            internals={"process_throttle_secs": 1},
            pairlists=[{"method": "StaticPairList"}, {"method": "ProducerPairList"}],
            external_message_consumer={"enabled": True, "producers": [default], "sleep_time": 1},
        )
        with running(producer, told, timeframe="1m") as program:
            program.until_trading()
            with running(consumer, hearing, code=HEARING.replace("FILE", str(file))):
                whole = heard(file, lambda one: one["rows"] > 100)
                assert whole["pairs"] == pairs
                assert {"date", "close", "rsi", "sine", "enter_long", "enter_tag"} <= set(whole["columns"])
                assert whole["types"]["date"].startswith("datetime64[")
                assert (whole["types"]["rsi"], whole["types"]["enter_long"]) == ("float64", "int64")
                # A candle later the news of it have been put to what was there.
                last = whole["dates"][-1]
                later = heard(file, lambda one: one["dates"] and one["dates"][-1] > last)
                assert later["dates"][-2] == last


class _Given:
    appliance = None
    freqtrade = FREQTRADE


def heard(file: Path, wanted) -> dict:
    """Wait until the consuming strategy has noted something like this."""
    end = time.monotonic() + PATIENCE
    while time.monotonic() < end:
        for line in reversed(file.read_text().splitlines() if file.exists() else []):
            if line.endswith("}") and wanted(one := json.loads(line)):
                return one
        time.sleep(0.2)
    raise AssertionError(f"not heard: {file.read_text()[-1000:] if file.exists() else 'nothing'}")
