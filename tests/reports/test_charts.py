"""Geometry of the charts."""

import re
from itertools import pairwise

import segno

from reports.charts.ladder import ladder
from reports.charts.qr import QUIET, qr_code
from reports.charts.timeline import EMS, Bar, Stage, timeline


def test_the_ladder_marks_grade_attainable_level_and_target() -> None:
    drawn = ladder(["D级", "C级", "B级", "A级"], "D级", "C级", "B级")
    assert [station.marks for station in drawn.stations] == [("至少",), ("至多",), ("目标",), ()]
    assert drawn.grade_x < drawn.target_x
    assert [station.x for station in drawn.stations] == sorted(station.x for station in drawn.stations)


def test_the_ladder_puts_marks_of_one_level_together() -> None:
    drawn = ladder(["非引领性", "引领性"], "引领性", "引领性", "引领性")
    assert drawn.stations[1].marks == ("现评", "目标")


def test_works_of_a_step_begin_together_and_steps_follow_each_other() -> None:
    first = Stage("第一步", True, (Bar("甲", 2, 4), Bar("乙", 4, 8)))
    second = Stage("第二步", False, (Bar("丙", 1, 3),))
    (one,), (two,) = timeline([first, second])
    assert one.bars[0].x == one.bars[1].x
    assert two.bars[0].x == one.milestone_x
    assert one.bars[1].sure == 2 * one.bars[0].sure


def test_a_long_step_takes_several_pictures_and_only_the_last_has_the_milestone() -> None:
    (charts,) = timeline([Stage("第一步", True, tuple(Bar(f"措施{n}", 1, 2) for n in range(60)))])
    assert len(charts) > 1
    assert [chart.milestone_x is not None for chart in charts] == [False] * (len(charts) - 1) + [True]
    assert sum(len(chart.bars) for chart in charts) == 60


def test_a_step_without_works_has_no_picture_and_none_at_all_is_no_error() -> None:
    assert timeline([Stage("第一步", True, ())]) == ((),)
    assert timeline([]) == ()


def test_a_work_without_an_estimate_is_named_but_has_no_bar() -> None:
    ((chart,),) = timeline([Stage("第一步", False, (Bar("甲", 0, 0),))])
    assert (chart.bars[0].sure, chart.bars[0].late, chart.bars[0].figures) == (0, 0, "周期未估")


def test_labels_stay_inside_their_column_and_bars_do_not_overlap() -> None:
    works = tuple(Bar("很长的措施名称" * n, 1, 2) for n in (1, 3, 5, 7, 9))
    ((chart,),) = timeline([Stage("第一步", True, works)])
    for bar in chart.bars:
        assert all(len(line) <= EMS for _, line in bar.lines)
    assert all(one.middle < two.middle and one.lines[-1][0] < two.lines[0][0] for one, two in pairwise(chart.bars))
    assert chart.bars[-1].lines[-1][1].endswith("…")
    assert "很长的措施名称" * 9 in chart.title


def test_the_qr_code_has_exactly_the_dark_modules() -> None:
    text = "audit sha256:" + "0" * 64
    code = qr_code(text)
    matrix = segno.make(text, error="m", micro=False, boost_error=False).matrix
    drawn = {
        (int(x) + n, int(y))
        for x, y, length in re.findall(r"M(\d+) (\d+)\.5h(\d+)", code.path)
        for n in range(int(length))
    }
    dark = {(x + QUIET, y + QUIET) for y, row in enumerate(matrix) for x, module in enumerate(row) if module}
    assert drawn == dark


def test_no_chart_has_only_what_the_others_had_no_room_for() -> None:
    for count in (17, 34, 49):
        (charts,) = timeline([Stage("第一步", True, tuple(Bar(f"措施{n}", 1, 2) for n in range(count)))])
        sizes = [len(chart.bars) for chart in charts]
        assert max(sizes) - min(sizes) <= 1, sizes
