"""What reads the same is one identifier; what nobody can read is none."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from grading.identifiers import MAX_ID, IdentifierError, normalise_id


@pytest.mark.parametrize("text", ["DA001", "1#", "喷涂车间（一）", "线1：北侧", "①号炉", "a b", "é", "𠮷野"])
def test_an_ordinary_identifier_stays_as_it_is(text: str) -> None:
    assert normalise_id(text) == (text, False)


def test_spaces_around_an_identifier_are_no_change_worth_telling() -> None:
    assert normalise_id(" DA001　") == ("DA001", False)


@pytest.mark.parametrize(
    "text",
    [
        "ＤＡ００１",
        "DA0０1",
        "DA\u200b001",
        "\ufeffDA001",
        "DA001\u200d",
        "DA\u00ad001",
        "DA\u2060001",
        "DA001\u200e",
        "DA\U000e0041001",
        "DA001\ufe0f",
        "DA\u3164001",
        "\u202eDA001",
    ],
)
def test_full_width_and_invisible_characters_are_mended_and_told(text: str) -> None:
    assert normalise_id(text) == ("DA001", True)


def test_full_width_signs_that_are_no_chinese_punctuation_are_mended() -> None:
    assert normalise_id("１＃－２") == ("1#-2", True)
    assert normalise_id("a　b") == ("a b", True)


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("", "空的"),
        ("\u200b", "看不见"),
        ("DA\n001", "换行"),
        ("DA\t001", "制表符"),
        ("DA\u2028001", "换行"),
        ("D\u0410001", "形似"),
        ("D\u0391001", "形似"),
        ("DA\ue000", "没有通用含义"),
        ("x" * (MAX_ID + 1), "不得超过"),
        *(
            (text, "不是编号")
            for text in ("合计", "小 计", "平均值", "总计：", "备注", "注：DA003 停用", "示例", "填表人: 王")
        ),
        *((text, "不是编号") for text in ("—", "/", "－", "---", "无", "不涉及", "N/A")),
    ],
)
def test_what_is_no_identifier_is_refused_with_the_reason(text: str, reason: str) -> None:
    with pytest.raises(IdentifierError, match=reason):
        normalise_id(text)


@pytest.mark.parametrize(
    "text", ["1", "DA001", "平均站", "注塑机", "无组织", "合计量仪", "例会室", "A-1", "说明书印刷线"]
)
def test_a_name_that_only_begins_like_a_total_or_a_note_is_one(text: str) -> None:
    assert normalise_id(text) == (text, False)


@given(st.text(max_size=30))
def test_a_mended_identifier_is_not_mended_again(text: str) -> None:
    try:
        mended, _ = normalise_id(text)
    except IdentifierError:
        return
    assert normalise_id(mended) == (mended, False)
