"""What travels to other machines: everything that a search needs, and no secret."""

import zipfile
from io import BytesIO

import pytest

from appliance.research.hyperopt.cluster.bundle import packed, subject_in, unpack
from tests.support.research.backtests import walk

SECRETS = {
    "exchange": {"key": "exchange-key", "secret": "exchange-secret"},
    "telegram": {"enabled": False, "token": "telegram-token", "chat_id": "1"},
    "api_server": {"enabled": False, "password": "api-password", "jwt_secret_key": "x" * 40},
}


def contents(bundle):
    with zipfile.ZipFile(BytesIO(bundle.content)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def test_no_secret_travels(workspace):
    workspace.config |= {**SECRETS, "exchange": {**workspace.config["exchange"], **SECRETS["exchange"]}}
    everything = b"".join(contents(packed(workspace.subject())).values())
    for secret in (b"exchange-key", b"exchange-secret", b"telegram-token", b"api-password", b"x" * 40):
        assert secret not in everything


def test_an_unpacked_search_evaluates_epochs_as_the_original_does(workspace, tmp_path):
    (workspace.folder / "strategies" / "beside.py").write_text("EVERY = 4\n")
    workspace.strategy(attributes="buy_every = IntParameter(5, 40, default=20)\n    from beside import EVERY")
    file = workspace.folder / "strategies" / "mine.py"
    parts = {"buy_drop": "0.0", "sell_every": "9", "sell_on": '"close"'}
    text = file.read_text()
    for name, value in parts.items():
        text = text.replace(f"self.{name}.value", value)
    file.write_text(text)
    original = workspace.subject(spaces=["buy", "stoploss"], timerange="20250701-20250703")
    folder = tmp_path / "elsewhere"
    folder.mkdir()
    unpack(packed(original), folder)
    copied = subject_in(folder)
    params = {"buy_every": 6, "stoploss": -0.03}
    assert copied.plan.seed == original.plan.seed
    first, second = (subject.evaluate(params) for subject in (original, copied))
    assert (second.loss, second.details) == (first.loss, first.details)
    assert second.metrics == first.metrics


@pytest.mark.parametrize(
    ("reads", "travels"), [("pass", False), ("self.dp.get_pair_dataframe(pair, '1h')", True)]
)
def test_candles_that_callbacks_may_read_travel_too(workspace, reads, travels):
    workspace.store("BTC/USDT", walk(50, timeframe="1h"), timeframe="1h")
    workspace.strategy(more=f"def custom_exit(self, pair, trade, current_time, **kwargs):\n        {reads}")
    names = contents(packed(workspace.subject()))
    assert "candles/BTC_USDT-5m.feather" in names
    assert ("candles/BTC_USDT-1h.feather" in names) == travels
