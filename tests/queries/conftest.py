"""What clients may ask is asked of a real bot, over the API that carries it."""

from tests.support.server_fixtures import api, stage, starting

__all__ = ["api", "stage", "starting"]
