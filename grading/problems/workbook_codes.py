"""The catalogue of what can be wrong with a ruleset's workbook that somebody has filled in."""

from grading.problems.reason import Sentences


class RulesetWorkbookCode(Sentences):
    """A stable name for programs, with the sentence of a finding in Chinese and in English."""

    # The workbook as a whole
    WORKBOOK_UNREADABLE = "workbook_unreadable", "{why}", "{why}"
    NOT_A_RULESET_WORKBOOK = (
        "not_a_ruleset_workbook",
        "这不是 `grading ruleset workbook` 生成的规则工作簿，或其隐藏表“grading”已被删除；请重新生成一份，再把改动抄过去",
        "is no workbook of a ruleset, or its hidden sheet `grading` is gone; make a new one and copy the changes over",
    )
    WORKBOOK_LAYOUT = (
        "workbook_layout",
        "工作簿是另一版程序生成的，表格的内容与本程序写出的不同；请重新生成一份，再把改动抄过去",
        "the workbook was made by another version, which lays the ruleset out otherwise; make a new one and copy the "
        "changes over",
    )
    WORKBOOK_RULESET_UNKNOWN = (
        "workbook_ruleset_unknown",
        "工作簿是由规则集 {ruleset} 生成的，这里没有这部规则集；请用 --rulesets 指明它所在的目录",
        "the workbook was made of ruleset {ruleset}, which is not here; name its folder with --rulesets",
    )
    WORKBOOK_RULESET_UNUSABLE = (
        "workbook_ruleset_unusable",
        "工作簿是由规则集 {ruleset} 生成的，它现在不能使用：{why}",
        "the workbook was made of ruleset {ruleset}, which can't be used: {why}",
    )
    WORKBOOK_OUTDATED = (
        "workbook_outdated",
        "规则集 {ruleset} 在工作簿生成之后有改动（工作簿 {then}…，现行 {now}…）；请重新生成一份，再把改动抄过去",
        "ruleset {ruleset} has changed since the workbook was made ({then}… then, {now}… now); make a new one and copy "
        "the changes over",
    )

    # Sheets, columns, rows
    SHEET_GONE = (
        "sheet_gone",
        "工作表“{title}”不见了（已被删除，或其隐藏的首行首列已被改动）；请从原来的工作簿补回",
        "the sheet {title} is gone, or its hidden first row or column was changed; put it back from the original",
    )
    SHEET_TWICE = (
        "sheet_twice",
        "{titles} 是同一张表的几份副本；请只保留一份",
        "{titles} are copies of one sheet; keep one of them",
    )
    SHEET_FOREIGN = (
        "sheet_foreign",
        "工作表“{title}”不是规则工作簿的内容，未读取",
        "the sheet {title} is none of the workbook's and was not read",
    )
    ROWS_PARTED = (
        "rows_parted",
        "{rows} 行的内容与隐藏的首列（A 列）对不上，像是排序或复制时没有带上首列；"
        "请撤销排序，或取消隐藏首列、连同它一起排序",
        "the content of {rows} rows stands beside the code of another row, as after sorting without the hidden first column; "
        "undo it, or sort with the first column",
    )
    COLUMN_FOREIGN = (
        "column_foreign",
        "{column} 列不是规则工作簿的内容，未读取；要留下的话，请写进“说明”格",
        "the column {column} is none of the workbook's and was not read; what should stay belongs into a note's cell",
    )
    NOTE_UNREAD = (
        "note_unread",
        "“{head}”只供查看，填写的“{given}”未读取；要改请改旁边各格",
        "{head} is for reading only, “{given}” was not read; change the cells beside it",
    )
    COLUMN_GONE = (
        "column_gone",
        "“{head}”一列不见了（已被删除，或其隐藏的首行已被改动）；请从原来的工作簿补回",
        "the column {head} is gone, or its hidden first row was changed; put it back from the original",
    )
    COLUMN_TWICE = (
        "column_twice",
        "“{head}”一列出现了两次；请删去复制出来的一列",
        "the column {head} is there twice; delete the copy",
    )
    ROW_GONE = (
        "row_gone",
        "“{label}”的{rows}行不见了；请从原来的工作簿补回，要删去的请在“处理”选“停用”",
        "rows {rows} of {label} are gone; put them back from the original, and mark what is to go as retired",
    )
    ROW_TWICE = (
        "row_twice",
        "这一行与第 {first} 行编号相同，是复制出来的；新内容请写在表末“新增”以下的空行",
        "has the code of row {first}, of which it is a copy; new entries go into the empty rows at the end",
    )
    ROW_CODE_STRANGE = (
        "row_code_strange",
        "这一行隐藏的编号“{code}”不是本表的；请清除第 A 列的内容，或从原来的工作簿补回",
        "the hidden code {code} of this row is none of this sheet's; clear column A, or put the row back",
    )
    CELLS_MERGED = (
        "cells_merged",
        "{cells} 是合并的单元格，分不清各格的内容；请取消合并，逐格填写",
        "{cells} are merged, so the content of each can't be told; take the merge away and fill each in",
    )
    FIXED_CHANGED = (
        "fixed_changed",
        "“{head}”这一格原为“{was}”，不在这里改；请改回",
        "{head} was {was} and is not changed here; change it back",
    )
    FIXED_FILLED = (
        "fixed_filled",
        "这一格应空着：“{head}”只填在该项的第一行",
        "should be empty: {head} stands in the first row of the entry only",
    )
    NEW_ROW_LACKING = (
        "new_row_lacking",
        "新增的一行没有填“{head}”",
        "the new row lacks {head}",
    )
    NEW_ROWS_UNKNOWN = (
        "new_rows_unknown",
        "本表不能新增行；请清除这一行",
        "nothing can be added to this sheet; clear the row",
    )
    NOTHING_IN_CELL = (
        "nothing_in_cell",
        "“{head}”不能空着；原为“{was}”",
        "{head} can't be empty; it was {was}",
    )

    # Single cells
    DECIMAL_COMMA = (
        "decimal_comma",
        "小数点写成了逗号：“{given}”；请用“.”作小数点，不用千分位",
        "{given} has a comma for the decimal point; write a point, and nothing between thousands",
    )
    BOUND_AS_FIGURE = (
        "bound_as_figure",
        "“{given}”是检出限的写法，规则的数值只填数字；“低于”“不高于”写在“比较”格",
        "{given} is an upper bound; a figure is a number, and the comparison has a cell of its own",
    )
    WHOLE_EXPECTED = "whole_expected", "应为整数，现为“{given}”", "should be a whole number, is {given}"
    WORD_EXPECTED = (
        "word_expected",
        "“{what}”应为下列之一：{words}；现为“{given}”",
        "{what} should be one of {words}; is {given}",
    )
    YES_EXPECTED = "yes_expected", "应填“是”或空着，现为“{given}”", "should be yes or empty, is {given}"
    ID_FORM = (
        "id_form",
        "编号“{given}”应由英文字母、数字和下划线组成，形如 {example}",
        "the id {given} should be of Latin letters, digits and underscores, like {example}",
    )
    CITATION_UNKNOWN = (
        "citation_unknown",
        "“出处”表没有编号 {code}；请先在那里写一条，或改用已有的编号",
        "the sheet of citations has no {code}; write it there first, or take one that is there",
    )
    CITATION_TWICE = (
        "citation_twice",
        "出处编号 {code} 已用于另一行；请换一个编号",
        "the citation {code} is there already; take another code",
    )
    FACT_NAMED_UNKNOWN = (
        "fact_named_unknown",
        "没有名为“{given}”的填报项或计算项；请照“填报项”表的名称或编号填写{hint}",
        "there is no fact named {given}; write a label or id of the sheet of facts{hint}",
    )
    FACT_NAMED_TWICE = (
        "fact_named_twice",
        "名为“{given}”的填报项不止一个；请改填编号：{ids}",
        "several facts are named {given}; write the id: {ids}",
    )
    ENTRY_TWICE = (
        "entry_twice",
        "编号 {id} 已用于另一行；请换一个编号",
        "the id {id} is there already; take another",
    )
    OPTION_FACT_UNKNOWN = (
        "option_fact_unknown",
        "没有编号为 {fact} 的单选或多选填报项",
        "there is no choice with the id {fact}",
    )
    PAIR_LACKING = (
        "pair_lacking",
        "“{head}”的最低和最高应同时填写，且最低不大于最高",
        "{head} needs both a low and a high end, in this order",
    )
    REMEDY_WITHOUT_TEXT = (
        "remedy_without_text",
        "填了周期、费用或证据，没有写措施",
        "states time, cost or evidence of a remedy without its text",
    )

    # Figures
    VALUE_LACKING = (
        "value_lacking",
        "状态是“{state}”，却没有数值；不知道的，状态选“待核实”",
        "the state is {state}, but there is no value; the state of one that is not known is unresolved",
    )
    VALUE_THOUGH_UNRESOLVED = (
        "value_though_unresolved",
        "填了数值，状态却是“待核实”；请选“采用”或“暂定”",
        "there is a value, but its state is unresolved; choose adopted or provisional",
    )
    STATE_LACKING = (
        "state_lacking",
        "没有选“状态”：采用、暂定还是待核实",
        "states no state: adopted, provisional or unresolved",
    )
    OPERATOR_LACKING = (
        "operator_lacking",
        "没有选“比较”，如“不高于”",
        "states no comparison, like at most",
    )
    SOURCE_UNCHANGED = (
        "source_unchanged",
        "由“{was}”改为“{now}”，依据、把握、出处和说明都没有改；请写明新数值从哪里来（依据和出处，或在“出处”表补上条款、页码）",
        "was {was} and is {now}, but basis, confidence, citation and note are the same; state where it comes from, or add "
        "clause or page to the citation",
    )
    SOURCE_UNPLACED = (
        "source_unplaced",
        "依据改为“见于原文”，出处却没有条款、页码或网址；请写明在哪里看到",
        "is said to have been seen, but its citation has no clause, page or address; state where it was seen",
    )
    TEXT_WITHOUT_FIGURE = (
        "text_without_figure",
        "数值是 {figure}，要求文字里没有这个数；请把文字和数值改为一致",
        "the figure is {figure}, which the text does not say; make text and figure agree",
    )
    FIGURES_OF_SHARED = (
        "figures_of_shared",
        "写着“{same}”，又另填了数值；请写本级的要求，或清除数值",
        "says {same} and has figures of its own; write the level's own requirement, or clear them",
    )
    SHARED_WITH_NOTHING = (
        "shared_with_nothing",
        "写着“{same}”，而那一级没有要求",
        "says {same}, but that level states no requirement",
    )
    TEXT_CLEARED = (
        "text_cleared",
        "要求文字被清空，数值还在；不作要求的请写“不作要求”",
        "the text is gone and the figures are there; say that nothing is required if so",
    )
    FIGURES_OF_NOTHING = (
        "figures_of_nothing",
        "本级写着“不作要求”，又填了数值；请写要求文字，或清除数值",
        "says that nothing is asked and has figures; write the requirement, or clear them",
    )
    LEVEL_WITHOUT_FIGURE = (
        "level_without_figure",
        "写了要求文字，没有填项目和数值；原文没有数值的，填项目并把状态选“待核实”",
        "has a text and no figure; where the document has none, name the fact and choose unresolved",
    )
    LEVEL_WITHOUT_CONDITION = (
        "level_without_condition",
        "要求中的各项都删去了；不作要求的请写“不作要求”",
        "all its figures are removed; say that nothing is required if so",
    )
    INDICATOR_WITHOUT_LEVELS = (
        "indicator_without_levels",
        "各级都不作要求；要停用的请在“处理”选“停用”",
        "asks nothing at any level; mark it as retired if it is to go",
    )
    CONDITION_EMPTY = (
        "condition_empty",
        "条件中的各项都删去了；不能没有条件",
        "all its figures are removed; it needs a condition",
    )

    # Editions
    LOCAL_NEEDS_ID = (
        "local_needs_id",
        "地方版本要有自己的编号；请在“版本”表改“编号”，如 xianyang-2027/brick，或用 --id 给出",
        "a local edition needs an id of its own; change it on the sheet of the edition, or give it with --id",
    )
    LOCAL_CANNOT_REMOVE = (
        "local_cannot_remove",
        "沿用 {parent} 的地方版本不能删去它的内容（{what}）；请另立完整的版本（不加 --local）",
        "an edition that extends {parent} can't take anything of it away ({what}); make a whole edition, without --local",
    )
    LOCAL_NOT_THE_SAME = (
        "local_not_the_same",
        "只写改动的地方版本得不到工作簿上的规则（次序或删去的内容不同）；请另立完整的版本（不加 --local）",
        "an edition that states only what changed would not be the workbook's ruleset; make a whole one, without --local",
    )
    PARENT_NOT_THERE = (
        "parent_not_there",
        "地方版本要沿用 {parent}，规则集目录中没有它的文件",
        "the local edition would extend {parent}, which has no file among the rulesets",
    )

    # What is told of a workbook that is read
    CONFIDENCE_RAISED = (
        "confidence_raised",
        "把握由“{was}”改为“{now}”，出处没有改；请核对",
        "confidence was {was} and is {now} with the same citation; see that it is right",
    )
    TEXT_SAYS_OPEN = (
        "text_says_open",
        "数值已采用，要求文字里还写着“{word}”；请核对",
        "the figure is established, and its text still says {word}; see that it is right",
    )
    ID_MADE = (
        "id_made",
        "新增的“{title}”没有写编号，编号为 {id}",
        "the new {title} has no id, and is given {id}",
    )
    FACTS_DROPPED = (
        "facts_dropped",
        "停用之后没有条件再读取的填报项未写入新版本：{facts}",
        "facts that nothing reads any more are not in the new edition: {facts}",
    )
    EDITION_UNCHANGED = (
        "edition_unchanged",
        "规则有改动，版本的编号仍是 {id}：读出的是同一部规则集的新稿",
        "the rules have changed and the id is still {id}: this is a new draft of the same ruleset",
    )
