"""The catalogue of why the engine can't run a ruleset, and of what the rule library must never do."""

from grading.problems.reason import Sentences


class EngineCode(Sentences):
    """A stable name for programs, with the sentence of a refusal in Chinese and in English."""

    # What does not fit the rule library
    TOO_MANY_RULES = (
        "too_many_rules",
        "{where}：有 {rules} 条规则，最多 {most} 条；请拆分维度",
        "{where}: {rules} rules, at most {most} fit; split the dimension",
    )
    TOO_MANY_PROPERTIES = (
        "too_many_properties",
        "{where}：有 {properties} 项事实和结论，过多；请拆分维度",
        "{where}: {properties} facts and conclusions are too many; split the dimension",
    )
    JOIN_TOO_LONG = (
        "join_too_long",
        "{where}：{rule} 涉及 {facts} 项事实，最多 {most} 项",
        "{where}: {rule} joins {facts} facts, at most {most} fit",
    )
    TOO_MANY_ALTERNATIVES = (
        "too_many_alternatives",
        "{where}：{rule} 的备选条件多于 {most} 个",
        "{where}: {rule} has more than {most} alternatives",
    )
    ALTERNATIVES_AMBIGUOUS = (
        "alternatives_ambiguous",
        "{where}：同一事实可同时满足 {rule} 的两个备选条件，规则会触发两次",
        "{where}: one fact could pass two alternatives of {rule}, which would fire twice",
    )
    TOO_MANY_RULES_ON_ONE = (
        "too_many_rules_on_one",
        "{where}：有 {rules} 条规则读取 {property}，最多 {most} 条",
        "{where}: {rules} rules read {property}, at most {most} fit",
    )
    TOO_MANY_CONDITIONS_AT_ONCE = (
        "too_many_conditions_at_once",
        "{where}：一项事实可同时满足 {property} 的 {conditions} 个条件，最多 {most} 个",
        "{where}: one fact can meet {conditions} conditions on {property} at once, at most {most} fit",
    )
    TOO_MANY_CONDITIONS = (
        "too_many_conditions",
        "{where}：{property} 有 {conditions} 个条件，最多 {most} 个",
        "{where}: {conditions} conditions on {property}, at most {most} fit",
    )
    TOO_MANY_OPTIONS = (
        "too_many_options",
        "{where}：读取 {property} 的 {options} 个选项，最多 {most} 个",
        "{where}: {options} options of {property} are read, at most {most} fit",
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
    TOO_MANY_DECIMALS = (
        "too_many_decimals",
        "{fact}：{value} 的小数多于 {decimals} 位",
        "{fact}: {value} has more than {decimals} decimals",
    )
    SET_TOO_LARGE = (
        "set_too_large",
        "{fact} 有 {options} 个选项，列式计算的多选项最多 {most} 个",
        "{fact} has {options} options; a column of `choices` holds {most}",
    )

    # What the rule library did and must never do
    RULES_REFUSED = (
        "rules_refused",
        "规则库拒绝 {module}：{error}",
        "the rule library refused {module}: {error}",
    )
    LIBRARY_FAILED = "library_failed", "{module}：规则库出错：{error}", "{module}: {error}"
    FACT_REFUSED = (
        "fact_refused",
        "{module}：规则库拒绝一项事实（代码 {code}）：{refused}",
        "{module}: the rule library refused a fact with code {code}: {refused}",
    )
    RULE_SILENT = (
        "rule_silent",
        "{module}：规则 {rule} 在规则库中不触发；该规则集不能用于评级",
        "{module}: the rule for {rule} does not fire in the rule library; this ruleset can't grade",
    )
    NOTHING_CONCLUDED = (
        "nothing_concluded",
        "{ruleset}：没有得出结论：{names}",
        "{ruleset}: nothing was concluded about {names}",
    )
    TOO_MANY_FACTS = (
        "too_many_facts",
        "一个模块的事实多于 {most:,} 项；审核数据的行数过多",
        "more than {most:,} facts in one module; the audit has too many rows",
    )
    CONCLUDED_OTHERWISE = (
        "concluded_otherwise",
        "{rule}：得出 {value}，与先前规则的结论不同",
        "{rule}: concluded {value} after another rule said otherwise",
    )
    CONCLUDED_TWICE = (
        "concluded_twice",
        "{rule}：由审核数据的事实两次得出结论",
        "{rule}: concluded twice from facts of the audit",
    )
