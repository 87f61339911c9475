"""Short boards as a sentence."""

from grading.language.short_boards import ShortBoards


def test_a_title_that_is_a_list_itself_is_told_from_those_beside_it() -> None:
    boards = ShortBoards("这 3 项", ("木工除尘", "溶剂型涂料、胶工序末端治理"), ("工序密闭",))
    assert boards.names() == "木工除尘、“溶剂型涂料、胶工序末端治理”；尚未判定：工序密闭"
    assert boards.names(1) == "木工除尘 等 3 项"
