"""The state of a strategy: noticed wherever it may change, and the same where nothing has changed."""

from collections import UserDict

import numpy as np
import pandas as pd
import pytest

from appliance.research.backtest.analysis.state import state_of

GLOBALS = """
import logging
import random
import numpy as np
import pandas as pd

log = logging.getLogger("mine")
seen = {}
frame = pd.DataFrame({"a": [1.0, 2.0]})
"""


class Holder:
    """An object of a class that nobody knows."""

    def __init__(self):
        self.count = 0


class Unlisted(UserDict):
    """A mapping that does not let itself be listed, like a pool of connections."""

    def __iter__(self):
        raise NotImplementedError


class Unreadable:
    """A stand-in that fails whatever it is asked."""

    def __getattr__(self, name):
        raise RuntimeError(name)


@pytest.fixture
def strategy(analysis, workspace):
    path = workspace.strategy(attributes="shared = {}\n    listed = [1, 2]")
    text = path.read_text()
    path.write_text(GLOBALS + text)
    found, sources = analysis()
    found.strategy.holder = Holder()
    found.strategy.array = np.arange(5.0)
    found.strategy.named = {"a": {1, 2}}
    return found.strategy, sources


def space(strategy):
    return type(strategy).populate_indicators.__globals__


CHANGES = {
    "attribute": lambda s: setattr(s, "new", 1),
    "value": lambda s: setattr(s, "stoploss", -0.2),
    "dict of the class": lambda s: s.shared.update(x=1),
    "list of the class": lambda s: s.listed.append(3),
    "attribute of the class": lambda s: setattr(type(s), "listed", [1, 2, 4]),
    "array": lambda s: s.array.__setitem__(2, 9.0),
    "object": lambda s: setattr(s.holder, "count", 1),
    "set within": lambda s: s.named["a"].add(3),
    "global dict": lambda s: space(s)["seen"].update(x=1),
    "global name": lambda s: space(s).update(another=1),
    "global frame": lambda s: space(s)["frame"].__setitem__("a", [1.0, 3.0]),
    "random numbers": lambda s: space(s)["random"].random(),
    "random numbers of numpy": lambda s: np.random.random(),
    "config": lambda s: s.config.update(x=1),
}


@pytest.mark.parametrize("name", CHANGES)
def test_a_change_is_noticed(strategy, name):
    mine, sources = strategy
    before = state_of(mine, sources)
    assert state_of(mine, sources) == before
    CHANGES[name](mine)
    assert state_of(mine, sources) != before


def test_what_the_program_caches_is_no_change(strategy):
    mine, sources = strategy
    before = state_of(mine, sources)
    mine.wallets = object()
    mine.dp.get_pair_dataframe("BTC/USDT", "5m")
    mine.ft_informative_cache.put(("a", "b"), (1, 2, 3), pd.DataFrame(), np.arange(3))
    space(mine)["log"].warning("a line")
    assert state_of(mine, sources) == before


def test_an_object_that_holds_itself_ends(strategy):
    mine, sources = strategy
    mine.me = mine.holder.me = mine
    mine.named["self"] = mine.named
    assert state_of(mine, sources) == state_of(mine, sources)


def test_a_mapping_that_cannot_be_listed_is_read_as_an_object(strategy):
    mine, sources = strategy
    mine.pool = Unlisted(a=1)
    before = state_of(mine, sources)
    assert state_of(mine, sources) == before
    mine.pool["b"] = 2
    assert state_of(mine, sources) != before


def test_an_object_that_cannot_be_read_is_known_by_itself(strategy):
    mine, sources = strategy
    mine.stand_in = Unreadable()
    before = state_of(mine, sources)
    assert state_of(mine, sources) == before
    mine.stand_in = Unreadable()
    assert state_of(mine, sources) != before
