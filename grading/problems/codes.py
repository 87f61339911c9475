"""The catalogue of what can be wrong with an audit, a value or a project, and of what is read otherwise than it stands."""

from grading.problems.reason import Sentences


class ProblemCode(Sentences):
    """A stable name for programs, with the sentence of a problem in Chinese and in English."""

    # The file as a whole
    FILE_UNREADABLE = "file_unreadable", "不能读取：{why}", "can't be read: {why}"
    TOO_LARGE = "too_large", "大于 {most:,} 字节", "is larger than {most:,} bytes"
    NOT_UTF8 = "not_utf8", "不是 UTF-8 编码的文本（第 {byte:,} 字节）", "is not UTF-8 text (byte {byte:,})"
    NOT_JSON = (
        "not_json",
        "不是 JSON：第 {line} 行第 {column} 列，{fault}",
        "is not JSON: {fault} at line {line}, column {column}",
    )
    JSON_EXPECTED = (
        "json_expected",
        "不是 JSON：{fault}（第 {position} 个字符后）",
        "is not JSON: {fault} after {position} characters",
    )
    NESTED_TOO_DEEPLY = "nested_too_deeply", "嵌套层数过多", "is nested too deeply"
    NOT_AN_AUDIT = "not_an_audit", "不是审核数据", "is not an audit"

    # Objects and their keys
    OBJECT_EXPECTED = "object_expected", "应为对象", "should be an object"
    OBJECT_WITH_EXPECTED = "object_with_expected", "应为含 {keys} 的对象", "should be an object with {keys}"
    KEY_TWICE = "key_twice", "写了两次", "stands there twice"
    KEY_MISSING = "key_missing", "缺少此项", "is missing"
    KEY_UNKNOWN = "key_unknown", "没有这样的键；可用 {keys}", "unknown key; there are {keys}"

    # Texts and identifiers
    TEXT_EXPECTED = "text_expected", "应为非空的文字", "should be a text that is not empty"
    TEXTS_EXPECTED = "texts_expected", "应为文字的列表", "should be a list of texts"
    TEXT_TOO_LONG = "text_too_long", "不得超过 {most:,} 字", "is longer than {most:,} characters"
    TEXT_UNWRITABLE = "text_unwritable", "含有控制字符", "has control characters"
    TEXT_INVISIBLE = "text_invisible", "只有看不见的字符", "has only characters that can't be seen"
    ID_EMPTY = "id_empty", "编号是空的", "the id is empty"
    ID_INVISIBLE = (
        "id_invisible",
        "编号只有空格或看不见的字符",
        "the id has only spaces or characters that can't be seen",
    )
    ID_TOO_LONG = (
        "id_too_long",
        "编号有 {length:,} 个字符，不得超过 {most} 个",
        "the id has {length:,} characters, at most {most} are allowed",
    )
    ID_CONTROL_CHARACTER = (
        "id_control_character",
        "编号中有换行、制表符或控制字符（{character}）",
        "the id has a line end, tab or control character ({character})",
    )
    ID_PRIVATE_CHARACTER = (
        "id_private_character",
        "编号中有没有通用含义的字符（{character}）",
        "the id has a character without a common meaning ({character})",
    )
    ID_LOOK_ALIKE = (
        "id_look_alike",
        "编号中的“{letter}”（{character}）不是英文字母，只是与之形似；请改为英文字母",
        "`{letter}` ({character}) in the id is not a Latin letter but looks like one; write the Latin letter",
    )
    ID_NO_OBJECT = (
        "id_no_object",
        "“{given}”不是编号：汇总、示例和说明不是一个对象，请删去这一行；确有这一对象的，请填它的编号",
        "`{given}` is no id: totals, samples and notes are no object; remove them, or state the object's id",
    )
    NOTHING_STATED = (
        "nothing_stated",
        "“{given}”表示没有；没有的不填",
        "`{given}` says that there is none; leave it out then",
    )
    UNIT_ID_TWICE = "unit_id_twice", "编号“{id}”与 {other} 相同", "`{id}` is also the id of {other}"
    ROW_KEY_TWICE = (
        "row_key_twice",
        "编号“{key}”与本表第 {row} 行（从 0 数起）相同；同一张表内不得重复",
        "`{key}` is also the key of row {row}; keys of a group differ",
    )

    # Days
    DAY_EXPECTED = "day_expected", "应为形如 2023-09-10 的日期", "should be a day like 2023-09-10"
    DAY_NOT_THERE = (
        "day_not_there",
        "没有这一天：“{given}”；应填日期，如 2023-09-10",
        "`{given}` is not a day of the calendar; give one like 2023-09-10",
    )
    DAY_UNREADABLE = (
        "day_unreadable",
        "{right}；所填：“{given}”",
        "{right}; is `{given}`",
    )
    DAY_ORDER_OPEN = (
        "day_order_open",
        "{right}；所填：“{given}”；年、月、日的先后不能确定，请写四位年份并按年-月-日填写",
        "{right}; `{given}` may mean several days: write the year with four digits, then month and day",
    )
    DAY_SERIAL = (
        "day_serial",
        "{right}；所填：“{given}”；这像是电子表格的日期序号，请把单元格改为日期格式",
        "{right}; `{given}` looks like a spreadsheet's serial number of a day: format the cell as a date",
    )
    DAY_IN_FUTURE = (
        "day_in_future",
        "评定日期 {day} 晚于今天（北京时间 {today}）；应为现场核查当天或之前的日期",
        "{day} is later than today ({today} in China); it should be the day of the visit or an earlier one",
    )
    DAY_TO_COME = (
        "day_to_come",
        "评定日期 {day} 晚于今天（北京时间 {today}）：按那一天适用的要求推算，不能作为评定结论",
        "{day} is later than today ({today} in China): worked out by what applies on that day, and no assessment",
    )
    DAY_TOO_EARLY = (
        "day_too_early",
        "评定日期 {day} 过早；应为 {earliest} 至今天（北京时间 {today}）之间的日期",
        "{day} is too early; it should be from {earliest} to today ({today} in China)",
    )

    # The enterprise
    COUNTY_DIGITS = (
        "county_digits",
        "应为六位行政区划代码（GB/T 2260），如 610402",
        "should be a GB/T 2260 code of six digits",
    )
    COUNTY_UNKNOWN = (
        "county_unknown",
        "{county} 不是省、市、县的行政区划代码（GB/T 2260），如 610402",
        "{county} is no code of a province, city or county (GB/T 2260), such as 610402",
    )
    USCC_NUMBER = (
        "uscc_number",
        "统一社会信用代码应为文本，不能是数字 {given}：数字会丢失末尾几位",
        "the credit code should be a text, not the number {given}: a number loses its last digits",
    )
    USCC_SCIENTIFIC = (
        "uscc_scientific",
        "统一社会信用代码被电子表格变成了科学计数的数字“{given}”，末尾几位已丢失；请把单元格设为文本格式后按证照重新填写",
        "a spreadsheet made the credit code the number {given}, its last digits are lost; make the cell a text",
    )
    USCC_LENGTH = (
        "uscc_length",
        "统一社会信用代码应为 {wanted} 位，收到 {length} 位",
        "the credit code should have {wanted} characters, has {length}",
    )
    USCC_COUNTY = (
        "uscc_county",
        "统一社会信用代码第 3 至 8 位应为登记机关行政区划码（六位数字）",
        "characters 3 to 8 of the credit code should be the registering county's six digits",
    )
    USCC_CHARACTER = (
        "uscc_character",
        "统一社会信用代码中不应出现“{character}”：只用数字和除 I、O、S、V、Z 外的大写字母",
        "`{character}` can't stand in a credit code: digits and capital letters without I, O, S, V, Z",
    )
    USCC_CHECK_CHARACTER = (
        "uscc_check_character",
        "统一社会信用代码校验位不符：末位为“{given}”，按前 17 位计算应为“{right}”，请核对各位{lost}",
        "the credit code's check character is `{given}`, of the first 17 it should be `{right}`{lost}",
    )
    USCC_BODY_LENGTH = (
        "uscc_body_length",
        "校验位由前 {wanted} 位计算，收到 {length} 位",
        "the check character is worked out from {wanted} characters, not from {length}",
    )

    # Units and their rulesets
    UNITS_EXPECTED = "units_expected", "应为至少含一个单元的列表", "should be a list of at least one unit"
    TOO_MANY_UNITS = (
        "too_many_units",
        "有 {units:,} 个单元，最多 {most} 个",
        "has {units:,} units, at most {most} can be read",
    )
    RULESET_ID_EXPECTED = "ruleset_id_expected", "应为规则集的编号", "should be a ruleset's id"
    RULESET_UNKNOWN = "ruleset_unknown", "没有规则集“{ruleset}”{hint}", "there is no ruleset `{ruleset}`{hint}"
    RULESET_UNUSABLE = "ruleset_unusable", "规则集 {ruleset} 不能使用：{why}", "ruleset {ruleset} can't be used: {why}"
    RULESETS_UNUSABLE = "rulesets_unusable", "规则集无法用于评级：{why}", "can't be graded by its rulesets: {why}"

    # Tables
    GROUP_UNKNOWN = (
        "group_unknown",
        "规则集 {ruleset} 没有这张表；可用 {groups}",
        "is not a group of {ruleset}; there are {groups}",
    )
    ROWS_EXPECTED = "rows_expected", "应为行的列表", "should be a list of rows"
    TOO_MANY_ROWS = (
        "too_many_rows",
        "有 {rows:,} 行，最多 {most:,} 行",
        "has {rows:,} rows, at most {most:,} can be read",
    )
    TOO_FEW_ROWS = (
        "too_few_rows",
        "“{table}”至少应有 {least} 行，现有 {rows} 行；没有查明的不要写成空表{hint}",
        "“{table}” should have at least {least} rows, has {rows}; leave out a table that nobody looked into{hint}",
    )

    # Facts: where they belong
    FACT_UNKNOWN = "fact_unknown", "规则集 {ruleset} 没有这项事实", "is not a fact of {ruleset}"
    FACT_UNKNOWN_TO_ALL = (
        "fact_unknown_to_all",
        "各单元的规则集都没有这项事实",
        "is not a fact of any ruleset of this audit",
    )
    FACT_UNKNOWN_IN_GROUP = (
        "fact_unknown_in_group",
        "规则集 {ruleset} 的表 {group} 没有这项事实",
        "is not a fact of group {group} of {ruleset}",
    )
    FACT_OF_ROWS = (
        "fact_of_rows",
        "这项事实属于表的各行，应写在 {place}",
        "belongs into the rows of a table: {place}",
    )
    FACT_OF_NO_TABLE = "fact_of_no_table", "这项事实不在表中", "is not in a table"
    FACT_COMPUTED = (
        "fact_computed",
        "由 {operands} 计算得出；请改这些项",
        "is worked out from {operands}; set these",
    )

    # Waivers
    WAIVERS_EXPECTED = "waivers_expected", "应为豁免的列表", "should be a list of waivers"
    WAIVER_OF_A_GATE = (
        "waiver_of_a_gate",
        "“{gate}”是否决项，不得豁免；只有指标可以豁免",
        "`{gate}` is a gate and can't be waived; only indicators can",
    )
    WAIVER_INDICATOR_UNKNOWN = (
        "waiver_indicator_unknown",
        "规则集 {ruleset} 没有这项指标{hint}",
        "is not an indicator of {ruleset}{hint}",
    )
    EVIDENCE_TAKEN_LATER = (
        "evidence_taken_later",
        "凭证日期 {taken} 晚于评定日期 {day}；应为评定当天或之前取得的凭证",
        "the evidence was taken on {taken}, after the day of the audit, {day}",
    )
    EVIDENCE_ENDS_BEFORE = (
        "evidence_ends_before",
        "凭证有效期止于取得之前（取得日期 {taken}）",
        "the evidence ends before it was taken on {taken}",
    )
    WAIVER_ENDS_BEFORE = (
        "waiver_ends_before",
        "豁免的截止日期早于开始日期 {begin}",
        "the waiver ends before it begins on {begin}",
    )
    WAIVERS_OVERLAP = (
        "waivers_overlap",
        "与 {other} 是同一指标，且期间重叠",
        "is of the same indicator as {other}, and their periods overlap",
    )

    # Editions by place and day
    NO_EDITION = "no_edition", "没有这个行业的规则集：{industries}", "there is no ruleset of {industries}"
    INDUSTRY_MEANS_NOTHING = (
        "industry_means_nothing",
        "不知道“{given}”是哪个行业；请写行业编号、GB/T 4754 代码或名称",
        "`{given}` means no industry; give its id, a GB/T 4754 class or its name",
    )
    INDUSTRY_MEANS_SEVERAL = (
        "industry_means_several",
        "所填行业可能是 {industries}，各有规则集；请写明是哪一个",
        "the industry may be {industries}, each with rulesets of its own; say which",
    )
    NO_EDITION_IN_FORCE = (
        "no_edition_in_force",
        "{day} 这一天没有适用于企业所在地的现行版本；该行业有 {rulesets}",
        "no edition is in force on {day} where the plant lies; there are {rulesets}",
    )
    EDITIONS_TIED = (
        "editions_tied",
        "同样具体的现行版本不止一个：{rulesets}；请写明 ruleset",
        "several editions are equally local and in force: {rulesets}; name one as `ruleset`",
    )
    EDITION_NEEDS_COUNTY = (
        "edition_needs_county",
        "企业所在县（enterprise.county）未填写或不够具体，不能在 {rulesets} 中选定；请填县级代码，或写明 ruleset",
        "the plant's county (enterprise.county) is missing or too coarse to choose among {rulesets}; give it, or name one",
    )
    EDITION_OF_OTHER_INDUSTRY = (
        "edition_of_other_industry",
        "规则集 {ruleset} 不属于所填行业“{industry}”",
        "{ruleset} is not of the industry `{industry}`",
    )
    EDITION_NEEDS_REASON = (
        "edition_needs_reason",
        "最具体的现行版本是 {most_local}；改用 {ruleset} 须写明理由（ruleset_reason）",
        "the most local edition in force is {most_local}; say in `ruleset_reason` why {ruleset} is used instead",
    )

    # Facts: their values
    NOT_AS_LAST_TIME = (
        "not_as_last_time",
        "标为与上次相同，但上次没有这个值",
        "is marked as last time's value, which it is not",
    )
    BOOLEAN_EXPECTED = "boolean_expected", "应为 true 或 false，现为{given}", "should be true or false, is {given}"
    NUMBER_EXPECTED = (
        "number_expected",
        "应为数字{unit}，现为{given}{hint}",
        "should be a number{unit}, is {given}{hint}",
    )
    BOUND_TOO_LOW = (
        "bound_too_low",
        "“<{limit}”不可能：本项不小于 {least}；上限（检出限）应大于 {least}",
        "`<{limit}` can't be: it is at least {least}; an upper bound (limit of detection) should be above {least}",
    )
    NUMBER_NOT_EXACT = (
        "number_not_exact",
        "应为有限的数，至多 {digits} 位数字{unit}",
        "should be a finite number of at most {digits} digits{unit}",
    )
    NUMBER_OUT_OF_RANGE = (
        "number_out_of_range",
        "应{range}{unit}，现为 {given}",
        "should be {range}{unit}, is {given}",
    )
    NUMBER_TOO_PRECISE = (
        "number_too_precise",
        "小数多于 {places} 位；请按实测值填写，这里不作修约",
        "has more than {places} decimal places; give the value as measured, it is not rounded here",
    )
    NUMBER_TOO_LARGE = (
        "number_too_large",
        "绝对值应小于 {bound:,}{unit}",
        "should be smaller than {bound:,}{unit}, sign apart",
    )
    OPTION_EXPECTED = (
        "option_expected",
        "应为下列选项之一：{options}；现为{given}",
        "should be one of {options}; is {given}",
    )
    OPTIONS_EXPECTED = (
        "options_expected",
        "应为下列选项的列表：{options}；现为{given}",
        "should be a list of options out of {options}; is {given}",
    )
    COLUMN_TYPE = (
        "column_type",
        "的类型是 {given}；{type} 类型的事实应为{expected}",
        "is of type {given}; a fact of type {type} is read from {expected}",
    )
    OPTION_TWICE = "option_twice", "同一选项写了两次", "names an option twice"

    # Settings of a simulation
    SETTING_FORM = (
        "setting_form",
        "应形如 单元.事实=值、单元.表[行].事实=值 或 enterprise.事实=值",
        "should look like unit.fact=value, unit.group[row].fact=value or enterprise.fact=value",
    )
    SET_TWICE = "set_twice", "设了两次", "is set twice"
    UNIT_UNKNOWN = (
        "unit_unknown",
        "没有单元“{unit}”；可用 {units}",
        "there is no unit `{unit}`; there are {units}",
    )
    ENTERPRISE_HAS_NO_TABLES = (
        "enterprise_has_no_tables",
        "企业没有表；请写明单元",
        "the enterprise has no tables; name the unit",
    )
    ROW_UNKNOWN = (
        "row_unknown",
        "表 {group} 没有“{row}”这一行；可用 {rows}",
        "there is no row `{row}` in {group}; there are {rows}",
    )
    LEVEL_UNKNOWN = (
        "level_unknown",
        "没有可作为目标的等级“{level}”；可用 {levels}",
        "there is no level `{level}` to aim at; there are {levels}",
    )

    # Values of documents and requests
    VALUE_NOT_EXACT = (
        "value_not_exact",
        "不是有限的数，或位数过多",
        "is no finite number, or has too many digits",
    )
    KEY_NOT_THERE = "key_not_there", "没有这样的键", "unknown key"
    TYPE_EXPECTED = "type_expected", "应为{expected}，现为{given}", "should be {expected}, is {given}"
    LITERAL_EXPECTED = "literal_expected", "应为 {expected}，现为{given}", "should be {expected}, is {given}"
    VALUE_TOO_SMALL = "value_too_small", "应不小于 {bound}，现为{given}", "should be at least {bound}, is {given}"
    VALUE_TOO_LARGE = "value_too_large", "应不大于 {bound}，现为{given}", "should be at most {bound}, is {given}"
    VALUE_NOT_ABOVE = "value_not_above", "应大于 {bound}，现为{given}", "should be above {bound}, is {given}"
    VALUE_NOT_BELOW = "value_not_below", "应小于 {bound}，现为{given}", "should be below {bound}, is {given}"
    PATTERN_EXPECTED = (
        "pattern_expected",
        "写法不对，应形如 {pattern}，现为{given}",
        "should look like {pattern}, is {given}",
    )
    ITEMS_TOO_FEW = "items_too_few", "至少 {least} 项", "should have at least {least} items"
    VALUE_EMPTY = "value_empty", "不能为空", "should not be empty"
    VALUE_TOO_LONG = "value_too_long", "最长 {most}", "should not be longer than {most}"
    VALUE_TOO_SHORT = "value_too_short", "不得少于 {least} 字", "should have at least {least} characters"
    VALUE_INVALID = "value_invalid", "写法不对，现为{given}", "can't be read: {given}"
    VALUE_REFUSED = "value_refused", "{why}", "{why}"

    # A proposed project
    PROJECT_FACT_UNKNOWN = (
        "project_fact_unknown",
        "没有这样的事实；可以是 {facts}",
        "there is no such fact; there are {facts}",
    )
    INDUSTRY_UNKNOWN = (
        "industry_unknown",
        "没有这样的行业：{industry}{hint}；重点行业以外的写 {others}",
        "there is no industry `{industry}`{hint}; write {others} for one outside the key industries",
    )
    RULESET_OF_OTHER_INDUSTRY = (
        "ruleset_of_other_industry",
        "规则集 {ruleset} 不属于项目的行业 {industry}",
        "ruleset {ruleset} is not of the project's industry {industry}",
    )

    # What is read otherwise than it stands there
    INVISIBLE_REMOVED = (
        "invisible_removed",
        "去掉了看不见的字符，读作“{read}”（原文 {given}）",
        "read without characters that can't be seen: `{read}` (given {given})",
    )
    ID_NORMALISED = (
        "id_normalised",
        "编号按规范写法读作“{read}”（原文 {given}）",
        "the id is read in its usual spelling: `{read}` (given {given})",
    )
    USCC_NORMALISED = (
        "uscc_normalised",
        "统一社会信用代码“{given}”已按规范写法读作 {read}",
        "the credit code `{given}` is read as {read}",
    )


DAY_CODES = frozenset(
    {
        ProblemCode.DAY_NOT_THERE,
        ProblemCode.DAY_UNREADABLE,
        ProblemCode.DAY_ORDER_OPEN,
        ProblemCode.DAY_SERIAL,
    }
)
"""Reasons why a text is no day; their sentences also say what would be right."""
VALUE_CODES = frozenset(
    {
        ProblemCode.BOOLEAN_EXPECTED,
        ProblemCode.NUMBER_EXPECTED,
        ProblemCode.BOUND_TOO_LOW,
        ProblemCode.NUMBER_NOT_EXACT,
        ProblemCode.NUMBER_OUT_OF_RANGE,
        ProblemCode.NUMBER_TOO_PRECISE,
        ProblemCode.NUMBER_TOO_LARGE,
        ProblemCode.OPTION_EXPECTED,
        ProblemCode.OPTIONS_EXPECTED,
        ProblemCode.OPTION_TWICE,
        ProblemCode.DAY_EXPECTED,
        *DAY_CODES,
    }
)
"""Faults of a fact's value itself, rather than of its place or of what stands beside it."""
