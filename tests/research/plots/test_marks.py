"""What strategies mark on charts, as shapes."""

from datetime import UTC, datetime, timedelta

from appliance.research.plots.marks import LONGEST_LABEL, MOST_SHAPES, shapes

NOON = datetime(2026, 1, 5, 12, tzinfo=UTC)


def test_an_area_has_times_in_seconds_and_its_rates():
    hour = {"start": NOON, "end": NOON + timedelta(hours=1)}
    [area] = shapes([{"type": "area", **hour, "y_start": 1.5, "y_end": 2, "color": "red"}])
    assert (area["kind"], area["color"], area["label"]) == ("area", "red", "")
    assert (area["from"], area["to"], area["y"]) == (NOON.timestamp(), NOON.timestamp() + 3600, [1.5, 2.0])


def test_what_an_area_does_not_say_reaches_to_the_edge_of_the_chart():
    [area] = shapes([{"type": "area", "start": "2026-01-05 12:00:00"}])
    assert (area["from"], area["to"], area["y"]) == (NOON.timestamp(), None, [None, None])


def test_a_line_has_a_width_and_a_style():
    mark = {"type": "line", "start": NOON, "y_start": 3.0, "y_end": 3.0, "width": 2, "line_style": "dotted"}
    [line] = shapes([mark])
    assert (line["kind"], line["width"], line["style"]) == ("line", 2.0, "dotted")


def test_a_point_has_a_form_and_a_size():
    [point] = shapes(
        [{"type": "point", "x": "2026-01-05T12:00:00Z", "y": 7, "shape": "pin", "label": "here"}]
    )
    assert (point["from"], point["y"], point["form"], point["label"]) == (
        NOON.timestamp(),
        [7, 7],
        "pin",
        "here",
    )


def test_the_lowest_level_is_drawn_first():
    found = shapes([{"type": "area", "z_level": 9, "label": "top"}, {"type": "area", "label": "below"}])
    assert [one["label"] for one in found] == ["below", "top"]


def test_what_is_no_mark_is_left_out_and_the_rest_is_drawn():
    odd = [
        {"type": "area", "start": "yesterday"}, {"type": "line"}, {"type": "point", "y": 1},
        {"type": "heart"}, {"type": "area", "y_start": float("nan"), "label": "x" * 500}, 7,
    ]  # fmt: skip
    [only] = shapes(odd)
    assert only["y"] == [None, None]
    assert len(only["label"]) == LONGEST_LABEL
    assert len(shapes([{"type": "area"}] * (MOST_SHAPES + 5))) == MOST_SHAPES
