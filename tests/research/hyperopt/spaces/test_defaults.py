import pytest

from appliance.research.hyperopt.spaces.defaults import roi_space


@pytest.mark.parametrize(
    ("timeframe", "limits"),
    [
        ("5m", [(10, 120), (10, 60), (10, 40), (0.01, 0.04), (0.01, 0.07), (0.01, 0.2)]),
        ("1h", [(120, 1440), (120, 720), (120, 480), (0.023, 0.092), (0.023, 0.161), (0.023, 0.459)]),
    ],
)
def test_the_limits_of_roi_tables_grow_with_the_time_frame_as_freqtrades_do(timeframe, limits):
    assert [(one.low, one.high) for one in roi_space(timeframe)] == limits
