"""Hold an answer that is sent again and again, with what follows from its bytes."""


class EncodedAnswer:
    """An answer as JSON. `tag` and `zipped` are put in by whoever first needs them, when it is sent."""

    __slots__ = ("body", "tag", "zipped")

    def __init__(self, body: bytes) -> None:
        self.body = body
        self.tag: str | None = None
        self.zipped: bytes | None = None
