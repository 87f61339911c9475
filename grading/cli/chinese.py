"""The command library's own texts in Chinese: titles and hints of the help, and wrong calls."""

import re
from collections.abc import Callable, Iterable
from difflib import get_close_matches
from typing import Any, Final

from pydantic import ValidationError
from typer import Abort
from typer._click.core import Command, Context
from typer._click.exceptions import (
    BadParameter,
    ClickException,
    FileError,
    MissingParameter,
    NoArgsIsHelpError,
    NoSuchOption,
    UsageError,
)
from typer._click.formatting import HelpFormatter
from typer.core import TyperGroup

from grading.cli.terminal import err

_KINDS: Final = {"file": "文件", "dir": "文件夹", "path": "路径"}
_SENTENCES: Final[tuple[tuple[str, str], ...]] = (
    (r"(?P<kind>file|dir|path) (?P<name>.+) does not exist\.", "{kind} {name} 不存在"),
    (r"(?P<kind>file|dir|path) (?P<name>.+) is a file\.", "{name} 是文件，此处应为文件夹"),
    (r"(?P<kind>file|dir|path) (?P<name>.+) is a directory\.", "{name} 是文件夹，此处应为文件"),
    (r"(?P<kind>file|dir|path) (?P<name>.+) is not readable\.", "{kind} {name} 不可读取"),
    (r"(?P<kind>file|dir|path) (?P<name>.+) is not writable\.", "{kind} {name} 不可写入"),
    (r"(?P<name>.+) is not one of (?P<choices>.+)\.", "{name} 不在可选的 {choices} 之中"),
    (
        r"(Value error, )?(?P<name>.+) does not match the formats? '%Y-%m-%d'\.",
        "{name} 应为形如 2023-09-10、日历上有的日期",
    ),
    (r"Option (?P<name>.+) requires an argument\.", "选项 {name} 后面缺少值"),
    (r"Option (?P<name>.+) requires (?P<number>\d+) arguments\.", "选项 {name} 后面应有 {number} 个值"),
    (r"Option (?P<name>.+) does not take a value\.", "选项 {name} 后面不带值"),
    (r"Argument (?P<name>.+) takes (?P<number>\d+) values\.", "参数 {name} 应有 {number} 个值"),
    (r"Got unexpected extra argument\(s\) \((?P<name>.+)\)", "多出的参数：{name}"),
)
"""Sentences of the library, each with ours."""
_VALUES: Final = {
    "int_parsing": "应为整数",
    "int_from_float": "应为整数",
    "float_parsing": "应为数字",
    "decimal_parsing": "应为数字",
    "bool_parsing": "应为 true 或 false",
    "uuid_parsing": "应为 UUID 形式的编号",
    "greater_than": "应大于 {gt}",
    "greater_than_equal": "应不小于 {ge}",
    "less_than": "应小于 {lt}",
    "less_than_equal": "应不大于 {le}",
}
"""The expected value, by the type of pydantic's error."""


