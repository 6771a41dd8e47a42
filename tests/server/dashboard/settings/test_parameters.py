"""The page of the running strategy's parameters: code, parameter file and configuration."""

import json
from pathlib import Path
from typing import Any

import pytest

from appliance.server.bot_slot import BOT_SLOT
from tests.server.dashboard.demo_bot import PASSWORD, USER
from tests.server.dashboard.pages.test_overview import words
from tests.support.scripted import QUIET, scene

TUNABLE = QUIET.replace(
    "import IStrategy", "import IStrategy, CategoricalParameter, DecimalParameter"
).replace(
    "    timeframe",
    """    buy_params = {"buy_level": 0.25}
    buy_level = DecimalParameter(0.1, 0.5, default=0.2, decimals=2, space="buy")
    sell_kind = CategoricalParameter(["fast", "<img src=x onerror=alert(1)>"], default="fast", space="sell")
    sell_fixed = DecimalParameter(0.1, 0.5, default=0.4, space="sell", optimize=False)
    timeframe""",
)
API = {
    "api_server.username": USER,
    "api_server.password": PASSWORD,
    "api_server.jwt_secret_key": "a secret of thirty-two characters or more",
}


@pytest.mark.parametrize("by_file", [False, True])
async def test_each_parameter_says_where_its_value_comes_from(
    tmp_path: Path, make_app: Any, visit: Any, by_file: bool
) -> None:
    (tmp_path / "strategies").mkdir()
    if by_file:
        found = {
            "sell": {"sell_kind": "<img src=x onerror=alert(1)>"},
            "roi": {"0": 0.05, "30": 0.01},
            "stoploss": {"stoploss": -0.07},
        }
        content = json.dumps({"strategy_name": "Quiet", "params": found})
        (tmp_path / "strategies" / "quiet.json").write_text(content)
    async with scene(tmp_path, code=TUNABLE, **API, trailing_stop=True) as stage:
        app = make_app(None, api_server=stage.bot.settings.api_server)
        app[BOT_SLOT].bot = stage.bot
        visitor = await visit(app)
        assert (await visitor.log_in()).status == 303
        text = await visitor.page("/settings/parameters")
    page = words(text)
    assert "<img src=x" not in text
    assert "buy_level 0.25 0.1 to 0.5, 2 decimals 0.2 buy_params in the code yes" in page
    assert "sell_fixed 0.4 0.1 to 0.5, 3 decimals 0.4 default in the code no" in page
    assert ("parameter file yes" in page) is by_file
    assert ("30 minutes 1 %" in page) is by_file
    assert ("-7 % parameter file" if by_file else "-10 % code") in page
    assert "yes command line" in page
