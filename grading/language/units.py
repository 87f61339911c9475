"""Units as people spell them: `mg/m³`, `mg/m3`, `µg/m3` and `ug/m3`."""

import re
import unicodedata

_PARTS = """
    个 种 次 件 套 台 条 道 辆 级 块 人 班 家 户 座 口 批 箱 桶 孔 处 点 分 倍 度 辆次 车次 标台 元 万元
    年 月 周 天 日 小时 分钟 秒 a d h min s 无量纲
    kg g mg ug ng t tce ng-TEQ m m2 m3 km cm mm um L mL mol mmol umol
    Pa hPa kPa MPa ℃ °C K W kW MW VA kVA MVA A kA V kV kWh MWh J kJ MJ GJ
    % ‰ ppm ppb dB dB(A) pH lg
"""
PARTS = frozenset(unicodedata.normalize("NFKC", _PARTS).split())
"""What units are made of, with a slash between and perhaps a number of thousands before."""
USUAL = ("mg/m3", "ug/m3", "g/L", "kg/h", "m3/h", "m3", "t/d", "t/a", "t/h", "%", "月", "年", "kPa", "℃")
"""Units to propose for one that is not known."""
_THOUSANDS = re.compile(r"^[十百千万亿]+")


def spelled(unit: str) -> str:
    """A unit in one spelling, to compare it with others and find it in texts."""
    return unicodedata.normalize("NFKC", unit).replace("\u03bc", "u").replace(" ", "")


def is_known(unit: str) -> bool:
    """True when every part of a unit is one that people use."""
    return all(part in PARTS or _THOUSANDS.sub("", part) in PARTS for part in spelled(unit).split("/"))
