"""Send an answer that is kept encoded."""

from aiohttp import web

from appliance.queries.cache.encoded_answer import EncodedAnswer


class EncodedResponse(web.Response):
    """Send its bytes as they are."""

    def __init__(self, kept: EncodedAnswer) -> None:
        super().__init__(body=kept.body, content_type="application/json")
        self.kept = kept
