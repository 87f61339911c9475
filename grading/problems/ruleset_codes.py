"""The catalogue of what can be wrong with the files of rulesets, their cases, policies and registers."""

from grading.problems.reason import Sentences


class RulesetCode(Sentences):
    """A stable name for programs, with the sentence of a finding in Chinese and in English."""

    # The file as a whole
    FILE_UNREADABLE = "file_unreadable", "不能读取：{why}", "cannot be read: {why}"
    FILE_TOO_LARGE = "file_too_large", "大于 {most:,} 字节", "is larger than {most:,} bytes"
    NOT_UTF8 = "not_utf8", "不是 UTF-8 编码的文本（第 {byte} 字节）", "is not UTF-8 text (byte {byte})"
    NOT_YAML = "not_yaml", "不能读作 YAML：{fault}", "is not YAML: {fault}"
    FILE_EMPTY = "file_empty", "是空的", "is empty"
    NESTED_TOO_DEEPLY = "nested_too_deeply", "嵌套超过 {most} 层", "is nested deeper than {most} levels"
    NO_PLAIN_KEY = "no_plain_key", "有的键不是单个名称", "has a key that is not a plain name"
    KEY_TWICE = "key_twice", "键 `{key}` 重复，首次在第 {line} 行", "duplicate key `{key}`, first on line {line}"
    NO_SUCH_DAY = "no_such_day", "没有 `{text}` 这一天", "`{text}` is not a day of the calendar"

    # Keys and types
    KEY_UNKNOWN = "key_unknown", "没有这样的键{hint}", "unknown key{hint}"
    KEY_MISPLACED = "key_misplaced", "这个键不能写在这里{hint}", "can't stand here{hint}"
    KEY_MISSING = "key_missing", "缺少此项", "is missing"
    MAPPING_EXPECTED = "mapping_expected", "应为一组键值", "should be a mapping"
    CASES_EXPECTED = "cases_expected", "应为用例的列表", "should be a list of cases"
    CONDITION_FORM = (
        "condition_form",
        "不是条件：应有 {forms} 之一",
        "is no condition: it needs one of {forms}",
    )
    OTHER_EXPECTED = "other_expected", "应为{expected}，现为 {given}{hint}", "should be {expected}, is {given}{hint}"
    VALUE_REFUSED = "value_refused", "{why}", "{why}"

    # Ids and what a file is made of
    ID_TWICE = "id_twice", "编号 `{id}` 重复，首次在第 {line} 行", "duplicate id `{id}`, first on line {line}"
    ID_ELSEWHERE = (
        "id_elsewhere",
        "写的是 `{id}`，按文件位置应为 `{expected}`",
        "is `{id}` but the file's place says `{expected}`",
    )
    DRAFT_ID_FORM = (
        "draft_id_form",
        "应形如 `<版本>/<行业>`；`common` 用于公共部分",
        "should be `<edition>/<industry>`; `common` is for parts",
    )
    EXTENDS_ITSELF = "extends_itself", "沿用成了环：{circle}", "extends itself: {circle}"
    PART_TWICE = (
        "part_twice",
        "公共部分 `{part}` 写了两次；后一次会盖掉两处之间的内容，请删去一处",
        "names the part `{part}` twice: the second covers what stands between them; leave one out",
    )
    RULESET_UNKNOWN = "ruleset_unknown", "没有规则集 `{ruleset}`", "there is no ruleset `{ruleset}`"
    PART_UNKNOWN = "part_unknown", "没有公共部分 `{part}`", "there is no part `{part}`"
    HEAD_LACKING = (
        "head_lacking",
        "缺少 {names}，所沿用的规则集也没有",
        "lacks {names} and extends nothing that has it",
    )
    SCALE_UNKNOWN = (
        "scale_unknown",
        "没有等级序列 `{scale}`；可用 {scales}",
        "there is no scale `{scale}`; there are {scales}",
    )
    DIMENSION_UNKNOWN = (
        "dimension_unknown",
        "没有维度 `{dimension}`{hint}",
        "there is no dimension `{dimension}`{hint}",
    )
    SUPERSEDED_TOO_EARLY = (
        "superseded_too_early",
        "取代日 {superseded} 不在施行日 {effective} 之后",
        "is superseded on {superseded}, not after it takes effect on {effective}",
    )
    REVIEWED_UPLOAD = (
        "reviewed_upload",
        "上传的是草案；审定在系统中进行",
        "an upload is a draft; what was reviewed is signed off in the service",
    )
    REVIEW_UNSIGNED = (
        "review_unsigned",
        "已审定的版本应写明 `reviewer` 和 `on`",
        "a reviewed edition names `reviewer` and `on`",
    )

    # Scales and levels
    STANDING_NOT_WORSE = (
        "standing_not_worse",
        "次序 {standing} 应大于更好的等级 `{better}` 的 {above}；1 为最好",
        "standing {standing} should be above {above}, that of the better level `{better}`; 1 is best",
    )
    STANDING_DIFFERS = (
        "standing_differs",
        "`{level}` 在另一等级序列中的次序是 {elsewhere}；等级按编号比较",
        "standing of `{level}` is {elsewhere} in another scale; levels compare by their ids",
    )
    LEVEL_TWICE = "level_twice", "等级 `{level}` 重复", "duplicate level `{level}`"
    LEVEL_UNKNOWN = (
        "level_unknown",
        "{of} 没有等级 `{level}`；可用 {levels}",
        "`{level}` is no level of {of}; there are {levels}",
    )
    NO_SUCH_LEVEL = "no_such_level", "没有等级 `{level}`", "there is no level `{level}`"
    LEVEL_IS_FLOOR = (
        "level_is_floor",
        "`{level}` 是最低等级，没有条件；请删去",
        "`{level}` is the floor of the scale and has no conditions; leave it out",
    )
    LEVEL_STATED = (
        "level_stated",
        "等级 `{level}` 已写在 `{key}` 下",
        "level `{level}` is already stated under `{key}`",
    )
    LEVELS_ALIKE = (
        "levels_alike",
        "等级 `{level}` 与 `{worse}` 的要求处处相同，也没有否决项区分二者",
        "level `{level}` asks for the same as `{worse}` everywhere, and no gate tells them apart",
    )
    LEVEL_UNCONDITIONED = (
        "level_unconditioned",
        "没有任何指标对等级序列 `{scale}` 的等级 `{level}` 提出条件",
        "no indicator has conditions for level `{level}` of scale `{scale}`",
    )
    LEVEL_UNCONDITIONED_FROM = (
        "level_unconditioned_from",
        "自 {day} 起没有任何指标对等级 `{level}` 提出条件：都不在其适用期内",
        "no indicator has conditions for level `{level}` from {day}: all are outside their windows",
    )
    LEVEL_EASIER = (
        "level_easier",
        "等级 `{level}` 比 `{worse}` 更容易达到：{why}",
        "level `{level}` is easier than `{worse}`: {why}",
    )
    CAP_BINDS_NOBODY = (
        "cap_binds_nobody",
        "以最好的等级 `{level}` 为上限不起作用",
        "a cap at `{level}`, the best level, binds nobody",
    )

    # Facts, groups and computed facts
    GROUP_UNKNOWN = "group_unknown", "没有表 `{group}`{hint}", "there is no group `{group}`{hint}"
    NOT_YES_OR_NO = (
        "not_yes_or_no",
        "`{fact}` 不是单元的是非项",
        "`{fact}` is no yes-or-no fact of the unit",
    )
    ID_RESERVED = (
        "id_reserved",
        "`{id}` 是评定日期；请换一个编号",
        "`{id}` is the day of the audit; take another id",
    )
    ID_IS_KEY = (
        "id_is_key",
        "`{id}` 是表 `{group}` 的编号列，不用声明；请换一个编号",
        "`{id}` is the key of group `{group}` and needs no declaration; take another id",
    )
    ID_OF_FACT = "id_of_fact", "编号 `{id}` 重复：已有这项事实", "duplicate id `{id}`: a fact has it too"
    GROUP_WITHOUT_FACTS = (
        "group_without_facts",
        "{ruleset} 的表 `{group}` 除编号列外没有事实",
        "group `{group}` has no facts beside its key in {ruleset}",
    )
    LEAST_ROWS_UNSTATED = (
        "least_rows_unstated",
        "没有写明至少有几行；可以是空表的写 `at_least_rows: 0`",
        "says nothing of how many rows there are at least; `at_least_rows: 0` where it may be empty",
    )
    CHANGED_BY_UNSTATED = (
        "changed_by_unstated",
        "没有写明它由什么改变；`changed_by` 写 {one_of} 之一",
        "says nothing of what changes it; `changed_by` is one of {one_of}",
    )
    RANGE_BEYOND_NUMBERS = (
        "range_beyond_numbers",
        "`{end}: {value}` 超出能读入的数：绝对值须小于 {bound}",
        "`{end}: {value}` reaches beyond the numbers that are read: they are smaller than {bound}, sign apart",
    )
    FACT_UNREAD = (
        "fact_unread",
        "{ruleset} 中没有任何条件或计算项用到事实 `{fact}`",
        "fact `{fact}` is read by no condition and no computed fact of {ruleset}",
    )
    COMPUTED_UNREAD = (
        "computed_unread",
        "{ruleset} 中没有任何条件或计算项用到计算项 `{fact}`",
        "computed fact `{fact}` is read by no condition and no computed fact of {ruleset}",
    )
    FACT_UNKNOWN = "fact_unknown", "没有事实 `{fact}`{hint}", "there is no fact `{fact}`{hint}"
    FACT_IS_KEY = (
        "fact_is_key",
        "`{fact}` 是表 `{group}` 的编号列；它只标明行，不能比较",
        "`{fact}` is the key of group `{group}`; it names rows and can't be compared",
    )
    FACT_OF_OTHER_ROWS = (
        "fact_of_other_rows",
        "`{fact}` 属于表 `{group}` 的行，不属于 `{row}` 的行",
        "`{fact}` belongs to the rows of `{group}`, not to those of `{row}`",
    )
    FACT_OF_ROWS = (
        "fact_of_rows",
        "`{fact}` 属于表 `{group}` 的行；请写在 `each` 或 `some: {group}` 之内",
        "`{fact}` belongs to the rows of `{group}`; read it inside `each` or `some: {group}`",
    )
    FACT_DECLARED_OTHERWISE = (
        "fact_declared_otherwise",
        "`{fact}` 的声明与别处不同：{differences}",
        "`{fact}` is declared otherwise: {differences}",
    )
    OPTIONS_MISSING = "options_missing", "{type} 类型须有选项", "a {type} needs options"
    OPTIONS_NOT_TAKEN = "options_not_taken", "{type} 类型没有选项", "a {type} has no options"
    RANGE_NOT_TAKEN = (
        "range_not_taken",
        "{type} 类型没有单位、min 或 max",
        "a {type} has no unit, min or max",
    )
    SYNONYMS_NOT_TAKEN = "synonyms_not_taken", "{type} 类型没有同义词", "a {type} has no synonyms"
    SYNONYM_OF_NO_OPTION = "synonym_of_no_option", "没有选项 `{option}`{hint}", "there is no option `{option}`{hint}"
    SYNONYM_AMBIGUOUS = (
        "synonym_ambiguous",
        "“{word}”也是 `{option}` 的说法；一个同义词只能代表一个选项",
        "“{word}” means `{option}` too; a synonym stands for one option alone",
    )
    OPTION_LABEL_TWICE = (
        "option_label_twice",
        "“{label}”也是选项 `{option}` 的名称或编号，填表时分不清；请改为不同的名称",
        "“{label}” is also the label or code of the option `{option}`; nobody could tell them apart in a form",
    )
    FACT_LABEL_TWICE = (
        "fact_label_twice",
        "“{label}”也是 `{fact}` 的名称，填表时分不清；请改为不同的名称",
        "“{label}” is also the label of `{fact}`; nobody could tell them apart in a form",
    )
    UNIT_UNKNOWN = "unit_unknown", "不认识单位 `{unit}`{hint}", "the unit `{unit}` is not known{hint}"
    UNITS_DIFFER = (
        "units_differ",
        "`{computed}` 的单位是 {unit}，所读的 `{fact}` 是 {other}；{operation} 不换算单位，请改为一致",
        "`{computed}` is in {unit}, `{fact}`, which it reads, in {other}; {operation} converts nothing, let them agree",
    )
    SYNONYM_NEEDLESS = (
        "synonym_needless",
        "“{word}”不必写：它本来就是 `{option}`",
        "“{word}” needs no mention: it already means `{option}`",
    )
    MIN_ABOVE_MAX = "min_above_max", "min 大于 max", "min is above max"
    ONE_OPERATION = (
        "one_operation",
        "计算项应恰有一种运算：{operations}",
        "a computed fact has exactly one of {operations}",
    )
    OPERAND_IS_DATE = (
        "operand_is_date",
        "`assessed_on` 是日期；{operation} 用于数字",
        "`assessed_on` is a date; {operation} takes numbers",
    )
    OPERAND_OF_OTHER_TYPE = (
        "operand_of_other_type",
        "`{fact}` 的类型是 {type}；{operation} 用于 {wanted}",
        "`{fact}` is a {type}; {operation} takes {wanted}s",
    )
    OPERAND_OF_OTHER_ROWS = (
        "operand_of_other_rows",
        "`{fact}` 属于表 `{group}` 的行，本计算项属于表 `{own}`；只能用同一行和单元的事实",
        "`{fact}` belongs to the rows of `{group}`, this computed fact is one of group `{own}`; "
        "it reads facts of the same row and of the unit",
    )
    OPERAND_OF_ROWS = (
        "operand_of_rows",
        "`{fact}` 属于表 `{group}` 的行，本计算项属于单元；只能用单元的事实",
        "`{fact}` belongs to the rows of `{group}`, this computed fact is one of the unit; "
        "it reads facts of the unit only",
    )
    OPERAND_IS_NUMBER = (
        "operand_is_number",
        "days_between 用于两个日期，不能是数字",
        "days_between takes two dates, not a number",
    )
    DIVIDES_BY_ZERO = "divides_by_zero", "除数为零，结果永远未知", "divides by zero, so it is always unknown"
    OXYGEN_TOO_HIGH = (
        "oxygen_too_high",
        "应低于 {most} %，即空气中的含氧量",
        "should be below {most} %, the share of oxygen in air",
    )
    COMPUTED_IN_CIRCLE = (
        "computed_in_circle",
        "计算项互相引用成环：{circle}",
        "computed facts read each other in a circle: {circle}",
    )

    # Conditions
    ONE_OPERATOR = (
        "one_operator",
        "{given}；比较应恰有一个运算符：{operators}",
        "{given}; a comparison has exactly one of {operators}",
    )
    TOO_FEW_CONDITIONS = (
        "too_few_conditions",
        "at_least_of 要求 {least} 项，只列了 {there} 项条件",
        "at_least_of asks for {least} of {there} conditions",
    )
    NEVER_THERE = (
        "never_there",
        "永不适用：until {until} 早于 from {since}",
        "is never there: until {until} is before from {since}",
    )
    ROWS_NESTED = (
        "rows_nested",
        "`{word}` 写在对 `{row}` 的 `each` 或 `some` 之内；二者不能嵌套",
        "`{word}` stands inside `each` or `some` over `{row}`; they do not nest",
    )
    SAID_TWICE = "said_twice", "与 {other} 相同", "says the same as {other}"
    OPERATOR_OF_OTHER_TYPE = (
        "operator_of_other_type",
        "`{fact}` 的类型是 {type}；可用的比较是 {operators}",
        "`{fact}` is a {type}; it is compared with {operators}",
    )
    EMPTY_LIST = "empty_list", "是空的列表；至少写一个值", "is an empty list; name at least one value"
    VALUE_TWICE = "value_twice", "`{value}` 写了两次", "names `{value}` twice"
    NOT_A_BOOLEAN = (
        "not_a_boolean",
        "`{fact}` 的类型是 boolean，应写 true 或 false，现为 `{value}`",
        "`{fact}` is a boolean; `{value}` is neither true nor false",
    )
    NOT_A_DAY = (
        "not_a_day",
        "`{fact}` 是日期，应写形如 2023-09-10 的日期（不加引号），现为 `{value}`",
        "`{fact}` is a date; `{value}` is not a day like 2023-09-10",
    )
    NOT_AN_OPTION = (
        "not_an_option",
        "`{fact}` 没有选项 `{value}`{hint}",
        "`{value}` is no option of `{fact}`{hint}",
    )
    NOT_A_NUMBER = (
        "not_a_number",
        "`{fact}` 是数字，应写不带引号、单位和符号的数字，现为 `{value}`",
        "`{fact}` is a number; `{value}` is none",
    )
    FIGURE_TOO_PRECISE = (
        "figure_too_precise",
        "{value} 的小数多于 `{fact}` 的 {decimals} 位；请给该事实写 `decimals: {places}`",
        "{value} has more than the {decimals} decimals of `{fact}`; give the fact `decimals: {places}`",
    )
    FIGURE_TOO_PRECISE_FOR_COMPUTED = (
        "figure_too_precise_for_computed",
        "{value} 的小数多于 `{fact}` 的 {decimals} 位；计算项至多这么多位",
        "{value} has more than the {decimals} decimals of `{fact}`; a computed fact has no more",
    )
    FIGURE_BELOW_LEAST = (
        "figure_below_least",
        "{value} 小于 `{fact}` 的最小值 {least}",
        "{value} is below {least}, the least that `{fact}` can be",
    )
    FIGURE_ABOVE_MOST = (
        "figure_above_most",
        "{value} 大于 `{fact}` 的最大值 {most}",
        "{value} is above {most}, the most that `{fact}` can be",
    )
    ALWAYS_MET = (
        "always_met",
        "`{fact}` 的任何值都满足；只要求该值已知",
        "every value of `{fact}` meets this; it only asks that the value is known",
    )
    NEVER_MET = "never_met", "`{fact}` 没有任何值能满足", "no value of `{fact}` meets this"

    # Where figures come from
    RENAMED_FROM_PRESENT = (
        "renamed_from_present",
        "`{indicator}` 仍是本规则集的指标，所以不是改名",
        "`{indicator}` is still an indicator of this ruleset, so it was not renamed",
    )
    LACKING = "lacking", "缺少{what}（`{name}`）", "has no {what} (`{name}`)"
    LACKING_EVERYWHERE = (
        "lacking_everywhere",
        "缺少{what}（`{name}`），指标和各等级都没有写",
        "has no {what} (`{name}`), neither the indicator nor its levels",
    )
    LACKING_IN_LEVEL = (
        "lacking_in_level",
        "缺少{what}（`{name}`），指标也没有写",
        "has no {what} (`{name}`), and neither has the indicator",
    )
    TITLE_LACKING = "title_lacking", "没有标题，以正文代替", "has no title; its text stands in for it"
    PRICE_PER_NO_ROW = (
        "price_per_no_row",
        "费用按行计，但 `{fact}` 不在任何表的行里，不知道有几个；请以 `priced_per` 写明是每什么的价格",
        "the cost is that of a row, but `{fact}` stands in none: name the piece in `priced_per`",
    )
    PRICE_OF_PIECE_IN_WORDS = (
        "price_of_piece_in_words",
        "文字说费用是“{words}”的，方案却只计一次；请写 `priced_per`，在表的行里的再写 `per_row: true`",
        "the words say that the cost is that of one piece ({words}), and plans count it once; state `priced_per`",
    )
    TEXT_LACKING = "text_lacking", "没有 text：要求的文字表述", "has no text: the requirement in words"
    ESTIMATE_COUNTS = (
        "estimate_counts",
        "估计的数值被当作已核实的；请写 `{operator}: {{provisional: …}}`",
        "an estimated figure counts as if it were established; write `{operator}: {{provisional: …}}`",
    )
    FIGURE_UNRESOLVED = (
        "figure_unresolved",
        "是 `unresolved`，试算也无法判定；有依据取暂定值时写 "
        "`{operator}: {{provisional: …}}, basis: estimated, confidence: low, note: …`",
        "is `unresolved`, so not even a trial can decide it; with a reason for a working value write "
        "`{operator}: {{provisional: …}}, basis: estimated, confidence: low, note: …`",
    )
    LOW_CONFIDENCE_COUNTS = (
        "low_confidence_counts",
        "低可信度的数值被当作已核实的；请写 `{operator}: {{provisional: …}}` 或 `{operator}: unresolved`",
        "a figure of low confidence counts as if it were established; "
        "write `{operator}: {{provisional: …}}` or `{operator}: unresolved`",
    )
    ESTIMATE_TOO_CONFIDENT = (
        "estimate_too_confident",
        "是 `estimated`，应写 `confidence: low`，而不是 {given}",
        "is `estimated`, so it says `confidence: low`, not {given}",
    )
    ESTIMATE_WITHOUT_REASON = (
        "estimate_without_reason",
        "是 `estimated` 但没有理由；请在 `basis` 旁写明依据：`note: …`",
        "is `estimated` without a reason; say beside `basis` on what it rests: `note: …`",
    )
    TEXT_STATES_OTHER_FIGURE = (
        "text_states_other_figure",
        "文字写着“{said}”，数值里没有这个数，有的是 {figures}；请对照原文，把文字和数值改为一致",
        "the text says “{said}”, which no condition does; there is {figures}: let text and figures agree",
    )
    TEXT_STATES_OTHER_UNIT = (
        "text_states_other_unit",
        "文字写着“{said}”，而比较的单位是 {unit}；请对照原文，把文字、数值和单位改为一致",
        "the text says “{said}”, the comparison is in {unit}: let text, figure and unit agree",
    )
    TEXT_STATES_OTHER_ORDER = (
        "text_states_other_order",
        "文字写着“{said}”，条件却是 `{operator}: {figure}`；请对照原文，看运算符是否写反",
        "the text says “{said}”, the condition `{operator}: {figure}`: one of the two is the wrong way round",
    )
    DAY_UNLIKELY = (
        "day_unlikely",
        "{day} 不在 {first} 至 {last} 之间，像是年份写错；请核对",
        "{day} is not from {first} to {last}: a year that was mistyped",
    )
    INDUSTRY_CODE_FORM = (
        "industry_code_form",
        "`{code}` 不是一个 GB/T 4754 代码：应为一个大写字母和 2 至 4 位数字，如 C3012；几个代码分开写",
        "`{code}` is no code of GB/T 4754: a capital and 2 to 4 digits like C3012; write several apart",
    )
    JURISDICTION_UNKNOWN = (
        "jurisdiction_unknown",
        "没有行政区划代码 `{code}`{hint}；按错误的地区，没有企业会用到本版",
        "there is no place `{code}`{hint}; no plant would be graded by the edition",
    )
    RANGE_INVERTED = (
        "range_inverted",
        "`{name}` 的下限 {low} 大于上限 {high}；应写作 [最少, 最多]",
        "`{name}` begins with {low}, which is more than {high}; write [least, most]",
    )
    SEEN_WITHOUT_CITATION = (
        "seen_without_citation",
        "是 `seen` 但没有出处；请写明：`cite: {{document: …, url: …}}`",
        "is `seen` without a citation; say where: `cite: {{document: …, url: …}}`",
    )
    SEEN_ELSEWHERE = (
        "seen_elsewhere",
        "`{fact}` 是 `seen`，但唯一的出处属于 `{other}` 的数值；请写明在何处看到：`cite: {{document: …, url: …}}`",
        "`{fact}` is `seen`, but the only citation is that of a figure that is `{other}`; "
        "say where it was seen: `cite: {{document: …, url: …}}`",
    )

    # Measures
    MEASURE_LACKING = (
        "measure_lacking",
        "没有写明 {alert} 预警时等级 `{level}` 的措施",
        "says nothing of level `{level}` in a {alert} alert",
    )
    PERCENT_UNRESOLVED = (
        "percent_unresolved",
        "是 `unresolved`；有依据取暂定值时写 `percent: {{provisional: …}}, basis: estimated, confidence: low, note: …`",
        "is `unresolved`; with a reason for a working value write "
        "`percent: {{provisional: …}}, basis: estimated, confidence: low, note: …`",
    )
    ESTIMATED_PERCENT_COUNTS = (
        "estimated_percent_counts",
        "估计的百分比被当作已核实的；请写 `percent: {{provisional: {percent}}}`",
        "an estimated percentage counts as if it were established; write `percent: {{provisional: {percent}}}`",
    )
    PERCENT_OUT_OF_RANGE = (
        "percent_out_of_range",
        "应在 0 至 100 之间，现为 {percent}",
        "should lie between 0 and 100, is {percent}",
    )
    MEASURE_WITHOUT_REASON = (
        "measure_without_reason",
        "是 `estimated` 但没有理由；请写明依据：`note: …`",
        "is `estimated` without a reason; say on what it rests: `note: …`",
    )
    PERCENT_OF_LOW_CONFIDENCE = (
        "percent_of_low_confidence",
        "可信度低；请写 `percent: {{provisional: {percent}}}` 或 `unresolved`",
        "is of low confidence; write `percent: {{provisional: {percent}}}` or `unresolved`",
    )

    # Cases
    CASE_TWICE = "case_twice", "第 {line} 行的用例也叫这个名称", "another case has this name, on line {line}"
    CASE_UNKNOWN = "case_unknown", "本文件没有用例 `{case}`", "there is no case `{case}` in this file"
    CASE_IN_CIRCLE = "case_in_circle", "用例沿用成环：{circle}", "is based on itself: {circle}"
    CASE_LEVEL_UNKNOWN = (
        "case_level_unknown",
        "没有等级 `{level}`；可用 {levels}",
        "`{level}` is no level; there are {levels}",
    )
    LEVEL_WITHOUT_CONDITIONS = (
        "level_without_conditions",
        "等级 `{level}` 没有条件；可用 {levels}",
        "`{level}` has no conditions; there are {levels}",
    )
    INDICATOR_UNKNOWN = (
        "indicator_unknown",
        "{ruleset} 没有指标 `{indicator}`",
        "there is no indicator `{indicator}` in {ruleset}",
    )
    GATE_UNKNOWN = (
        "gate_unknown",
        "没有否决项 `{gate}`；可用 {gates}",
        "there is no gate `{gate}`; there are {gates}",
    )
    NOTHING_EXPECTED = (
        "nothing_expected",
        "没有写任何预期；至少写 grade、attainable、unmet、unknown、gates 之一",
        "expects nothing; name at least one of grade, attainable, unmet, unknown, gates",
    )
    CASE_UNREADABLE = "case_unreadable", "{place}：{why}", "{place}: {why}"

    # Policies
    RULE_UNKNOWN = "rule_unknown", "没有规则 `{rule}`", "there is no rule `{rule}`"
    RULE_TWICE = "rule_twice", "编号 `{id}` 重复", "duplicate id `{id}`"
    UNTIL_BEFORE_FROM = "until_before_from", "早于 `from`", "is before `from`"
    FACT_WITHOUT_LEVELS = (
        "fact_without_levels",
        "没有等级；有等级的是 {facts}",
        "has no levels; {facts} have",
    )
    FACT_NEVER_KNOWN = (
        "fact_never_known",
        "用到 `{fact}`，而对象为 `{subject}` 的政策永远不知道它",
        "reads `{fact}`, which is never known of a policy's subject `{subject}`",
    )
    FACT_NOT_OF_POLICY = "fact_not_of_policy", "政策没有这项事实", "is not a fact of the policy"
    EFFECT_LACKING = (
        "effect_lacking",
        "{kind} 类的效力须写 {names}",
        "an effect of kind {kind} needs {names}",
    )

    # The engine
    NOT_RUNNABLE = "not_runnable", "引擎不能运行：{why}", "can't be run by the engine: {why}"
    UNFIT_FOR_ENGINE = "unfit_for_engine", "超出引擎的容量：{why}", "does not fit the engine: {why}"
