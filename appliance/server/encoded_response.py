"""Send an answer that is encoded already."""

from aiohttp import web

from appliance.queries.cache.encoded_answer import EncodedAnswer


class EncodedResponse(web.Response):
    """Send the bytes of an encoded answer."""

    def __init__(self, answer: EncodedAnswer) -> None:
        super().__init__(body=answer.body, content_type="application/json")
        self.answer = answer
