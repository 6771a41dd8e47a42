"""One at a time does the same thing, and what nobody is at is forgotten."""

import asyncio

from appliance.queries.cache.single_flight import SingleFlight


async def test_one_name_belongs_to_one_user_and_is_forgotten():
    flight = SingleFlight()
    async with flight.at("this"), asyncio.timeout(10), flight.at("that"):
        assert len(flight) == 2
    assert not len(flight)
