"""How does the websocket carry messages to many? One to 1,000, 100 a second to 1,000, and to some that sleep.

python -m benchmarks.messages --minutes 10 --freqtrade /path/to/freqtrade
"""

import json
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from benchmarks.contenders import (
    Contender,
    Running,
    arguments,
    binance_config,
    contenders,
    exchange,
    free_port,
    row,
    running,
    simulated_pairs,
)

TALKING = """
import threading, time
from freqtrade.strategy import IStrategy


class Benchmarked(IStrategy):
    timeframe = "1h"
    minimal_roi = {{"0": 10}}
    stoploss = -0.9

    def bot_start(self, **kwargs):
        threading.Thread(target=self.talk, daemon=True).start()

    def talk(self):
        while {rate}:
            began = time.time()
            self.dp.send_msg(f"sent={{began:017.6f}} " + "x" * {size}, always_send=True)
            time.sleep(max(1 / ({rate} or 1) - (time.time() - began), 0))

    def populate_indicators(self, df, metadata):
        return df

    def populate_entry_trend(self, df, metadata):
        return df

    def populate_exit_trend(self, df, metadata):
        return df
"""


def main() -> None:
    parser = arguments(__doc__)
    parser.add_argument("--listeners", type=int, default=1000)
    parser.add_argument("--seconds", type=float, default=20, help="how long 100 messages a second")
    parser.add_argument("--minutes", type=float, default=1, help="how long 50 of 200 do not read")
    parser.add_argument("--only", choices=["one", "many", "sleepers"], help="measure this alone")
    given = parser.parse_args()
    with exchange() as url:
        for bot in contenders(given):
            if given.only in (None, "one"):
                one_message(bot, url, given.listeners)
            if given.only in (None, "many"):
                many_messages(bot, url, given.listeners, given.seconds)
            if given.only in (None, "sleepers"):
                sleepers(bot, url, given.minutes)


def one_message(bot: Contender, url: str, count: int) -> None:
    """Force entries, and see when all have heard of each."""
    with talking(bot, url, rate=0) as program, listening(program, ["entry"], count) as heard:
        after, spread = [], []
        for pair in simulated_pairs(url, 5):
            acted = time.time()
            program.call("forceenter", {"pair": pair, "side": "long"})
            time.sleep(2.5)
            seen = heard()
            assert seen["counts"] == [1] * count, "somebody missed it"
            after.append(max(seen["first"]) - acted)
            spread.append(max(seen["first"]) - min(seen["first"]))
        figures = {"after the act": f"{max(after) * 1000:.0f} ms", "spread": f"{max(spread) * 1000:.0f} ms"}
        row(bot.name, {f"1 to {count}, worst of 5:": ""} | figures)


def many_messages(bot: Contender, url: str, count: int, seconds: float) -> None:
    with talking(bot, url, rate=100) as program, listening(program, ["strategy_msg"], count) as heard:
        time.sleep(2)
        heard()
        before = program.cpu_seconds()
        time.sleep(seconds)
        used = (program.cpu_seconds() - before) / seconds
        seen = heard()
        figures = {
            "heard": f"{sum(seen['counts']) / count / seconds:.1f}/s",
            "late": f"{seen['late_mean'] * 1000:.0f} ms",
            "at most": f"{seen['late_max'] * 1000:.0f} ms",
            "CPU": f"{used * 100:.0f} %",
        }
        row(bot.name, {f"100/s to {count}:": ""} | figures)


def sleepers(bot: Contender, url: str, minutes: float, count: int = 200, holding: int = 50) -> None:
    """Let some stop reading, and see what becomes of memory and of the others."""
    with (
        talking(bot, url, rate=50, size=2000) as program,
        listening(program, ["strategy_msg"], count, holding) as heard,
    ):
        time.sleep(5)
        heard()
        began, least, most = time.monotonic(), program.memory_mb(), program.memory_mb()
        awake = [0] * (count - holding)
        while time.monotonic() - began < minutes * 60:
            time.sleep(5)
            awake = [a + b for a, b in zip(awake, heard()["counts"], strict=False)]
            least, most = min(least, program.memory_mb()), max(most, program.memory_mb())
        figures = {
            "memory": f"{least:.1f} to {most:.1f} MB",
            "others heard": f"{min(awake)} to {max(awake)}",
        }
        row(bot.name, {f"{holding} of {count} asleep for {minutes:g} min:": ""} | figures)


@contextmanager
def talking(bot: Contender, url: str, *, rate: float, size: int = 100) -> Iterator[Running]:
    """Run a bot whose strategy says `rate` messages a second of `size` characters."""
    config = binance_config(url, free_port(), simulated_pairs(url, 5), internals={"process_throttle_secs": 1})
    config["apiserver"] = {"allow_custom_messages": True}  # where freqtrade looks before it passes them on
    with running(bot, config, code=TALKING.format(rate=rate, size=size)) as program:
        program.until_trading()
        yield program


@contextmanager
def listening(program: Running, topics: list[str], count: int, holding: int = 0) -> Iterator[Any]:
    """Have a process listen; gives a function that says what has been heard since it was last called."""
    order = {
        "url": program.url,
        "token": "benchmarks-only-token",
        "topics": topics,
        "count": count,
        "holding": holding,
    }
    command = [sys.executable, "-m", "benchmarks.listeners", json.dumps(order)]
    process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    assert process.stdin and process.stdout
    stdin, stdout = process.stdin, process.stdout
    try:
        assert json.loads(stdout.readline()) == "open"

        def heard() -> Any:
            stdin.write("\n")
            stdin.flush()
            return json.loads(stdout.readline())

        yield heard
    finally:
        process.kill()
        process.wait()


if __name__ == "__main__":
    main()
