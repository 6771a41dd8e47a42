"""The certificates that a client accepts."""

import ssl
from dataclasses import dataclass

from appliance.client.errors import WrongUsage


@dataclass(frozen=True)
class Trust:
    """The trusted authorities: those of the system, or those in `cafile` (PEM).

    pinned: `cafile` is the certificate of the bot itself, accepted under any host name: for the machine of
    the bot, whose configuration names the file.
    """

    cafile: str | None = None
    pinned: bool = False

    def context(self) -> ssl.SSLContext:
        """Return the context of connections. Raises WrongUsage for a file without a certificate."""
        try:
            context = ssl.create_default_context(cafile=self.cafile)
        except OSError as error:  # includes SSLError
            why = "no certificate in it" if isinstance(error, ssl.SSLError) else error.strerror
            raise WrongUsage(
                f"{self.cafile}: {why}: give a file with the certificate to trust (PEM)"
            ) from None
        if self.pinned:
            context.verify_flags |= ssl.VERIFY_X509_PARTIAL_CHAIN
            context.check_hostname = False
        return context


DEFAULT_TRUST = Trust()
