import io
import json
import math
from pathlib import Path
from typing import Any

import pytest

from appliance.config.loading import LoadedSettings, Sources, load, reload, with_strategy
from appliance.config.sources.files import merged
from appliance.domain.enums import MarginMode, RunMode, TradingMode
from appliance.domain.errors import ConfigurationError

SECRETS = {"password": "kX9-tumble-42", "jwt_secret_key": "0123456789abcdef" * 4, "ws_token": "hg7Lw2-qqPz"}
API = {"enabled": True, "username": "me", **SECRETS}


def loaded(*files: str, environ: dict[str, str] | None = None, **overrides: Any) -> LoadedSettings:
    return load(Sources(files, overrides), environ or {})


def problems(*files: str, environ: dict[str, str] | None = None, **overrides: Any) -> tuple[str, ...]:
    with pytest.raises(ConfigurationError) as caught:
        loaded(*files, environ=environ, **overrides)
    return caught.value.problems


def test_all_faults_are_reported_at_once(write: Any, minimal: Any) -> None:
    del minimal["strategy"]
    odd = {
        "ticker_interval": "5m",
        "fiat_display_currency": "euro",
        "api_server": {**API, "listen_ip_address": "::"},
    }
    odd["api_server"]["jwt_secret_key"] = ""
    write(minimal | odd)
    assert [line.split(": ")[1] for line in problems("config.json")] == [
        "ticker_interval",
        "fiat_display_currency",
        "strategy",
        "api_server.jwt_secret_key",
    ]


def test_a_fault_names_the_source_it_came_from(write: Any, minimal: Any) -> None:
    write(minimal)
    assert problems("config.json", environ={"APPLIANCE__FEE": "much"})[0].startswith(
        "environment APPLIANCE__FEE: fee"
    )
    assert problems("config.json", dry_run_wallet="x")[0].startswith("--dry-run-wallet: dry_run_wallet")


def test_the_command_line_is_stronger_than_variables_and_they_than_files(write: Any, minimal: Any) -> None:
    write(minimal | {"fee": 0.01, "bot_name": "file", "strategy": "File"})
    found = loaded(
        "config.json",
        environ={"FREQTRADE__FEE": "0.02", "FREQTRADE__STRATEGY": "Environment"},
        strategy="Line",
    ).settings
    assert (found.fee, found.bot_name, found.strategy) == (0.02, "file", "Line")


def test_without_c_the_configuration_of_the_user_data_folder_is_read(write: Any, minimal: Any) -> None:
    write(minimal | {"bot_name": "work"}, "config.json")
    assert loaded().settings.bot_name == "work"
    write(minimal | {"bot_name": "user"}, "user_data/config.json")
    assert loaded().settings.bot_name == "user"
    write(minimal | {"bot_name": "other"}, "other/config.json")
    assert loaded(user_data_dir="other").settings.bot_name == "other"


def test_strategies_get_a_configuration_as_freqtrade_has_it(write: Any, minimal: Any, folder: Path) -> None:
    write(minimal | {"max_open_trades": -1, "my_threshold": 7})
    raw = loaded("config.json").raw
    assert raw["my_threshold"] == 7
    assert raw["max_open_trades"] == math.inf
    assert raw["exchange"]["pair_whitelist"] == ["BTC/USDT"]
    assert raw["entry_pricing"]["price_side"] == "same"
    assert (raw["runmode"], raw["trading_mode"], raw["margin_mode"]) == (
        RunMode.DRY_RUN,
        TradingMode.SPOT,
        MarginMode.NONE,
    )
    assert (raw["user_data_dir"], raw["datadir"]) == (folder / "user_data", folder / "user_data/data/binance")
    assert "stoploss" not in raw


def test_the_number_of_trades_is_a_whole_number_to_strategies(write: Any, minimal: Any) -> None:
    write(minimal | {"max_open_trades": 7})
    assert len(range(loaded("config.json").raw["max_open_trades"])) == 7


def test_no_exchange_keys_in_dry_run(write: Any, minimal: Any) -> None:
    minimal["exchange"] |= {"api_key": "abcd", "secret": "efgh", "password": "ijkl"}
    write(minimal)
    dry = loaded("config.json")
    assert (dry.settings.exchange.key, dry.settings.exchange.secret, dry.raw["exchange"]["secret"]) == (
        None,
    ) * 3
    write(minimal | {"dry_run": False})
    live = loaded("config.json")
    assert live.runmode is RunMode.LIVE
    assert (live.settings.exchange.key, live.settings.exchange.secret) == ("abcd", "efgh")
    assert loaded("config.json", dry_run=True).settings.exchange.secret is None


def test_printing_loaded_settings_shows_no_secret(write: Any, minimal: Any) -> None:
    write(minimal | {"api_server": API, "db_url": "postgresql://a:dbpass99@b/c"})
    shown = repr(loaded("config.json"))
    assert not any(secret in shown for secret in (*SECRETS.values(), "dbpass99"))


