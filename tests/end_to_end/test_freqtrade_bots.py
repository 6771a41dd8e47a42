"""A real freqtrade listens to our bot, and ours to it: FREQTRADE=/path/to/freqtrade names its executable."""

import json
import os
from pathlib import Path
from typing import Any

import pytest

from tests.support.running import OURS, Program, exchange, free_port, running, simulated_config

FREQTRADE = os.environ.get("FREQTRADE")
COMMANDS = {"appliance": OURS, "freqtrade": (FREQTRADE or "",)}
PAIRS = ["BTC/USDT", "ETH/USDT", "SOL/USDT"]
PATIENCE = 180

TELLING = """
import talib.abstract as ta
from freqtrade.strategy import IStrategy


class Telling(IStrategy):
    timeframe = "1m"
    minimal_roi = {"0": 10}
    stoploss = -0.9
    startup_candle_count = 200
    process_only_new_candles = True

    def populate_indicators(self, df, metadata):
        df["rsi"] = ta.RSI(df)
        df["sine"] = ta.HT_SINE(df)["sine"]
        return df

    def populate_entry_trend(self, df, metadata):
        df["enter_long"] = 0
        return df

    def populate_exit_trend(self, df, metadata):
        df["exit_long"] = 0
        return df
"""

HEARING = """
import json
from freqtrade.strategy import IStrategy


class Hearing(IStrategy):
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
async def test_freqtrade_and_this_bot_consume_each_other(tmp_path: Path, producing: str) -> None:
    consuming = "freqtrade" if producing == "appliance" else "appliance"
    file = tmp_path / "heard.jsonl"
    async with exchange(tmp_path) as url:
        telling = config_for(url)
        server = telling["api_server"]
        default = {
            "name": "default",
            "host": "127.0.0.1",
            "port": server["listen_port"],
            "ws_token": server["ws_token"],
        }
        hearing = config_for(
            url,
            pairlists=[{"method": "StaticPairList"}, {"method": "ProducerPairList"}],
            external_message_consumer={"enabled": True, "producers": [default], "sleep_time": 1},
        )
        async with (
            bot(tmp_path / "telling", producing, telling, TELLING),
            bot(tmp_path / "hearing", consuming, hearing, HEARING.replace("FILE", str(file))) as program,
        ):
            whole = await heard(program, file, lambda one: one["rows"] > 100)
            assert whole["pairs"] == PAIRS
            assert {"date", "close", "rsi", "sine", "enter_long", "enter_tag"} <= set(whole["columns"])
            assert whole["types"]["date"].startswith("datetime64[")
            assert (whole["types"]["rsi"], whole["types"]["enter_long"]) == ("float64", "int64")
            # A candle later the news of it have been put to what was there.
            last = whole["dates"][-1]
            later = await heard(program, file, lambda one: one["dates"] and one["dates"][-1] > last)
            assert later["dates"][-2] == last


def config_for(url: str, **changes: Any) -> dict[str, Any]:
    """Return a configuration that both bots take, for Binance at `url`."""
    options = {
        "enableRateLimit": False,
        "urls": {"api": {"public": f"{url}/api/v3", "private": f"{url}/api/v3", "sapi": f"{url}/sapi/v1"}},
        "options": {"defaultType": "spot", "fetchMarkets": {"types": ["spot"]}},
    }
    book = {"price_side": "other", "use_order_book": True, "order_book_top": 1}
    config = simulated_config(free_port(), entry_pricing=book, exit_pricing=book, initial_state="running")
    config["internals"] = {"process_throttle_secs": 1}
    config["exchange"] = {
        "name": "binance",
        "key": "",
        "secret": "",
        "enable_ws": False,
        "ccxt_config": options,
        "ccxt_async_config": options,
        "pair_whitelist": PAIRS,
    }
    return config | changes


def bot(folder: Path, name: str, config: dict[str, Any], strategy: str):
    (folder / "strategies").mkdir(parents=True)
    (folder / "strategies" / "strategy.py").write_text(strategy)
    config["db_url"] = f"sqlite:///{folder}/trades.sqlite"
    title = "Telling" if strategy is TELLING else "Hearing"
    return running(folder, config, "--strategy", title, "--userdir", str(folder), command=COMMANDS[name])


async def heard(program: Program, file: Path, wanted) -> dict:
    """Wait until the consuming strategy has noted something like this."""

    async def noted() -> dict | None:
        for line in reversed(file.read_text().splitlines() if file.exists() else []):
            if line.endswith("}") and wanted(one := json.loads(line)):
                return one
        return None

    return await program.until(noted, PATIENCE)
