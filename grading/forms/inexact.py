"""Texts that say of a number only about how much it is: by what they say, what to fill in instead. In Chinese, for assessors."""

import re
import unicodedata

from grading.nothing_stated import says_nothing

BOUND_HINT = "低于检出限的填“<0.07”或“0.07L”（上限）；其余按监测报告填数，并在备注中说明"
AT_LEAST_HINT = "不填下限：请按监测报告或台账填实际数值，没有的留空，并在备注中说明"
AT_MOST_HINT = "限值不是实测值：请按监测报告或台账填实际数值；报告写作“<20”的照填“<20”"
RANGE_HINT = "不填范围：请按监测报告或台账填一个数，范围写在备注中"
ABOUT_HINT = "不填约数：请按监测报告或台账填数，没有的留空，并在备注中说明"

RAISED_HINT = "数字旁有上标、下标或脚注号；只填数值，脚注写在备注中，10³ 写成 1000"
NOTHING_HINT = "不涉及或不清楚的留空"
ZERO_HINT = f"确为 0 的填 0，没有、{NOTHING_HINT}"
_RAISED = re.compile(r"[0-9][⁰¹²³⁴-⁻₀-₋①-⑳]|[⁰¹²³⁴-⁻₀-₋①-⑳][0-9]")

# The first that is found counts: 不低于 is not below, and 未检出 says more than the signs around it.
_KINDS = (
    (re.compile(r"检出|检测限|(?<![a-z])n\.?d\.?(?![a-z])|[0-9.]+\s*L(?![a-z])", re.I), BOUND_HINT),
    (re.compile(r"[0-9]\s*(?:[-~‐‑‒–—―−∼〜]+|至|到|\.\.+|…+)\s*[0-9]"), RANGE_HINT),
    (re.compile(r"[>≥≧⩾≳›〉⟩]|以上|至少|起$|不(?:低|小|少)于|(?<!不)(?:超过|(?:高|大|多)于)"), AT_LEAST_HINT),
    (re.compile(r"[≤≦⩽≲]|=<|<=|以[下内]|至多|最多|不超过|不(?:高|大|多)于"), AT_MOST_HINT),
    (re.compile(r"[<﹤‹〈⟨]|[低小少]于|不足|不到"), BOUND_HINT),
    (re.compile(r"[~∼〜≈≒±]|约|左右|大概|上下|近(?=[0-9])|[余多几]"), ABOUT_HINT),
)


def nothing_hint(typed: str, zero: bool = False) -> str:
    """The advice on a sign that says there is nothing, such as “—”, “/” and 不涉及; `zero`: a number may be 0."""
    if not says_nothing(typed):
        return ""
    return ZERO_HINT if zero else NOTHING_HINT


def inexact_hint(typed: str) -> str:
    """The advice on what to fill in instead of such a text; empty for others."""
    if _RAISED.search(typed):
        return RAISED_HINT
    if nothing := nothing_hint(typed, zero=True):
        return nothing
    text = unicodedata.normalize("NFKC", typed).strip()
    return next((hint for kind, hint in _KINDS if kind.search(text)), "")
