"""How long from the start of the program to the first answered ping? Runs the bots in turn, several times.

python -m benchmarks.start --appliance dist/appliance-*.pyz --freqtrade /path/to/freqtrade
"""

import statistics
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
    until_answered,
)


def main() -> None:
    parser = arguments(__doc__)
    parser.add_argument("--runs", type=int, default=5)
    given = parser.parse_args()
    bots = contenders(given)
    seconds: dict[str, list[float]] = {bot.name: [] for bot in bots}
    with exchange() as url:
        pairs = simulated_pairs(url, 10)
        for number in range(given.runs + 1):  # the first warms up
            for bot in bots:
                port = free_port()
                with running(bot, binance_config(url, port, pairs)) as program:
                    until_answered(f"{program.url}/api/v1/ping")
                    if number:
                        seconds[bot.name].append(time.monotonic() - program.started)
    print(f"seconds to the first pong, {given.runs} runs each")
    for name, found in seconds.items():
        row(
            name,
            {
                "min": f"{min(found):.2f}",
                "median": f"{statistics.median(found):.2f}",
                "max": f"{max(found):.2f}",
            },
        )


if __name__ == "__main__":
    main()
