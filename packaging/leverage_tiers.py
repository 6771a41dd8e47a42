"""Write the leverage tiers that an exchange shows to its customers only, for use without keys.

    python packaging/leverage_tiers.py answer.json appliance/exchange/published_tiers/binance.json

`answer.json` is what ccxt's `fetch_leverage_tiers` returns with the keys of an account. Only numbers are
kept: for each pair, steps of (largest worth, maximum leverage, maintenance ratio, maintenance amount).
"""

import json
import sys
from pathlib import Path
from typing import Any


def main() -> None:
    answer, target = (Path(name) for name in sys.argv[1:3])
    target.write_text(compact(json.loads(answer.read_text())), encoding="utf-8")


def compact(answer: dict[str, list[dict[str, Any]]]) -> str:
    """Return the tiers as JSON: each distinct schedule of steps once, and the place of each pair's."""
    schedules: list[list[list[float]]] = []
    pairs: dict[str, int] = {}
    for pair, tiers in sorted(answer.items()):
        schedule = [_step(tier) for tier in sorted(tiers, key=lambda tier: float(tier["minNotional"]))]
        if schedule not in schedules:
            schedules.append(schedule)
        pairs[pair] = schedules.index(schedule)
    lines = ",\n".join(json.dumps(schedule, separators=(",", ":")) for schedule in schedules)
    return f'{{"schedules":[\n{lines}\n],\n"pairs":{json.dumps(pairs, separators=(",", ":"))}}}\n'


def _step(tier: dict[str, Any]) -> list[float]:
    numbers = (
        tier["maxNotional"],
        tier["maxLeverage"],
        tier["maintenanceMarginRate"],
        tier["info"]["cum"],
    )
    return [_short(float(number)) for number in numbers]


def _short(number: float) -> float:
    return int(number) if number.is_integer() else number


if __name__ == "__main__":
    main()
