"""Say which certificates a client takes for the bot's."""

import ssl
from dataclasses import dataclass

from appliance.client.errors import WrongUsage


@dataclass(frozen=True)
class Trust:
    """Name what is trusted: the system's authorities, or those in `cafile` (PEM).

    pinned: `cafile` is the bot's own certificate, which is enough whatever name it was reached by: for the
        machine that the bot runs on, whose configuration names the file.
    """

    cafile: str | None = None
    pinned: bool = False

    def context(self) -> ssl.SSLContext:
        """Return what connections are made with. Raises WrongUsage for a file that holds no certificate."""
        try:
            context = ssl.create_default_context(cafile=self.cafile)
        except OSError as error:  # an SSLError is one, too
            why = "no certificate in it" if isinstance(error, ssl.SSLError) else error.strerror
            raise WrongUsage(
                f"{self.cafile}: {why}: name a file with the certificate to trust (PEM)"
            ) from None
        if self.pinned:
            context.verify_flags |= ssl.VERIFY_X509_PARTIAL_CHAIN
            context.check_hostname = False
        return context


DEFAULT_TRUST = Trust()
