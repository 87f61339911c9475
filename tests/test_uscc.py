"""The unified social credit code of GB 32100-2015."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from grading.uscc import ALPHABET, check_character, checked, is_valid

KNOWN = ("91350100M000100Y43", "91610404MA7D2P8L3F", "91610423719753468C")
"""The first is the standard's own example."""
BODIES = st.builds(
    lambda head, county, rest: head + county + rest,
    st.text(ALPHABET, min_size=2, max_size=2),
    st.from_regex(r"[0-9]{6}", fullmatch=True),
    st.text(ALPHABET, min_size=9, max_size=9),
)


@pytest.mark.parametrize("code", KNOWN)
def test_a_right_code_is_right(code: str) -> None:
    assert checked(code) == code


def test_the_check_character_counts_modulo_31_with_weights_that_are_powers_of_3() -> None:
    weights = (1, 3, 9, 27, 19, 26, 16, 17, 20, 29, 25, 13, 8, 24, 10, 30, 28)
    body = KNOWN[0][:-1]
    total = sum(weight * ALPHABET.index(character) for weight, character in zip(weights, body, strict=True))
    assert check_character(body) == ALPHABET[-total % 31] == "3"


@given(BODIES, st.integers(0, 17), st.sampled_from(ALPHABET))
def test_a_single_wrong_character_is_always_found(body: str, place: int, other: str) -> None:
    code = body + check_character(body)
    spoilt = code[:place] + other + code[place + 1 :]
    assert is_valid(code)
    assert is_valid(spoilt) == (spoilt == code)


@given(BODIES, st.integers(0, 16))
def test_two_neighbours_that_changed_places_are_always_found(body: str, place: int) -> None:
    code = body + check_character(body)
    swapped = code[:place] + code[place + 1] + code[place] + code[place + 2 :]
    assert is_valid(swapped) == (swapped == code)


@pytest.mark.parametrize(
    ("code", "said"),
    [
        ("", "应为 18 位，收到 0 位"),
        (KNOWN[0][:-1], "应为 18 位，收到 17 位"),
        (KNOWN[0].lower(), "不应出现“m”"),
        ("91350100I000100Y43", "不应出现“I”"),
        ("91X50100M000100Y43", "第 3 至 8 位应为登记机关行政区划码"),
        ("91350100M000100Y44", "末位为“4”，按前 17 位计算应为“3”"),
    ],
)
def test_a_wrong_code_is_refused_with_what_would_be_right(code: str, said: str) -> None:
    with pytest.raises(ValueError, match=said):
        checked(code)


def test_only_seventeen_places_have_a_check_character() -> None:
    with pytest.raises(ValueError, match="前 17 位"):
        check_character("9135")
