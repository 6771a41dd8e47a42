"""Say what a caller may do: look on, steer, or everything; and what each route asks for."""

from collections.abc import Mapping
from enum import IntEnum


class Role(IntEnum):
    """Each role may do what those before it may."""

    VIEWER = 1
    """Reads everything, acts nowhere."""
    OPERATOR = 2
    """Steers: starts and stops, enters and exits, locks, keeps the blacklist."""
    ADMIN = 3
    """Deletes for good, reads the audit log, reloads the configuration, which decides who else comes in."""

    @property
    def word(self) -> str:
        return self.name.lower()


# Whatever reads by GET is for viewers, unless it stands here. All else stands here; what is forgotten is for
# admins (a test fails).
NEEDS: Mapping[tuple[str, str], Role] = {
    ("POST", "/pair_candles"): Role.VIEWER,
    ("POST", "/start"): Role.OPERATOR,
    ("POST", "/stop"): Role.OPERATOR,
    ("POST", "/pause"): Role.OPERATOR,
    ("POST", "/stopbuy"): Role.OPERATOR,
    ("POST", "/stopentry"): Role.OPERATOR,
    ("POST", "/reload_config"): Role.ADMIN,
    ("POST", "/forceenter"): Role.OPERATOR,
    ("POST", "/forcebuy"): Role.OPERATOR,
    ("POST", "/forceexit"): Role.OPERATOR,
    ("POST", "/forcesell"): Role.OPERATOR,
    ("DELETE", "/trades/{tradeid}"): Role.ADMIN,
    ("DELETE", "/trades/{tradeid}/open-order"): Role.OPERATOR,
    ("POST", "/trades/{tradeid}/reload"): Role.OPERATOR,
    ("GET", "/orders/{client_order_id}/evidence"): Role.OPERATOR,
    ("POST", "/orders/{client_order_id}/settle"): Role.OPERATOR,
    ("GET", "/audit"): Role.ADMIN,
    ("POST", "/locks"): Role.OPERATOR,
    ("DELETE", "/locks/{lockid}"): Role.OPERATOR,
    ("POST", "/locks/delete"): Role.OPERATOR,
    ("POST", "/blacklist"): Role.OPERATOR,
    ("DELETE", "/blacklist"): Role.OPERATOR,
    # Research, in webserver mode.
    ("POST", "/pair_history"): Role.VIEWER,
    ("POST", "/backtest"): Role.OPERATOR,
    ("DELETE", "/backtest"): Role.OPERATOR,
    ("GET", "/backtest/abort"): Role.OPERATOR,
    ("PATCH", "/backtest/history/{file}"): Role.OPERATOR,
    ("DELETE", "/backtest/history/{file}"): Role.ADMIN,
    ("POST", "/download_data"): Role.OPERATOR,
    ("POST", "/pairlists/evaluate"): Role.OPERATOR,
    ("POST", "/lookahead_analysis"): Role.OPERATOR,
    ("POST", "/recursive_analysis"): Role.OPERATOR,
    ("DELETE", "/background/{jobid}"): Role.OPERATOR,
    ("DELETE", "/background/clear"): Role.OPERATOR,
}


def needed(method: str, path: str) -> Role:
    """Return the least role that may call a route; `path` is below /api/v1, as the route table has it."""
    reads = Role.VIEWER if method in ("GET", "HEAD") else Role.ADMIN
    return NEEDS.get((method, path), reads)
