"""The server, without and with a bot."""

from tests.support.server_fixtures import api, stage, starting

__all__ = ["api", "stage", "starting"]
