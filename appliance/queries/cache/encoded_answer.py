"""Hold an encoded answer that is sent repeatedly."""


class EncodedAnswer:
    """Hold an answer as JSON. ETag (`tag`) and gzip form (`zipped`) are added when first needed."""

    __slots__ = ("body", "tag", "zipped")

    def __init__(self, body: bytes) -> None:
        self.body = body
        self.tag: str | None = None
        self.zipped: bytes | None = None
