"""Measures of an alert in words: nothing is said twice, nothing is left out."""

from decimal import Decimal
from typing import Any

import pytest

from grading.language.measure_text import measure_text
from grading.model.ruleset import ProvisionalPercent


@pytest.mark.parametrize(
    ("kind", "text", "percent", "said"),
    [
        ("stop", "停产", None, "停产"),
        ("stop", "涉气工序停产", None, "涉气工序停产"),
        ("stop", "关闭窑炉", None, "停产：关闭窑炉"),
        ("self_decided", "鼓励结合实际自主采取减排措施", None, "鼓励结合实际自主采取减排措施"),
        ("line_stop", "按生产线停产", Decimal(50), "按生产线停产（50%）"),
        ("output_cut", "限产 20%（按日均值）", Decimal(20), "限产 20%（按日均值）"),
        ("output_cut", "限产", "20", "限产（20%）"),
        ("output_cut", "限产", "unresolved", "限产（比例待核实）"),
        ("output_cut", "限产，比例未核实", "unresolved", "限产，比例未核实"),
        (
            "line_stop",
            "比例未核实；试算暂按停 50%",
            ProvisionalPercent(provisional=Decimal(50)),
            "比例未核实；试算暂按停 50%",
        ),
        ("output_cut", "限产", {"provisional": 30}, "限产（暂按 30%，待核实）"),
        ("transport", "停用国四及以下重型载货车", None, "停用国四及以下重型载货车"),
        ("transport", "错峰进出", None, "运输管控：错峰进出"),
        ("other", "洒水抑尘", None, "洒水抑尘"),
    ],
)
def test_a_measure_says_its_kind_and_share_once(kind: str, text: str, percent: Any, said: str) -> None:
    assert measure_text(kind, text, percent) == said
