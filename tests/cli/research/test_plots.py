"""`appliance plot-dataframe` and `plot-profit`, from the command line to the page."""

import asyncio
import json
import webbrowser
from pathlib import Path

import click
import pytest

from appliance.cli.research.plots import plot_dataframe, plot_profit
from appliance.storage.store import Store
from tests.cli.conftest import Run
from tests.research.plots.test_write import TRADE
from tests.research.report.test_exported import record
from tests.support.research.backtests import BEGIN, FIVE_MINUTES, Workspace, walk

RESULTS = "user_data/backtest_results"


@pytest.fixture
def workspace(folder: Path) -> Workspace:
    space = Workspace(folder / "user_data")
    for seed, pair in enumerate(("BTC/USDT", "SOL/USDT")):
        space.store(pair, walk(600, seed=seed))
    space.config["exchange"]["pair_whitelist"] = ["BTC/USDT", "SOL/USDT"]
    space.write_config()
    space.strategy()
    return space


def write_result(folder: Path) -> None:
    """Write a result of `Mine` with one trade of SOL/USDT within the stored candles."""
    results = folder / RESULTS
    results.mkdir(parents=True)
    found = record()
    shift = BEGIN + 10 * FIVE_MINUTES - found["trades"][0]["open_timestamp"]
    for name in ("open_timestamp", "close_timestamp"):
        found["trades"][0][name] += shift
    for order in found["trades"][0]["orders"]:
        order["order_filled_timestamp"] += shift
    name = "backtest-result-2026-12-01_00-00-00.json"
    (results / name).write_text(json.dumps({"strategy": {"Mine": found}}))
    (results / ".last_result.json").write_text(json.dumps({"latest_backtest": name}))


def test_candles_are_drawn_with_the_trades_of_the_last_result(
    appliance: Run, workspace: Workspace, folder: Path
):
    write_result(folder)
    outcome = appliance("plot-dataframe", "-s", "Mine", "--indicators1", "close", "open", "-p", "SOL/USDT")
    assert (outcome.status, outcome.err) == (0, "1 page written\n")
    file = folder / "user_data" / "plot" / "freqtrade-plot-SOL_USDT-5m.html"
    assert outcome.out.strip().endswith("user_data/plot/freqtrade-plot-SOL_USDT-5m.html")
    assert "<dt>Trades</dt><dd>1</dd>" in file.read_text()


def test_without_a_result_candles_are_drawn_all_the_same(appliance: Run, workspace: Workspace, folder: Path):
    outcome = appliance("plot-dataframe", "-s", "Mine", "--plot-limit", "50", "--timerange", "20250702-")
    assert outcome.status == 0
    assert outcome.err.startswith("warning: Without trades: ")
    assert outcome.err.endswith("2 pages written\n")
    text = (folder / "user_data" / "plot" / "freqtrade-plot-BTC_USDT-5m.html").read_text()
    assert "<dt>Candles</dt><dd>50</dd>" in text
    assert "No trades</strong> were found" in text
    quiet = appliance("plot-dataframe", "-s", "Mine", "--no-trades")
    assert quiet.err == "2 pages written\n"


@pytest.mark.parametrize("command", ["plot-dataframe", "plot-profit"])
def test_a_result_that_is_named_has_to_be_there(
    appliance: Run, workspace: Workspace, command: str, folder: Path
):
    outcome = appliance(command, "-s", "Mine", "--export-filename", "gone.json")
    assert outcome.status == 2
    assert outcome.err.startswith("error: ")
    assert "gone.json does not exist" in outcome.err
    assert not (folder / "user_data" / "plot").exists()


def test_profits_of_a_result_are_drawn_and_opened(
    appliance: Run, workspace: Workspace, folder: Path, monkeypatch: pytest.MonkeyPatch
):
    write_result(folder)
    opened: list[str] = []
    monkeypatch.setattr(webbrowser, "open", opened.append)
    outcome = appliance("plot-profit", "--auto-open")
    assert (outcome.status, outcome.err) == (0, "")
    file = folder / "user_data" / "plot" / "freqtrade-profit-plot.html"
    assert opened == [file.as_uri()]
    assert "Profit of 1 trade<" in file.read_text()


def test_profits_of_a_database_are_drawn(appliance: Run, workspace: Workspace, folder: Path):
    url = f"sqlite:///{folder / 'mine.sqlite'}"

    async def fill() -> None:
        store = await Store.open(url)
        await store.save(TRADE)
        await store.close()

    asyncio.run(fill())
    arguments = ("--trade-source", "DB", "--db-url", url, "-i", "5m")
    outcome = appliance("plot-profit", *arguments)
    assert (outcome.status, outcome.err) == (0, "")
    text = (folder / "user_data" / "plot" / "freqtrade-profit-plot.html").read_text()
    assert "Profit of 1 trade<" in text
    other = appliance("plot-profit", *arguments, "-s", "Other")
    assert (other.status, other.err) == (2, "error: There are no closed trades in the database\n")


def test_a_database_that_is_not_there_is_named(appliance: Run, workspace: Workspace):
    outcome = appliance(
        "plot-dataframe", "-s", "Mine", "--trade-source", "DB", "--db-url", "sqlite:///gone.sqlite"
    )
    assert outcome.status == 2
    assert "There is no bot's database at sqlite:///gone.sqlite" in outcome.err


def test_what_is_not_supported_is_refused(appliance: Run, workspace: Workspace):
    outcome = appliance("plot-dataframe", "-s", "Mine", "--freqaimodel", "LightGBM")
    assert (outcome.status, outcome.err.split(":")[1]) == (2, " --freqaimodel")


def test_all_options_of_freqtrade_are_known():
    shared = {"--pairs", "--timerange", "--export", "--backtest-filename", "--export-filename", "--db-url"}
    shared |= {"--trade-source", "--timeframe", "--strategy", "--strategy-path", "--freqaimodel-path"}
    shared |= {"--recursive-strategy-search", "--freqaimodel", "--verbose", "--no-color", "--log-file"}
    shared |= {
        "--logfile",
        "--version",
        "--config",
        "--datadir",
        "--data-dir",
        "--userdir",
        "--user-data-dir",
    }
    candles = {"--indicators1", "--indicators2", "--plot-limit", "--no-trades"}
    assert shared | candles <= known(plot_dataframe)
    assert shared | {"--auto-open"} <= known(plot_profit)


def known(command: click.Command) -> set[str]:
    return {name for parameter in command.params for name in parameter.opts}


def test_a_failing_strategy_is_one_line(appliance: Run, workspace: Workspace):
    workspace.strategy(indicators="dataframe['x'] = missing")
    outcome = appliance("plot-dataframe", "-s", "Mine", "--no-trades")
    assert outcome.status == 2
    assert outcome.err.startswith("error: Mine.populate_indicators for BTC/USDT failed at ")
    assert len(outcome.err.splitlines()) == 1
