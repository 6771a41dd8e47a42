"""What clients may ask is asked of a real bot, over the API that carries it."""

from tests.server.conftest import api, stage, starting

__all__ = ["api", "stage", "starting"]
