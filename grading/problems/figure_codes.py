"""The catalogue of what can be wrong with a figure of a ruleset that somebody fills in."""

from grading.problems.reason import Sentences


class FigureCode(Sentences):
    """A stable name for programs, with the sentence of a problem in Chinese and in English."""

    FIGURE_UNKNOWN = (
        "figure_unknown",
        "规则集中没有“{place}”这一处数值",
        "the ruleset has no figure at `{place}`",
    )
    FIGURE_FIELD_UNKNOWN = "figure_field_unknown", "没有“{field}”这一栏", "there is no field `{field}`"
    FIGURE_VALUE_UNREADABLE = "figure_value_unreadable", "{why}", "the value can't be read: {why}"
    FIGURE_VALUE_NOT_LISTED = (
        "figure_value_not_listed",
        "没有“{given}”这个选项；可选 {options}",
        "`{given}` is no option; there are {options}",
    )
    FIGURE_CHOICE_EXPECTED = (
        "figure_choice_expected",
        "“{given}”不在可选的 {options} 之中",
        "`{given}` is none of {options}",
    )
    FIGURE_TEXT_TOO_LONG = "figure_text_too_long", "不超过 {most:,} 字", "is longer than {most:,} characters"
    FIGURE_ADDRESS_EXPECTED = (
        "figure_address_expected",
        "应为以 http:// 或 https:// 开头的网址",
        "should be an address that begins with http:// or https://",
    )
