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
    NUMBER = "number", "数字", "a number"
    WHOLE_NUMBER = "whole_number", "整数", "a whole number"
    QUOTED_TEXT = "quoted_text", "文字（数字须加引号）", "a text (a number in quotes)"
    QUOTED = "quoted", "“{text}”", "`{text}`"
    IN_UNIT = "in_unit", "（单位 {unit}）", ", in {unit}"
    AT_LEAST = "at_least", "不小于 {least}", "at least {least}"
    AT_MOST = "at_most", "不大于 {most}", "at most {most}"
    BETWEEN = "between", "在 {least} 至 {most} 之间", "at least {least} and at most {most}"
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
