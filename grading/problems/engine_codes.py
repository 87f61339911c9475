"""The catalogue of why the engine can't run a ruleset, and of what the rule library must never do."""

from grading.problems.reason import Sentences


class EngineCode(Sentences):
    """A stable name for programs, with the sentence of a refusal in Chinese and in English."""

    # What does not fit the rule library
    TOO_MANY_RULES = (
        "too_many_rules",
        "{where}：有 {rules} 条规则，最多 {most} 条；请拆分规则集",
        "{where}: {rules} rules, at most {most} fit; split the ruleset",
    )
    TOO_MANY_PARCELS = (
        "too_many_parcels",
        "{where}：分作 {facts} 项事实，最多 {most} 项；请拆分规则集",
        "{where}: told in {facts} facts, at most {most} fit; split the ruleset",
    )
    TOO_MANY_RULES_ON_ONE = (
        "too_many_rules_on_one",
        "{where}：{about} 的同一条件有 {amount} 条规则，最多 {most} 条",
        "{where}: {amount} rules on one condition of {about}, at most {most} fit",
    )
    TOO_MANY_CONDITIONS_AT_ONCE = (
        "too_many_conditions_at_once",
        "{where}：一项事实可同时满足 {about} 的 {amount} 个条件，最多 {most} 个",
        "{where}: one fact can meet {amount} conditions of {about} at once, at most {most} fit",
    )
    TOO_MANY_CONDITIONS = (
        "too_many_conditions",
        "{where}：{about} 有 {amount} 个条件，最多 {most} 个",
        "{where}: {amount} conditions of {about}, at most {most} fit",
    )
    TOO_MANY_OPTIONS = (
        "too_many_options",
        "{where}：读取 {about} 的 {amount} 个选项，最多 {most} 个",
        "{where}: {amount} options of {about} are read, at most {most} fit",
    )
    NAMES_SHARE_HASH = (
        "names_share_hash",
        "{where}：有两个名称的散列值相同；请给其中一项事实改名",
        "{where}: two property names share a hash; rename a fact",
    )
    FIGURE_NOT_EXACT = (
        "figure_not_exact",
        "{fact}：{figure} 取 {decimals} 位小数，超出可精确表示的整数",
        "{fact}: {figure} with {decimals} decimals is beyond exact integers",
    )
    BOUND_INCOMPARABLE = (
        "bound_incomparable",
        "{fact}：有的数值过大，不能与上限（“<…”）比较",
        "{fact}: a figure is too large to compare an upper bound with",
    )
    TOO_MANY_DECIMALS = (
        "too_many_decimals",
        "{fact}：{value} 的小数多于 {decimals} 位",
        "{fact}: {value} has more than {decimals} decimals",
    )

    # What does not fit columns
    FIGURE_NOT_ORDERED = (
        "figure_not_ordered",
        "{figure} 不能与数值比较大小",
        "{figure} is nothing to order numbers by",
    )
    LIMIT_TOO_LARGE = (
        "limit_too_large",
        "界限 {limit}（按小数位数放大后）超出列式计算能区分的范围",
        "a limit of {limit} (scaled) is beyond what columns can tell apart",
    )
    SET_TOO_LARGE = (
        "set_too_large",
        "{fact} 有 {options} 个选项，列式计算的多选项最多 {most} 个",
        "{fact} has {options} options; a column of `choices` holds {most}",
    )

    # What the rule library did and must never do
    RULES_REFUSED = (
        "rules_refused",
        "规则库拒绝 {level}：{error}",
        "the rule library refused {level}: {error}",
    )
    LIBRARY_FAILED = "library_failed", "{level}：规则库出错：{error}", "{level}: {error}"
    RULES_WRONG = (
        "rules_wrong",
        "{level}：{rules} 的规则在规则库中对 {given} 得不出应有的结论；该规则集不能用于评级",
        "{level}: of {given} the rule library does not conclude what the rules of {rules} say; this ruleset can't grade",
    )
    RULES_SILENT = (
        "rules_silent",
        "{level}：有 {rules} 条规则应触发而未触发",
        "{level}: {rules} rules did not fire that have to",
    )
    NOTHING_CONCLUDED = (
        "nothing_concluded",
        "{ruleset}：没有得出结论：{names}",
        "{ruleset}: nothing was concluded about {names}",
    )
    TOO_MANY_FACTS = (
        "too_many_facts",
        "一层的事实多于 {most:,} 项；审核数据的行数过多",
        "more than {most:,} facts in one level; the audit has too many rows",
    )
    CONCLUDED_TWICE = (
        "concluded_twice",
        "{rule}：同一结论得出两次",
        "{rule}: the same was concluded twice",
    )
