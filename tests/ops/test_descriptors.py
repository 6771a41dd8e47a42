"""The soft limit of open files is raised to the hard one."""

import resource

import pytest

from appliance.ops import descriptors


@pytest.mark.parametrize(
    ("soft", "hard", "set_to", "limit"),
    [
        (1024, 4096, (4096, 4096), 4096),
        (1024, 1024, None, 1024),
        (1024, 1_048_576, (65_536, 1_048_576), 65_536),
        (1024, resource.RLIM_INFINITY, (65_536, resource.RLIM_INFINITY), 65_536),
        (resource.RLIM_INFINITY, resource.RLIM_INFINITY, None, resource.RLIM_INFINITY),
        (524_288, 524_288, None, 524_288),
    ],
)
def test_the_limit_is_raised(monkeypatch, soft, hard, set_to, limit):
    made = []
    monkeypatch.setattr(resource, "getrlimit", lambda _: (soft, hard))
    monkeypatch.setattr(resource, "setrlimit", lambda _, limits: made.append(limits))
    assert descriptors.raise_limit() == limit
    assert made == ([set_to] if set_to else [])


def test_where_it_may_not_be_raised_the_start_continues(monkeypatch, caplog):
    def refuse(*_: object) -> None:
        raise ValueError("not allowed")

    monkeypatch.setattr(resource, "getrlimit", lambda _: (256, 4096))
    monkeypatch.setattr(resource, "setrlimit", refuse)
    assert descriptors.raise_limit() == 256
    assert "Only 256 files can be open at once" in caplog.text
