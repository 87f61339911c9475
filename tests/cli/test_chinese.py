"""What is called wrongly is told in Chinese, as all that the command says is; exit codes stay those of the library."""

import sys

import pytest

from grading.cli.main import main


def said(arguments: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> tuple[int, str]:
    """Exit code, and all that was printed, without its frame and line ends."""
    monkeypatch.setattr(sys, "argv", ["grading", *arguments.split()])
    with pytest.raises(SystemExit) as ended:
        main()
    printed = capsys.readouterr()
    code = ended.value.code
    return (code if isinstance(code, int) else 0), " ".join((printed.out + printed.err).replace("│", " ").split())


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        ("grade", "缺少参数 '审核文件…'"),
        ("grade --nope x.json", "没有选项 --nope"),
        ("gaps --tagret B x.json", "没有选项 --tagret；是否指 --target"),
        ("grad x.json", "没有命令 grad；是否指 grade"),
        ("ruleset chekc", "没有命令 chekc；是否指 check"),
        ("batch nowhere.json", "参数 '文件' 的值无效：文件 'nowhere.json' 不存在"),
        ("batch rulesets", "'rulesets' 是文件夹，此处应为文件"),
        ("gaps x.json --target", "选项 '--target' 后面缺少值"),
        ("grade --trial=yes x.json", "选项 '--trial' 后面不带值"),
        ("serve --port many", "选项 '--port' 的值无效：应为整数"),
        ("serve --port 99999999", "选项 '--port' 的值无效：应不大于 65535"),
        ("ruleset schema more", "多出的参数：more"),
        (
            "policy apply x.json --on 2023-02-30",
            "选项 '--on' 的值无效：'2023-02-30' 应为形如 2023-09-10、日历上有的日期",
        ),
    ],
)
def test_what_is_called_wrongly_is_told_in_chinese_and_ends_with_2(
    arguments: str, sentence: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    code, printed = said(arguments, monkeypatch, capsys)
    assert code == 2
    assert sentence in printed


def test_the_help_is_chinese_to_its_titles(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    code, printed = said("gaps --help", monkeypatch, capsys)
    assert code == 0
    for word in ("用法：", "[选项]", "参数", "[必填]", "显示本说明"):
        assert word in printed
    assert not {"Usage", "Options", "Arguments", "Show"} & set(printed.replace(":", " ").split())
