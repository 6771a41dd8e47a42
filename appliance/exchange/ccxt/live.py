"""Make the gateway to a real exchange, for real money."""

from appliance.config.sections.exchange import ExchangeSettings
from appliance.domain.errors import ConfigurationError
from appliance.exchange.capabilities import Needs
from appliance.exchange.ccxt.gateway import CcxtGateway
from appliance.exchange.ccxt_import import known_names
from appliance.exchange.retry import Patience


def live_gateway(
    settings: ExchangeSettings,
    *,
    fee: float | None = None,
    needs: Needs | None = None,
    patience: Patience | None = None,
) -> CcxtGateway:
    """Return a gateway that is not yet connected; it reads a folder: not for the event loop.

    `fee`, a ratio, stands in for the exchange's own when reckoning ahead. What `needs` names is checked when
    it is opened. Raises `ConfigurationError` for an exchange that ccxt does not know.
    """
    if settings.name not in known_names():
        raise ConfigurationError(
            f'exchange.name: live trading needs an exchange that ccxt knows, found "{settings.name}"'
        )
    return CcxtGateway(settings, fee=fee, needs=needs, patience=patience)
