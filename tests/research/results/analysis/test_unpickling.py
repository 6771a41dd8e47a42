"""Pickles are taken apart, and nothing that they name is run."""

import os
import pickle
from datetime import UTC, datetime

import numpy as np
import pandas as pd
import pytest

from appliance.domain.errors import DataError
from appliance.research.results.analysis.unpickling import Part, read_pickle


class Harmful:
    """What runs a command where it is unpickled in the ordinary way."""

    def __init__(self, file):
        self.file = file

    def __reduce__(self):
        return os.system, (f"touch {self.file}",)


def test_a_command_is_named_but_not_run(tmp_path):
    file = tmp_path / "was_here"
    part = read_pickle(pickle.dumps([Harmful(file)]))[0]
    assert isinstance(part, Part)
    assert part.path == f"{os.system.__module__}.system"
    assert part.args == (f"touch {file}",)
    assert not file.exists()


@pytest.mark.parametrize(
    "name", [b"cbuiltins\neval\n(S'1/0'\ntR.", b"cbuiltins\ngetattr\n(cos\npath\nS'join'\ntR."]
)
def test_what_looks_harmless_is_not_called_either(name):
    assert isinstance(read_pickle(name), Part)


@pytest.mark.parametrize(
    "value",
    [
        [1, "a", None, {"b": (2.5, True)}],
        datetime(2025, 1, 1, tzinfo=UTC),
        np.arange(6.0).reshape(2, 3),
        np.array(["a", None], dtype=object),
        np.float64(1.5),
        np.array([1, 2], dtype="M8[ms]"),
    ],
)
@pytest.mark.parametrize("protocol", [4, 5])
def test_values_are_what_they_were(value, protocol):
    read = read_pickle(pickle.dumps(value, protocol=protocol))
    assert np.array_equal(np.asarray(read, dtype=object), np.asarray(value, dtype=object))


def test_types_of_others_are_parts_with_their_state():
    part = read_pickle(pickle.dumps(pd.DataFrame({"a": [1]}), protocol=4))
    assert part.path == "pandas.DataFrame"
    assert "_mgr" in part.state


@pytest.mark.parametrize("content", [b"", b"\x80", b"nonsense", pickle.dumps(list(range(1000)))[:-20]])
def test_a_damaged_pickle_is_one_error(content):
    with pytest.raises(DataError, match="it is damaged"):
        read_pickle(content)


def test_an_array_of_joblib_that_ends_early_is_damaged(spot):
    whole = spot.written.members["_signals.pkl"]
    for kept in range(200, len(whole) - 1, 997):
        with pytest.raises(DataError):
            read_pickle(whole[:kept])
