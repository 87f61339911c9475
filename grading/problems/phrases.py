"""Parts of sentences about problems that several of them share."""

from grading.problems.reason import Sentences


class Phrase(Sentences):
    """A part of a sentence."""

    NOTHING = "nothing", "", ""
    NONE = "none", "（无）", "none"
    OBJECT = "object", "对象", "an object"
    LIST = "list", "列表", "a list"
    EMPTY = "empty", "空", "empty"
    SEVERAL_VALUES = "several_values", "一组值", "several values"
    KEYS_AND_VALUES = "keys_and_values", "一组键值", "keys with values"
    BOOLEAN = "boolean", " true 或 false", "true or false"
    DAY = "day", "形如 2023-09-10 的日期", "a day like 2023-09-10"
    WHOLE_DAY = (
        "whole_day",
        "应填日期，如 2023-09-10（年、月、日齐全）",
        "give a day like 2023-09-10, with year, month and day",
    )
    TIMESTAMP = (
        "timestamp",
        "带时区的时间，如 2023-09-10T08:00:00+08:00",
        "a time with its zone like 2023-09-10T08:00:00+08:00",
    )
    UUID = "uuid", " UUID 形式的编号", "a UUID"
    NUMBER = "number", "数字", "a number"
    WHOLE_NUMBER = "whole_number", "整数", "a whole number"
    QUOTED_TEXT = "quoted_text", "文字（数字须加引号）", "a text (a number in quotes)"
    QUOTED = "quoted", "“{text}”", "`{text}`"
    WITH_ID = "with_id", "{title}（{id}）", "{id} ({title})"
    IN_UNIT = "in_unit", "（单位 {unit}）", ", in {unit}"
    AT_LEAST = "at_least", "不小于 {least}", "at least {least}"
    AT_MOST = "at_most", "不大于 {most}", "at most {most}"
    BETWEEN = "between", "在 {least} 至 {most} 之间", "at least {least} and at most {most}"
    STATE_THE_LIMIT = (
        "state_the_limit",
        '；低于检出限的请写明检出限，如 {{"below": 0.07}}',
        '; below a limit of detection, state the limit: {{"below": 0.07}}',
    )
    AN_UPPER_BOUND = (
        "an_upper_bound",
        '；上限写作 {{"below": {limit}}}',
        '; an upper bound is {{"below": {limit}}}',
    )
    PERHAPS = "perhaps", "；是否为 {names}", "; perhaps {names}"
    LIST_OF_RULESETS = (
        "list_of_rulesets",
        "；`grading ruleset list` 列出现有的规则集",
        "; `grading ruleset list` shows which there are",
    )
    UNLESS_ANSWERED_NO = "unless_answered_no", "；“{fact}”填“否”的除外", "; unless “{fact}” is answered 否"
    DIGITS_LOST = (
        "digits_lost",
        "；电子表格只保留数字的前 15 位，请把单元格设为文本格式后按证照重新填写",
        "; a spreadsheet keeps 15 digits of a number: make the cell a text and type the code again",
    )

    # What the JSON reader of Python's library finds wrong.
    JSON_VALUE = "json_value", "此处应有一个值", "a value is expected"
    JSON_NAME = "json_name", "此处应有带双引号的键", "a key in double quotes is expected"
    JSON_COLON = "json_colon", "此处应有冒号", "a colon is expected"
    JSON_COMMA = "json_comma", "此处应有逗号", "a comma is expected"
    JSON_TRAILING_COMMA = "json_trailing_comma", "末尾多了一个逗号", "there is a trailing comma"
    JSON_EXTRA = "json_extra", "结束之后还有内容", "there is more after the end"
    JSON_STRING = "json_string", "文字没有结束引号", "a text does not end"
    JSON_CONTROL = "json_control", "文字中有控制字符", "a text has a control character"
    JSON_ESCAPE = "json_escape", "反斜杠后的写法不对", "an escape is wrong"
    JSON_OTHER = "json_other", "写法不对", "it can't be read"

    # Why the operating system does not give a file.
    NO_SUCH_FILE = "no_such_file", "没有这个文件", "no such file"
    NO_PERMISSION = "no_permission", "没有读取权限", "no permission"
    IS_A_FOLDER = "is_a_folder", "这是文件夹", "it is a folder"
    SYSTEM_ERROR = "system_error", "系统错误（{name}）", "system error ({name})"

    # What columns of data files hold.
    COLUMN_OF_NUMBERS = (
        "column_of_numbers",
        "小数、整数、64 位浮点数或文本",
        "decimals, integers, 64-bit floats or texts",
    )
    COLUMN_OF_BOOLEANS = "column_of_booleans", "布尔值或文本", "booleans or texts"
    COLUMN_OF_TEXTS = "column_of_texts", "文本", "texts"
    COLUMN_OF_LISTS = "column_of_lists", "文本的列表或文本", "lists of texts, or texts"
    COLUMN_OF_DAYS = "column_of_days", "日期或文本", "dates or texts"

    # What libyaml finds wrong, with its own words, which can be looked up.
    YAML_MAPPING = "yaml_mapping", "此处不能再写“键: 值”，请看缩进和引号（{original}）", "{original}"
    YAML_KEY = "yaml_key", "缩进不对，或此处应为键（{original}）", "{original}"
    YAML_ITEM = "yaml_item", "列表的缩进不对（{original}）", "{original}"
    YAML_COLON = "yaml_colon", "缺少冒号（{original}）", "{original}"
    YAML_CHARACTER = "yaml_character", "有不能这样写的字符，如制表符、@ 或反引号（{original}）", "{original}"
    YAML_END = "yaml_end", "引号或括号没有写完（{original}）", "{original}"
    YAML_ANCHOR = "yaml_anchor", "引用的锚点没有定义（{original}）", "{original}"
    YAML_OTHER = "yaml_other", "写法不对（{original}）", "{original}"

    YAML_TAB = "yaml_tab", "缩进不能用制表符（Tab），请改用空格（{original}）", "{original}"
    YAML_WIDE_SPACE = "yaml_wide_space", "行首有全角空格或不换行空格，请改用半角空格（{original}）", "{original}"
    YAML_WIDE_MARK = (
        "yaml_wide_mark",
        "第 {line} 行有全角的“{mark}”，应为半角的“{ordinary}”（{original}）",
        "{original}; line {line} has “{mark}”, which should be “{ordinary}”",
    )

    # What a value of a ruleset's file should be, and is.
    AN_ID = (
        "an_id",
        "编号：以英文字母开头，只含英文字母、数字和下划线",
        "an id of letters, digits and underscores that begins with a letter",
    )
    A_RULESET_ID = (
        "a_ruleset_id",
        "形如 national-2020/lime 的编号，只含小写字母、数字、连字符和下划线",
        "an id like national-2020/lime",
    )
    A_PART_ID = "a_part_id", "形如 common/gates 的编号", "an id like common/gates"
    A_REGION = "a_region", "六位行政区划代码，如 610400", "a code of six digits like 610400"
    LEVELS = "levels", "等级，几个等级之间用半角逗号，如 A,B", "levels, with commas between them like A,B"
    NO_COMMAS = "no_commas", "；数字里不能写逗号：小数点用“.”，不写千分位", "; a number has no commas"
    A_MAPPING = "a_mapping", "一组键值", "a mapping"
    A_LIST = "a_list", "列表", "a list"
    A_TEXT = "a_text", "文字", "a text"
    CODE = "code", "`{text}`", "`{text}`"
    TEXT_LIKE = "text_like", "形如 {pattern} 的文字", "a text like {pattern}"
    LEAST_LENGTH = "least_length", "至少 {least} 项（字）", "at least {least} long"
    MOST_LENGTH = "most_length", "至多 {most} 项（字）", "at most {most} long"
    OR = "or", "{first} 或 {second}", "{first} or {second}"
    PUT_IN_QUOTES = "put_in_quotes", "；请加引号", "; put it in quotes"
    THERE_ARE = "there_are", "；可用 {names}", "; there are {names}"
    NOT_STATED = "not_stated", "空缺", "nothing"
    SEVERAL_OPERATORS = "several_operators", "有几个运算符：{operators}", "several operators: {operators}"
    OPERATOR_MISSING = "operator_missing", "没有运算符", "no operator"
    IN_LEVEL = "in_level", "{ruleset} 的第 {level} 层", "{ruleset}, level {level}"
    GRADE_OF = "grade_of", "{target} 的等级", "the grade of {target}"
    THE_UNIT = "the_unit", "单元", "the unit"
    CITATION = "citation", "出处", "citation"
    BASIS = "basis", "依据", "basis"
    CONFIDENCE = "confidence", "可信度", "confidence"
    REMEDY = "remedy", "整改措施", "remedy"
    WHOEVER_MEETS_THAT = (
        "whoever_meets_that",
        "满足后者要求的必然满足前者",
        "whoever meets what is asked there meets what is asked here",
    )
    LOOSER_HERE = "looser_here", "{fact} {operator} {here}，后者为 {there}", "{fact} {operator} {here}, there {there}"
    AND_ALSO = "and_also", "{first}；{second}", "{first}; {second}"
    DECLARED_IN = "declared_in", "{ruleset} 中{what}", "{what} in {ruleset}"
    OF_TYPE = "of_type", "类型为 {type}", "a {type}"
    IN_GROUP = "in_group", "属于表 {group}", "in group {group}"
    IN_NO_GROUP = "in_no_group", "不属于任何表", "in no group"
    OF_UNIT = "of_unit", "单位为 {unit}", "in {unit}"
    WITH_DECIMALS = "with_decimals", "有 {decimals} 位小数", "with {decimals} decimals"
    WITH_OPTIONS = "with_options", "选项为 {options}", "with the options {options}"
