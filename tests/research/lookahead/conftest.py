"""A user data folder with strategies that know later candles, or do not."""

import pytest

from tests.support.research.examined import filled


@pytest.fixture(scope="module")
def workspace(tmp_path_factory):
    return filled(tmp_path_factory.mktemp("lookahead"))
