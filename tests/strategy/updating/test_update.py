"""Names of interface 2 become those of interface 3; nothing else of a file changes."""

import io
import tokenize
from pathlib import Path

import pytest

from appliance.strategy.updating.update import updated

DATA = Path(__file__).parents[2] / "data"
STRATEGIES = sorted((DATA / "strategies").glob("*.py")) + sorted((DATA / "backtest/strategies").rglob("*.py"))
IN_CLASS = "class A(IStrategy):\n    INTERFACE_VERSION = 3\n"


def comments(content: bytes) -> list[str]:
    tokens = tokenize.tokenize(io.BytesIO(content).readline)
    return [token.string for token in tokens if token.type == tokenize.COMMENT]


def test_of_a_file_that_is_not_python_nothing_is_returned():
    with pytest.raises(SyntaxError):
        updated(b"class A(IStrategy)\n    pass\n")


@pytest.mark.parametrize(
    "kept",
    [
        "order.side == 'buy'",
        "x = {'buy': 1}",
        "buy = IntParameter(1, 2, space='buy', load=True)",
        "# 'buy' and populate_buy_trend",
        '"""populate_buy_trend sets \'buy\'"""',
        "trade.select_filled_orders('sell')",
        "(x['a'], 'buy_signal')",
        "dataframe['buy_rsi']",
        "other.NaN",
        "text = f'{x!r:>10} buy'",
    ],
)
def test_what_means_something_else_stays(kept: str):
    source = f"{IN_CLASS}    def f(self):\n        {kept}\n        pass\n".encode()
    assert updated(source).content == source


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("dataframe.loc[(a > 1), 'buy'] = 1", "dataframe.loc[(a > 1), 'enter_long'] = 1"),
        ('df.loc[m, ["sell", "buy_tag"]] = (1, "buy")', 'df.loc[m, ["exit_long", "enter_tag"]] = (1, "buy")'),
        (
            "x = row['buy'] and \"buy\" in df",
            "x = row['enter_long'] and \"enter_long\" in df",
        ),
        ("if 'sell' not in df.columns: pass", "if 'exit_long' not in df.columns: pass"),
        ("self.order_types['buy'] = 'market'", "self.order_types['entry'] = 'market'"),
        ("x = self.config['unfilledtimeout']['sell']", "x = self.config['unfilledtimeout']['exit']"),
        ("x = self.config['sell_profit_only']", "x = self.config['exit_profit_only']"),
        ("unfilledtimeout = {'buy': 10, 'sell': 30}", "unfilledtimeout = {'entry': 10, 'exit': 30}"),
        (
            "order_types: dict = {'buy': 'limit', 'forcesell': 'market'}",
            "order_types: dict = {'entry': 'limit', 'force_exit': 'market'}",
        ),
        ("if self.use_sell_signal: pass", "if self.use_exit_signal: pass"),
        ("ticker_interval = '5m'", "timeframe = '5m'"),
        ("x = trade.sell_reason == 'sell_signal'", "x = trade.exit_reason == 'exit_signal'"),
        ("x = trade.nr_of_successful_buys", "x = trade.nr_of_successful_entries"),
        ("x = kwargs['sell_reason']", "x = kwargs['exit_reason']"),
        ("super().custom_sell(a, sell_reason=b)", "super().custom_exit(a, exit_reason=b)"),
        ("x = SellType.FORCE_SELL.value", "x = ExitType.FORCE_EXIT.value"),
        ("x = f'{trade.sell_reason} {1 + 1}'", "x = f'{trade.exit_reason} {1 + 1}'"),
        ("def populate_sell_trend(self, d, m): pass", "def populate_exit_trend(self, d, m): pass"),
        (
            "def f(self, sell_reason: str = 'roi'): return sell_reason, 'ä', sell_reason",
            "def f(self, exit_reason: str = 'roi'): return exit_reason, 'ä', exit_reason",
        ),
    ],
)
def test_names_are_replaced_where_they_stand(old: str, new: str):
    update = updated(f"{IN_CLASS}    {old}  # as it was\n".encode())
    assert update.content.decode() == f"{IN_CLASS}    {new}  # as it was\n"
    assert updated(update.content).changes == 0


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("import numpy as np\nx = np.NaN\n", "import numpy as np\nx = np.nan\n"),
        ("import numpy\nx = numpy.Inf\n", "import numpy\nx = numpy.inf\n"),
        ("from numpy import NaN, pi\n", "from numpy import nan as NaN, pi\n"),
        ("from numpy import NAN as none\n", "from numpy import nan as none\n"),
        (
            "from freqtrade.enums import SellType, RunMode\n",
            "from freqtrade.enums import ExitType, RunMode\n",
        ),
    ],
)
def test_imported_names_follow(old: str, new: str):
    assert updated(old.encode()).content.decode() == new


def test_a_method_that_is_there_already_is_not_doubled():
    source = f"{IN_CLASS}    def custom_sell(self): pass\n    def custom_exit(self): pass\n".encode()
    assert updated(source).content == source


def test_what_has_to_be_changed_by_hand_is_named_by_its_new_line():
    source = (
        b"class A(IStrategy):\n    def check_buy_timeout(self, pair, trade, order):\n        order['price']\n"
    )
    update = updated(source)
    assert update.notes == [(4, "order['price']: an order is an object now, see its attributes")]
    assert update.content.splitlines()[3] == b"        order['price']"


@pytest.mark.parametrize("file", STRATEGIES, ids=lambda file: file.stem)
def test_comments_stay_and_a_second_update_changes_nothing(file: Path):
    old = file.read_bytes()
    new = updated(old).content
    assert comments(new) == comments(old)
    assert updated(new).content == new
