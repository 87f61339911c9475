"""The catalogue of what `grading ruleset prove` can find, and of what it has not proven."""

from grading.problems.reason import Sentences


class ProofCode(Sentences):
    """A stable name for programs, with the sentence of a finding in Chinese and in English."""

    LEVEL_UNREACHABLE = (
        "level_unreachable",
        "没有任何审核能评为 `{level}`：{names} 不能同时满足",
        "no audit can be graded `{level}`: {names} can't hold together",
    )
    LEVEL_NOT_TOLD_APART = (
        "level_not_told_apart",
        "没有任何审核恰好评为 `{level}`：达到它的都已达到更好的等级，或因限值待核实而不能确定",
        "no audit is graded `{level}` and no better: whoever reaches it reaches a better one",
    )
    LEVEL_NOT_ORDERED = (
        "level_not_ordered",
        "有审核满足 `{better}` 却不满足 `{level}`",
        "an audit meets `{better}` but not `{level}`",
    )
    REQUIREMENT_NOT_NESTED = (
        "requirement_not_nested",
        "`{level}` 所写的要求并不都包含在 `{better}` 之中：有审核满足 `{better}` 所写的要求，却不满足：{texts}",
        "what is stated at `{level}` is not all part of `{better}`: an audit meets what `{better}` states and not: {texts}",
    )
    CRITERION_NEVER_MET = (
        "criterion_never_met",
        "没有任何审核能满足：{text}",
        "no audit can meet it: {text}",
    )
    CRITERION_NEVER_FAILS = (
        "criterion_never_fails",
        "没有任何审核会不满足：{text}",
        "no audit can fail it: {text}",
    )
    CRITERION_CONTRADICTS = (
        "criterion_contradicts",
        "达到 `{level}` 的审核都不能满足它，与 {names} 矛盾：{text}",
        "no audit that reaches `{level}` can meet it, it contradicts {names}: {text}",
    )
    SELECTION_EMPTY = (
        "selection_empty",
        "没有任何一行会被选中：{text}",
        "selects no row of any audit: {text}",
    )
    INDICATOR_NEVER_APPLIES = (
        "indicator_never_applies",
        "没有任何审核适用此项：{text}",
        "applies to no audit: {text}",
    )
    GATE_NEVER_FIRES = (
        "gate_never_fires",
        "没有任何审核会触发：{text}",
        "no audit can make it fire: {text}",
    )
    FIGURE_IDLE = (
        "figure_idle",
        "此数值无论取多少，都不改变任何审核的等级：{text}",
        "whatever this figure is, it changes the grade of no audit: {text}",
    )
    WINDOW_GAP = (
        "window_gap",
        "{first} 至 {last} 没有要求：前一期止于 {until}，下一期始于 {since}",
        "asks nothing from {first} to {last}: one window ends on {until}, the next begins on {since}",
    )
    WINDOW_ENDS = (
        "window_ends",
        "{until} 之后不再有要求，而本版本仍在施行",
        "asks nothing after {until}, while the edition is still in force",
    )
    WINDOW_OUTSIDE = (
        "window_outside",
        "有效期不在本版本施行期之内，从不起作用",
        "its window is outside the time in which the edition is in force",
    )
    EDITION_GAP = (
        "edition_gap",
        "自 {superseded} 起被替代，而本行业本地区的下一版本 {successor} 自 {effective} 起施行：其间没有版本",
        "is superseded on {superseded}, its successor {successor} takes effect on {effective}: there is none between",
    )
    EDITION_WITHOUT_SUCCESSOR = (
        "edition_without_successor",
        "自 {superseded} 起被替代，而没有本行业本地区的下一版本",
        "is superseded on {superseded}, and there is no later edition for the industry and place",
    )
    ACCEPTED_NEEDLESSLY = (
        "accepted_needlessly",
        "没有这样的发现：{finding}，{place}；请删去",
        "there is no such finding: {finding} at {place}; leave it out",
    )
    NOT_PROVEN = (
        "not_proven",
        "未能在限时内证明或否定：{question}",
        "neither proven nor refuted in time: {question}",
    )
