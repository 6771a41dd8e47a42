"""How does the websocket carry messages to many? One to 1,000, 100 a second to 1,000, and to some that sleep.

python -m benchmarks.messages --minutes 10 --freqtrade /path/to/freqtrade
"""

import json
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
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
from pathlib import Path
from freqtrade.strategy import IStrategy


class Benchmarked(IStrategy):
    timeframe = "1h"
    minimal_roi = {{"0": 10}}
    stoploss = -0.9

    def bot_start(self, **kwargs):
        threading.Thread(target=self.talk, daemon=True).start()

    def talk(self):
        while not Path("begin").exists():
            time.sleep(0.02)
        number, due = 0, time.time()
        while not Path("enough").exists():
            number, due = number + 1, due + 1 / {rate}
            text = f"number={{number:09d}} sent={{time.time():017.6f}} "
            self.dp.send_msg(text + "x" * {size}, always_send=True)
            time.sleep(max(due - time.time(), 0))
        Path("sent.part").write_text(str(number))
        Path("sent.part").rename("sent")

    def populate_indicators(self, df, metadata):
        return df

    def populate_entry_trend(self, df, metadata):
        return df

    def populate_exit_trend(self, df, metadata):
        return df
"""
WARM_UP_SECONDS = 30
"""After that memory has to stay what it is: whoever sleeps has let all wait that may wait for him."""


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
    with talking(bot, url, rate=1) as program, listening(program, ["entry"], count) as heard:
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
    """Say 100 a second to all, the bot on one core alone; its processor time for 100 is the honest figure."""
    with talking(bot, url, rate=100) as program, listening(program, ["strategy_msg"], count) as heard:
        bind(program.process.pid, 0)
        begin(program)
        time.sleep(2)
        heard()
        before = program.cpu_seconds()
        time.sleep(seconds)
        used = program.cpu_seconds() - before
        seen = heard()
        each = sum(seen["counts"]) / count
        figures = {
            "heard": f"{each / seconds:.1f}/s",
            "late": f"{seen['late_mean'] * 1000:.0f} ms",
            "at most": f"{seen['late_max'] * 1000:.0f} ms",
            "CPU for 100": f"{used / each * 100:.2f} s",
            "missed": str(sum(seen["gaps"])),
        }
        row(bot.name, {f"100/s to {count}:": ""} | figures)


def sleepers(bot: Contender, url: str, minutes: float, count: int = 200, holding: int = 50) -> None:
    """Let some stop reading, and see what becomes of memory and of the others."""
    awake = count - holding
    with (
        talking(bot, url, rate=50, size=2000) as program,
        listening(program, ["strategy_msg"], count, holding) as heard,
    ):
        begin(program)
        memory, totals, gaps = [], [0] * awake, 0
        began = time.monotonic()
        while time.monotonic() - began < minutes * 60:
            time.sleep(5)
            seen = heard()
            totals = [a + b for a, b in zip(totals, seen["counts"][:awake], strict=True)]
            gaps += sum(seen["gaps"][:awake])
            memory.append(program.memory_mb())
        sent = enough(program)
        end = time.monotonic() + 20
        while min(totals) < sent and time.monotonic() < end:
            time.sleep(0.5)
            seen = heard()
            totals = [a + b for a, b in zip(totals, seen["counts"][:awake], strict=True)]
            gaps += sum(seen["gaps"][:awake])
        heard("wake")
        time.sleep(2)
        ended = heard()["ended"]
        figures = {
            "sent": str(sent),
            "others heard": f"{min(totals)} to {max(totals)}",
            "out of order": str(gaps),
            "others cut off": str(sum(map(bool, ended[:awake]))),
            "sleepers cut off": str(sum(map(bool, ended[awake:]))),
        }
        row(bot.name, {f"{holding} of {count} asleep for {minutes:g} min:": ""} | figures)
        warm = memory[WARM_UP_SECONDS // 5 :] or memory
        some = [f"{memory[len(memory) * n // 10]:.0f}" for n in range(10)] if len(memory) >= 10 else []
        figures = {
            "from": f"{min(warm):.1f} MB",
            "to": f"{max(warm):.1f} MB",
            "in its course": " ".join(some),
        }
        row(bot.name, {f"memory after {WARM_UP_SECONDS} s:": ""} | figures)


def begin(program: Running) -> None:
    """Have the strategy begin to talk."""
    (program.log.parent / "begin").touch()


def enough(program: Running) -> int:
    """Have the strategy be silent; return how many messages it has sent."""
    (program.log.parent / "enough").touch()
    sent = program.log.parent / "sent"
    while not sent.exists():
        time.sleep(0.05)
    return int(sent.read_text())


def bind(pid: int, core: int) -> None:
    """Have all threads of a process run on one core, where there are several."""
    if len(os.sched_getaffinity(0)) > 1:
        for task in Path(f"/proc/{pid}/task").iterdir():
            os.sched_setaffinity(int(task.name), {core})


@contextmanager
def talking(bot: Contender, url: str, *, rate: float, size: int = 100) -> Iterator[Running]:
    """Run a bot whose strategy, once it may begin, says `rate` messages a second of `size` characters."""
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
    assert process.stdin
    assert process.stdout
    stdin, stdout = process.stdin, process.stdout
    try:
        assert json.loads(stdout.readline()) == "open"

        def heard(order: str = "") -> Any:
            stdin.write(order + "\n")
            stdin.flush()
            return json.loads(stdout.readline())

        yield heard
    finally:
        process.kill()
        process.wait()


if __name__ == "__main__":
    main()
