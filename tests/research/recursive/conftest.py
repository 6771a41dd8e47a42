"""A user data folder with strategies whose indicators need many candles, or few."""

import pytest

from tests.support.research.examined import filled


@pytest.fixture(scope="module")
def workspace(tmp_path_factory):
    return filled(tmp_path_factory.mktemp("recursive"), candles=300)
