"""The number formats that Excel in China writes without their codes (ECMA-376 part 1, 18.8.30, zh-cn)."""

from collections.abc import Mapping

_YEAR_MONTH, _MONTH_DAY, _DAY = 'yyyy"年"m"月"', 'm"月"d"日"', 'yyyy"年"m"月"d"日"'
_HOUR, _SECOND = 'h"时"mm"分"', 'h"时"mm"分"ss"秒"'
_NOON_HOUR, _NOON_SECOND = '上午/下午h"时"mm"分"', '上午/下午h"时"mm"分"ss"秒"'
FORMATS_IN_CHINA: Mapping[int, str] = {
    14: "yyyy/m/d",
    22: "yyyy/m/d h:mm",
    27: _YEAR_MONTH,
    28: _MONTH_DAY,
    29: _MONTH_DAY,
    30: "m-d-yy",
    31: _DAY,
    32: _HOUR,
    33: _SECOND,
    34: _NOON_HOUR,
    35: _NOON_SECOND,
    36: _YEAR_MONTH,
    50: _YEAR_MONTH,
    51: _MONTH_DAY,
    52: _YEAR_MONTH,
    53: _MONTH_DAY,
    54: _MONTH_DAY,
    55: _NOON_HOUR,
    56: _NOON_SECOND,
    57: _YEAR_MONTH,
    58: _MONTH_DAY,
}