def test_a_missing_session_secret_is_replaced_for_this_run_only(write: Any, minimal: Any) -> None:
    write(minimal | {"api_server": {**API, "jwt_secret_key": ""}})
    first = loaded("config.json")
    assert len(first.settings.api_server.jwt_secret_key) >= 32
    assert any("SECURITY" in line and "jwt_secret_key" in line for line in first.warnings)
    assert reload(first, {}).settings == first.settings
    assert loaded("config.json").settings != first.settings


def test_reload_reads_the_files_again(write: Any, minimal: Any) -> None:
    write(minimal)
    first = loaded("config.json", strategy="Line")
    write(minimal | {"max_open_trades": 7})
    again = reload(first, {})
    assert (again.settings.max_open_trades, again.settings.strategy) == (7, "Line")
    write("{broken")
    with pytest.raises(ConfigurationError):
        reload(again, {})


@pytest.mark.parametrize("dry_run", [True, False])
@pytest.mark.parametrize(
    ("values", "path"),
    [
        ({"freqai": {"enabled": True}}, "freqai.enabled"),
        ({"exchange": {"use_public_trades": True}, "orderflow": {"scale": 1}}, "exchange.use_public_trades"),
    ],
)
def test_what_is_not_there_ends_the_start_with_one_line(
    write: Any, minimal: Any, values: Any, path: str, dry_run: bool
) -> None:
    write(merged(minimal, values))
    (line,) = problems("config.json", dry_run=dry_run)
    assert line.split(": ")[1] == path
    assert "open trades stay protected" in line
    assert load(Sources(("config.json",)), {}, runmode=RunMode.OTHER).warnings == ()


def test_sections_of_unsupported_features_may_stay(write: Any, minimal: Any) -> None:
    write(minimal | {"freqai": {"enabled": False}, "edge": {"enabled": False}, "orderflow": {"scale": 1}})
    assert loaded("config.json").warnings == ()


CASES = Path(__file__).parents[1] / "data" / "config"


def test_old_sections_beside_new_ones_are_reported_and_the_new_ones_used() -> None:
    found = loaded(str(CASES / "config-old-and-new-sections.json"), strategy="Mine")
    pricing = found.settings.entry_pricing, found.settings.exit_pricing
    assert [one.price_side for one in pricing] == ["other", "other"]
    assert [warning.split(": ")[1].split()[0] for warning in found.warnings] == [
        "bid_strategy",
        "ask_strategy",
    ]


MISSPELT = [
    ({"max_open_trade": 2}, "max_open_trades"),
    ({"max_trades": 2}, "max_open_trades"),
    ({"maxOpenTrades": 2}, "max_open_trades"),
    ({"stop_loss": -0.1}, "stoploss"),
    ({"tradeable_balance_ratio": 0.5}, "tradable_balance_ratio"),
    ({"trailing_stop_postive": 0.1}, "trailing_stop_positive"),
    ({"exchnage": {"name": "binance"}}, "exchange"),
    ({"pairlist": []}, "pairlists"),
    ({"forcebuy_enabled": True}, "force_entry_enable"),
    ({"exchange": {"pair_whitelst": []}}, "exchange.pair_whitelist"),
    ({"maximum_open_trades": 2}, "max_open_trades"),
    ({"trade_mode": "futures"}, "trading_mode"),
    ({"exchange": {"blacklist": ["BNB/.*"]}}, "exchange.pair_blacklist"),
    ({"exchange": {"apikey": "x"}}, "exchange.key"),
    ({"api_server": {"jwt_secret": "x"}}, "api_server.jwt_secret_key"),
    ({"order_types": {"stoploss_on_exchang": True}}, "order_types.stoploss_on_exchange"),
    ({"telegram": {"notification_settings": {"exit_fil": "on"}}}, "telegram.notification_settings.exit_fill"),
    (
        {
            "external_message_consumer": {
                "producers": [{"name": "a", "host": "b", "ws_token": "c", "prot": 1}]
            }
        },
        "external_message_consumer.producers[0].port",
    ),
]


@pytest.mark.parametrize(("values", "meant"), MISSPELT, ids=[meant for _, meant in MISSPELT])
def test_a_misspelt_key_refuses_live_trading_and_is_reported_in_dry_run(
    write: Any, minimal: Any, values: Any, meant: str
) -> None:
    types = {"entry": "limit", "exit": "limit", "stoploss": "limit", "stoploss_on_exchange": False}
    below = {**minimal, "order_types": types} if "order_types" in values else minimal
    write(merged(below, values))
    lines = problems("config.json", dry_run=False)
    assert [line.rpartition("did you mean ")[2] for line in lines] == [f"{meant}?"]
    assert lines[0].startswith("config.json:1:")
    warned = [line for line in loaded("config.json").warnings if line.endswith(f"did you mean {meant}?")]
    assert len(warned) == 1


