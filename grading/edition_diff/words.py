"""The Chinese words for what differs between two editions, and in which direction."""

from collections.abc import Mapping

from grading.edition_diff.changes import Direction, Kind, Way

KINDS: Mapping[Kind, str] = {
    "edition": "版本",
    "scale": "等级",
    "indicator": "指标",
    "gate": "否决项",
    "fact": "事实",
    "computed": "计算项",
    "measure": "措施",
}
WAYS: Mapping[Way, str] = {"added": "新增", "removed": "删去", "renamed": "改编号", "changed": "修改"}
DIRECTIONS: Mapping[Direction, str] = {
    "stricter": "更严",
    "looser": "更宽",
    "same": "要求不变",
    "settled": "要求不变，数值已核实",
    "reopened": "要求不变，数值改为待核实",
    "different": "不可比",
}
NOTHING = "（无）"
