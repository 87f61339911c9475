"""What a change of grade turned on, in words."""

from api.services.campaigns.supplement import Decisive, turned_on

GATE = {("line-1", "recent_violation"): "近一年有环境违法"}
BOARD = {("line-1", "ledger"): "电子台账"}
NOTHING = Decisive({}, {})


def test_a_fall_by_a_gate_alone_names_the_gate() -> None:
    assert turned_on(NOTHING, Decisive({}, GATE), is_up=False) == "否决项：近一年有环境违法"


def test_a_fall_names_indicators_and_gates_and_no_gate_that_was_there_before() -> None:
    assert turned_on(NOTHING, Decisive(BOARD, GATE), is_up=False) == "短板：电子台账；否决项：近一年有环境违法"
    assert turned_on(Decisive({}, GATE), Decisive(BOARD, GATE), is_up=False) == "短板：电子台账"


def test_a_rise_names_what_was_made_good_and_the_gates_that_are_gone() -> None:
    assert turned_on(Decisive(BOARD, GATE), NOTHING, is_up=True) == "已补齐：电子台账；不再适用否决项：近一年有环境违法"
    assert turned_on(NOTHING, NOTHING, is_up=True) == ""
