import json

from appliance.config.loading import Sources, load
from appliance.config.starter import Choices, as_text, new_configuration
from appliance.config.validation.api_security import weak_secrets
from appliance.exchange.simulated.pairs import pairs


def test_it_is_in_order_and_its_secrets_are_good_enough_for_the_world() -> None:
    text = as_text(new_configuration(Choices(listen_ip_address="0.0.0.0")))
    loaded = load(Sources(("-",), stdin=text), {})
    assert loaded.warnings == ()
    assert weak_secrets(loaded.settings.api_server) == []
    assert loaded.settings.dry_run


def test_every_secret_is_new_each_time() -> None:
    first, second = (new_configuration()["api_server"] for _ in range(2))
    assert all(first[key] != second[key] for key in ("password", "jwt_secret_key", "ws_token"))


def test_the_simulated_market_has_its_pairs() -> None:
    offered = {pair.market.pair for pair in pairs(0.001)}
    wanted = new_configuration()["exchange"]["pair_whitelist"]
    assert 15 <= len(wanted) <= 40
    assert set(wanted) <= offered


def test_it_is_plain_json() -> None:
    assert json.loads(as_text(new_configuration()))["exchange"]["name"] == "simulated"