class _Formatter(HelpFormatter):
    """Writes help and usage in Chinese."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _translate_titles()

    def write_usage(self, prog: str, args: str = "", prefix: str | None = None) -> None:
        super().write_usage(prog, args, "用法：" if prefix is None else prefix)


def _translate_titles() -> None:
    """Give the titles of the help, and what stands behind options, in Chinese."""
    # A command that isn't asked for help doesn't wait for what prints it.
    from typer import rich_utils

    rich_utils.ARGUMENTS_PANEL_TITLE = "参数"
    rich_utils.OPTIONS_PANEL_TITLE = "选项"
    rich_utils.COMMANDS_PANEL_TITLE = "命令"
    rich_utils.ERRORS_PANEL_TITLE = "调用有误"
    rich_utils.REQUIRED_LONG_STRING = "[必填]"
    rich_utils.DEFAULT_STRING = "[默认：{}]"
    rich_utils.ENVVAR_STRING = "[环境变量：{}]"
    rich_utils.RICH_HELP = "用法见 [blue]{command_path} {help_option}[/]"


def translate_help(command: Command) -> None:
    """Give the help of a program, and of the commands below it, in Chinese."""
    Context.formatter_class = _Formatter
    _translate_options(command)


def _translate_options(command: Command) -> None:
    """Give the options that the library adds to a command, and to those below it, their Chinese help."""
    command.options_metavar = "[选项]"
    helps = {
        "help": "显示本说明",
        "install_completion": "为当前的 shell 安装命令补全",
        "show_completion": "显示当前 shell 的命令补全脚本，供复制或修改",
    }
    with Context(command) as context:
        for option in command.get_params(context):
            if option.name in helps:
                option.help = helps[option.name]  # type: ignore[attr-defined]  # options have one, arguments never come here
    if isinstance(command, TyperGroup):
        command.subcommand_metavar = "命令 [参数]…"
        for below in command.commands.values():
            _translate_options(below)


def run(command: Command) -> Any:
    """Run a command as a program; what was called wrongly is told in Chinese and ends it with the library's exit code."""
    try:
        return command.main(standalone_mode=False)
    except NoArgsIsHelpError as error:
        error.show()
        return error.exit_code
    except ClickException as error:
        error.format_message = _fixed(sentence_of(error))  # type: ignore[method-assign]
        from typer import rich_utils

        rich_utils.rich_format_error(error)
        return error.exit_code
    except Abort:
        err.print("已中止。")
        return 1


def _fixed(sentence: str) -> Callable[[], str]:
    return lambda: sentence


def sentence_of(error: ClickException) -> str:
    """The message on a wrong call, in Chinese; the library's own where there is no translation."""
    if isinstance(error, NoSuchOption):
        return f"没有选项 {error.option_name}{_perhaps(sorted(error.possibilities or ()))}"
    if isinstance(error, MissingParameter):
        choices = error.param.get_missing_message(ctx=error.ctx) if error.param else None
        which = f"，可选 {'、'.join(choices.split()[2:])}" if choices else ""
        return f"缺少{_hint(error)}{which}"
    if isinstance(error, FileError):
        return f"不能打开文件 {error.ui_filename}：{error.message}"
    if isinstance(error, BadParameter):
        return f"{_hint(error)} 的值无效：{_value(error)}"
    unknown = re.fullmatch(r"No such command '(?P<name>.+?)'\..*", error.message, re.DOTALL)
    if unknown and isinstance(error, UsageError) and isinstance(error.cmd, TyperGroup):
        near = get_close_matches(unknown["name"], error.cmd.commands)
        return f"没有命令 {unknown['name']}{_perhaps(near)}"
    return _sentence(error.message)


def _perhaps(names: Iterable[str]) -> str:
    listed = "、".join(names)
    return f"；是否指 {listed}" if listed else ""


def _hint(error: BadParameter) -> str:
    """The option or argument, by its name."""
    kind = "选项" if error.param is not None and error.param.param_type_name == "option" else "参数"
    hint = error.param_hint or (error.param.get_error_hint() if error.param is not None else "")
    return f"{kind} {hint if isinstance(hint, str) else ' / '.join(hint)}"


def _value(error: BadParameter) -> str:
    if isinstance(error.__cause__, ValidationError):
        return "；".join(
            _VALUES[found["type"]].format(**found.get("ctx", {}))
            if found["type"] in _VALUES
            else _sentence(found["msg"])
            for found in error.__cause__.errors(include_url=False)
        )
    return _sentence(error.message)


def _sentence(text: str) -> str:
    for pattern, sentence in _SENTENCES:
        found = re.fullmatch(pattern, text.strip())
        if found:
            parts = found.groupdict()
            return sentence.format(**parts | {"kind": _KINDS.get(parts.get("kind", ""), "")})
    return text
