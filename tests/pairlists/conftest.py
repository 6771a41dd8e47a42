"""What every test of pair lists needs."""

import pytest

from appliance.exchange.families import lineage
from tests.pairlists.scenery import DescribedMarket


@pytest.fixture(scope="session", autouse=True)
def known_exchange() -> None:
    """Have the exchange's family known, as the start of the bot does outside of the event loop."""
    lineage(DescribedMarket.name)
