"""How much memory a job may use: what is configured, else a share of what there is."""

import msgspec
import pytest

from appliance.config.sections.research import ResearchSettings
from appliance.research.jobs.machine import SHARE, limits_of, memory_here


def test_what_is_configured_counts():
    given = {"job_memory_mb": 512, "job_seconds": 60, "job_nice": 5}
    limits = limits_of(msgspec.convert(given, ResearchSettings))
    assert (limits.memory, limits.seconds, limits.nice) == (512 * 1024**2, 60, 5)


def test_else_a_share_of_the_machines_memory():
    assert limits_of(ResearchSettings()).memory == int(memory_here() * SHARE) > 0


@pytest.mark.parametrize("text", ["max", "", "9" * 30])
def test_a_container_without_a_usable_limit_has_the_machines_memory(tmp_path, text):
    (tmp_path / "memory.max").write_text(text)
    assert memory_here(tmp_path / "memory.max") == memory_here(tmp_path / "nothing")


def test_a_container_has_no_more_than_its_limit(tmp_path):
    (tmp_path / "memory.max").write_text("1000000")
    assert memory_here(tmp_path / "memory.max") == 1_000_000
