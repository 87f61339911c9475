"""The Chinese words for the codes of the domain: one vocabulary for terminal, forms, reports and pages."""

from collections.abc import Mapping
from types import MappingProxyType


def _words(**words: str) -> Mapping[str, str]:
    return MappingProxyType(words)


STATUS = _words(met="满足", unmet="不满足", unknown="未知", waived="豁免")
BASIS = _words(seen="见于原文", standard="引自标准", recalled="转述，待核对原文", estimated="估计")
ESTABLISHED = "已核实"
"""The label of figures that were read in a source or quoted from a standard."""
CONFIDENCE = _words(high="高", medium="中", low="低")
DECIDED_BY = _words(record="查阅资料", measurement="监测数据", judgement="专家判断")
REVIEW = _words(draft="草案", reviewed="已审定")
MODE = _words(official="正式", trial="试算")
ALERT = _words(yellow="黄色预警", orange="橙色预警", red="红色预警")
MEASURE = _words(
    self_decided="自主减排",
    output_cut="限产",
    line_stop="停生产线",
    stop="停产",
    transport="运输管控",
    other="其他",
)
JURISDICTION = _words(
    outside_jurisdiction="企业所在地不在本版规则的适用地区",
    county_unknown="未填到县（市、区）的行政区划代码，不能核对本版规则是否适用于企业所在地",
)
EDITION = _words(
    edition_not_yet_in_force="评定日早于本版规则的施行日",
    edition_superseded="评定日时本版规则已被取代",
)
UNGRADED = "不纳入绩效分级"
OUT = "不纳入"
"""The same at the end of an interval."""
UNDECIDED = "待定"
NOT_GRADED = "未评级"
FACT_TYPE = _words(number="数值", boolean="是否", choice="单选", choices="多选", date="日期")
