"""How much memory does the bot hold after some minutes with ten pairs?

python -m benchmarks.memory --minutes 5 --freqtrade /path/to/freqtrade
"""

import time

from benchmarks.contenders import (
    arguments,
    binance_config,
    contenders,
    exchange,
    free_port,
    row,
    running,
    simulated_pairs,
)


def main() -> None:
    parser = arguments(__doc__)
    parser.add_argument("--minutes", type=float, default=5)
    parser.add_argument("--pairs", type=int, default=10)
    given = parser.parse_args()
    with exchange() as url:
        pairs = simulated_pairs(url, given.pairs)
        for bot in contenders(given):
            with running(bot, binance_config(url, free_port(), pairs)) as program:
                program.until_trading()
                for pair in pairs[:5]:
                    program.call("forceenter", {"pair": pair, "side": "long"})
                figures = {"at start": f"{program.memory_mb():.0f} MB"}
                time.sleep(given.minutes * 60)
                figures[f"after {given.minutes:g} min"] = f"{program.memory_mb():.0f} MB"
                figures["CPU"] = f"{program.cpu_seconds():.1f} s"
                row(bot.name, figures)


if __name__ == "__main__":
    main()
