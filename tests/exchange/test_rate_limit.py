"""How long an exchange that asks for quiet is left alone."""

from appliance.exchange.rate_limit import Pause


def test_the_longest_wish_counts():
    pause = Pause()
    assert pause.left == 0
    pause.begin(100)
    pause.begin(1)
    assert 90 < pause.left <= 100


def test_without_a_wish_pauses_grow_until_an_answer_comes():
    pause = Pause()
    seconds = []
    for _ in range(5):
        pause.back_off(10.0, 60.0)
        seconds.append(round(pause.left))
        pause.back_off(10.0, 60.0)  # a request that was under way already
        assert round(pause.left) == seconds[-1]
        pause._until = 0.0  # as if the time had passed
    assert seconds == [10, 20, 40, 60, 60]
    pause.calm()
    pause.back_off(10.0, 60.0)
    assert round(pause.left) == 10
