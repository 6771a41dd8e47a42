"""Every pair list there is, and how it is described to people."""

import json
import subprocess
import sys
from pathlib import Path

from appliance.pairlists.reference import markdown
from appliance.pairlists.registry import PAIR_LISTS, available

FREQTRADE = Path(__file__).parents[1] / "data" / "pairlists" / "parameters.json"
PAGE = Path(__file__).parents[2] / "docs" / "pairlists.md"

TRUE_DEFAULTS = {
    ("RangeStabilityFilter", "refresh_period"): 86_400,
    ("VolatilityFilter", "refresh_period"): 1440,
}
"""freqtrade describes these as 1800, and uses others."""


def test_names_parameters_and_defaults_are_those_that_configurations_are_written_for():
    known = json.loads(FREQTRADE.read_text())
    assert PAIR_LISTS.keys() == known.keys()
    for described in available():
        wanted = known[described.name]
        assert described.is_pairlist_generator == wanted["is_pairlist_generator"]
        assert PAIR_LISTS[described.name].in_backtest.value == wanted["backtest"]
        own = {
            name: {key: value for key, value in told.items() if key in ("type", "default", "options")}
            for name, told in described.params.items()
        }
        for (method, name), default in TRUE_DEFAULTS.items():
            if method == described.name:
                wanted["params"][name]["default"] = default
        assert own == wanted["params"], described.name


def test_everything_is_described():
    for described in available():
        assert described.description
        for name, told in described.params.items():
            assert told["description"], (described.name, name)
            assert told["help"].endswith("."), (described.name, name)


def test_the_page_is_up_to_date():
    """Otherwise: python -m appliance.pairlists.reference > docs/pairlists.md"""
    assert PAGE.read_text() == markdown()


def test_describing_needs_no_heavy_import():
    code = "import sys, appliance.pairlists.registry; print(*{'pandas', 'numpy', 'ccxt'} & set(sys.modules))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == ""
