"""Who wants to hear what: counted one by one, however many listen."""

from types import SimpleNamespace

from appliance.domain.message import MessageType
from appliance.server.websocket.hub import Hub
from appliance.server.websocket.replay_buffer import Subscription

STATUS, ENTRY = MessageType.STATUS, MessageType.ENTRY


class Listener:
    """Stand for a websocket that closes when the test says so; count how often its subscription is read."""

    def __init__(self) -> None:
        self.resume = None
        self.looked = 0
        self._subscription = Subscription()

    @property
    def subscription(self) -> Subscription:
        self.looked += 1
        return self._subscription

    @subscription.setter
    def subscription(self, subscription: Subscription) -> None:
        self._subscription = subscription

    async def serve_requests(self, answer) -> None:
        await answer(b"")


async def listen(hub, listener, topics, then=None) -> None:
    async def answer(_: bytes) -> None:
        hub.subscribe(listener, topics)
        if then is not None:
            await then()

    await hub.serve(listener, answer)


async def test_subscribing_and_leaving_does_not_scan_other_clients():
    hub, others = Hub(), [Listener() for _ in range(100)]

    async def with_all(rest) -> None:
        if rest:
            await listen(hub, rest[0], [STATUS], lambda: with_all(rest[1:]))
            return
        before = [one.looked for one in others]
        await listen(hub, Listener(), [STATUS, ENTRY])
        assert [one.looked for one in others] == before

    await with_all(others)
    assert max(one.looked for one in others) < 10


async def test_a_message_is_queued_while_somebody_subscribes_to_it():
    hub, taken = Hub(), []
    hub._send_queued = lambda: taken.append(1) or _nothing()

    def says(kind: MessageType) -> bool:
        before = len(hub._queue)
        hub.publish(SimpleNamespace(type=kind))
        return len(hub._queue) > before

    one, other = Listener(), Listener()

    async def both_there() -> None:
        assert (says(STATUS), says(ENTRY)) == (True, True)
        hub.subscribe(one, [STATUS])
        assert (says(STATUS), says(ENTRY)) == (True, True), "the other one still wants entries"
        hub.subscribe(other, [])
        assert (says(STATUS), says(ENTRY)) == (True, False)
        hub.subscribe(one, [STATUS])
        hub.subscribe(one, [ENTRY])
        assert (says(STATUS), says(ENTRY)) == (False, True)

    await listen(hub, one, [STATUS], lambda: listen(hub, other, [STATUS, ENTRY], both_there))
    assert (says(STATUS), says(ENTRY)) == (False, False), "nobody is there"


async def _nothing() -> None:
    return None
