"""Hold an answer that is sent again and again, with what follows from its bytes."""

from aiohttp import web


class EncodedAnswer:
    """An answer as JSON. `tag` and `zipped` are put in by whoever first works them out (`delivery.py`)."""

    __slots__ = ("body", "tag", "zipped")

    def __init__(self, body: bytes) -> None:
        self.body = body
        self.tag: str | None = None
        self.zipped: bytes | None = None


class EncodedResponse(web.Response):
    """Send a kept body."""

    def __init__(self, kept: EncodedAnswer) -> None:
        super().__init__(body=kept.body, content_type="application/json")
        self.kept = kept