@pytest.mark.parametrize("prefix", ["APPLIANCE__", "FREQTRADE__"])
@pytest.mark.parametrize(
    ("name", "meant"),
    [("MAX_OPEN_TRADE", "max_open_trades"), ("EXCHANGE__PAIR_WHITELST", "exchange.pair_whitelist")],
)
def test_a_misspelt_variable_ends_the_start_of_live_trading(
    write: Any, minimal: Any, prefix: str, name: str, meant: str
) -> None:
    write(minimal | {"dry_run": False})
    (lines,) = problems("config.json", environ={prefix + name: "2"})
    assert lines.startswith(f"environment {prefix}{name}: ")
    assert lines.endswith(f"did you mean {meant}?")


OWN = [
    {"max_open_trades_long": 2},
    {"my_stoploss": -0.1},
    {"timeframe_2": "1h", "stoploss2": 1},
    {"leverage": 3, "risk": 0.01, "fees": 0.001},
    {"nfi_parameters": {"max_open_trade": 2}},
    {"position_adjustment": {"levels": [1, 2]}},
    {"entry_price": 100.0, "exit_price": 110.0, "blacklist": ["A/B"]},
    {"buy_params": {"rsi": 30}, "use_entry_signal": True},
    {"exchange": {"_pair_whitelist": ["A/B"], "pair_whitelist2": ["A/B"], "// secret": "old"}},
    {"exchange": {"ccxt_config": {"enableRateLimi": True}}},
    {"timerange": "2024-", "add_config_files": [], "hyperopt_los": "x"},
]


@pytest.mark.parametrize("values", OWN, ids=[next(iter(values)) for values in OWN])
def test_keys_of_strategies_of_their_own_are_none_of_our_business(
    write: Any, minimal: Any, values: Any
) -> None:
    write(merged(minimal, values))
    assert loaded("config.json", dry_run=False).runmode is RunMode.LIVE


def test_a_misspelt_key_at_a_reload_keeps_the_settings_before(write: Any, minimal: Any) -> None:
    write(minimal | {"dry_run": False})
    before = loaded("config.json")
    write(minimal | {"dry_run": False, "max_open_trade": 9})
    with pytest.raises(ConfigurationError, match="did you mean max_open_trades"):
        reload(before, {})


def test_a_server_that_others_reach_needs_no_websocket_token() -> None:
    found = loaded(str(CASES / "config-without-ws-token.json"), strategy="Mine")
    assert (found.settings.api_server.ws_tokens, found.warnings) == ((), ())


def test_the_strategy_speaks_where_the_configuration_is_silent(write: Any, minimal: Any) -> None:
    write(minimal | {"stoploss": -0.2})
    first = loaded("config.json")
    first.raw.update(minimal_roi={0: 0.1, 30: 0.05}, trailing_stop=True, timeframe="5m")
    final = with_strategy(first, "Sample")
    assert final.settings.minimal_roi == {"0": 0.1, "30": 0.05}
    assert (final.settings.stoploss, final.settings.timeframe) == (-0.2, "5m")
    assert final.raw is first.raw


def test_a_wrong_attribute_of_a_strategy_is_reported_with_its_name(write: Any, minimal: Any) -> None:
    write(minimal)
    first = loaded("config.json")
    first.raw["stoploss"] = 0.1
    with pytest.raises(ConfigurationError, match="strategy Sample: stoploss: expected a number below 0"):
        with_strategy(first, "Sample")


def test_stake_must_come_from_somewhere(write: Any, minimal: Any) -> None:
    del minimal["stake_amount"], minimal["stake_currency"], minimal["max_open_trades"]
    write(minimal)
    first = loaded("config.json")
    with pytest.raises(ConfigurationError, match="stake_currency: missing"):
        with_strategy(first, "Sample")
    first.raw.update(stake_amount="unlimited", stake_currency="USDT", max_open_trades=math.inf)
    with pytest.raises(ConfigurationError, match="unlimited"):
        with_strategy(first, "Sample")
    first.raw.update(max_open_trades=3)
    assert with_strategy(first, "Sample").settings.stake_currency == "USDT"


def test_live_futures_are_refused_rather_than_half_done(write: Any, minimal: Any) -> None:
    write(minimal | {"trading_mode": "futures", "margin_mode": "isolated", "dry_run": False})
    assert any("dry-run only in this version" in line for line in problems("config.json"))


def test_standard_input_is_read_once_and_stored(minimal: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO(json.dumps(minimal)))
    first = loaded("-", strategy="Line")
    assert first.settings.exchange.name == "binance"
    assert reload(first, {}).settings == first.settings
