"""The sheets of what an audit states: facts, options, evidence, computed facts, tables of the form."""

from typing import Any

from grading.model.ruleset import (
    NO,
    YES,
    Computed,
    Excuse,
    Fact,
    Ruleset,
)
from grading.ruleset_workbook.columns import (
    handling_column,
    word_column,
)
from grading.ruleset_workbook.kinds import (
    FixedKind,
    IdKind,
    ItemsKind,
    Kind,
    NoteKind,
    NumberKind,
    OperandKind,
    TextKind,
    YesKind,
)
from grading.ruleset_workbook.sheets import Column, Row, Sheet
from grading.ruleset_workbook.words import (
    ANSWERS,
    CHANGED_BY,
    FACT_TYPE,
    OPERATIONS_WORDS,
)

FACTS, OPTIONS, COMPUTED, GROUPS, EVIDENCE = "facts", "options", "computed", "groups", "evidence"
LEAST_OPERANDS = 3


def facts_sheet(ruleset: Ruleset) -> Sheet:
    """The questions of the audit form."""
    columns = (
        Column("id", "编号", 24, IdKind()),
        Column("label", "名称", 34, TextKind()),
        word_column("type", "类型", 8, FACT_TYPE),
        Column("group", "所属表格", 12, IdKind()),
        Column("unit", "单位", 9, TextKind(), centred=True),
        Column("min", "最小", 9, NumberKind(), centred=True),
        Column("max", "最大", 9, NumberKind(), centred=True),
        Column("decimals", "小数位数", 8, NumberKind(whole=True), centred=True),
        word_column("changed_by", "靠什么改变", 10, CHANGED_BY),
        Column("circumstance", "属于情形", 8, YesKind(), choices=("是",), centred=True),
        Column("lapses_after_months", "几个月后失效", 9, NumberKind(whole=True), centred=True),
        Column("evidence_valid", "凭证有效几个月", 9, NumberKind(whole=True), centred=True),
        Column("changes_to", "只能改成（一行一个）", 16, ItemsKind()),
        Column("help", "填写说明", 44, TextKind()),
        handling_column(),
    )
    rows = tuple(Row(fact.id, fact.label, fact_values(fact), {"id": FixedKind()}) for fact in ruleset.facts.values())
    note = "填报项是核查表上的问题。选项在“选项”表，要看的证据在“证据”表。新的填报项写在最后的空行。"
    return Sheet(FACTS, "填报项", f"{ruleset.title}　填报项", note, columns, rows, 12)


def fact_values(fact: Fact) -> dict[str, Any]:
    """The values of a fact's row."""
    return {
        "id": fact.id,
        "label": fact.label,
        "type": fact.type,
        "group": fact.group,
        "unit": fact.unit,
        "min": fact.min,
        "max": fact.max,
        "decimals": fact.decimals if fact.type == "number" else None,
        "changed_by": fact.changed_by,
        "circumstance": fact.circumstance,
        "lapses_after_months": fact.lapses_after_months,
        "evidence_valid": fact.evidence_valid.months if fact.evidence_valid is not None else None,
        "changes_to": tuple(
            ANSWERS[str(value).lower()] if isinstance(value, bool) else value for value in fact.changes_to
        ),
        "help": fact.help,
    }


def options_sheet(ruleset: Ruleset) -> Sheet:
    """The options of choices, and what people also call them."""
    columns = (
        Column("fact", "填报项编号", 24, IdKind()),
        Column("about", "填报项", 30, NoteKind()),
        Column("code", "选项编号", 24, IdKind()),
        Column("label", "选项", 34, TextKind()),
        Column("synonyms", "也叫（一行一个）", 34, ItemsKind()),
        handling_column(),
    )
    fixed: dict[str, Kind] = {"fact": FixedKind(), "code": FixedKind()}
    rows: list[Row] = []
    for fact in ruleset.facts.values():
        options = dict(fact.options)
        if fact.type == "boolean" and fact.synonyms:
            options = {code: ANSWERS["true" if code == YES else "false"] for code in (YES, NO)}
        for code, label in options.items():
            values = {
                "fact": fact.id,
                "about": fact.label,
                "code": code,
                "label": label,
                "synonyms": fact.synonyms.get(code, ()),
            }
            kinds = fixed | ({"label": FixedKind()} if fact.type == "boolean" else {})
            rows.append(Row(f"{fact.id}.{code}", f"{fact.label}：{label}", values, kinds))
    note = "单选、多选的选项。新的选项写在最后的空行，填报项编号照抄；“也叫”是填表人常用的别称。"
    return Sheet(OPTIONS, "选项表", f"{ruleset.title}　选项", note, columns, tuple(rows), 24)


def computed_sheet(ruleset: Ruleset) -> Sheet:
    """Facts worked out from others."""
    most = max([LEAST_OPERANDS, *(len(computed.operands) for computed in ruleset.computed.values())])
    columns = (
        Column("id", "编号", 24, IdKind()),
        Column("label", "名称", 34, TextKind()),
        Column("group", "所属表格", 12, IdKind()),
        Column("unit", "单位", 9, TextKind(), centred=True),
        word_column("operation", "算法", 14, OPERATIONS_WORDS),
        *(Column(f"operand:{i}", f"第 {i + 1} 项", 18, OperandKind()) for i in range(most)),
        Column("help", "说明", 40, TextKind()),
        handling_column(),
    )
    rows = tuple(
        Row(one.id, one.label or one.id, computed_values(one), {"id": FixedKind()}) for one in ruleset.computed.values()
    )
    note = "由填报项算出的值。各项写填报项编号或数字；按基准氧折算的三项依次为实测浓度、含氧量、基准含氧量。"
    return Sheet(COMPUTED, "计算项", f"{ruleset.title}　计算项", note, columns, rows, 6)


def computed_values(computed: Computed) -> dict[str, Any]:
    """The values of a computed fact's row."""
    found = {
        "id": computed.id,
        "label": computed.label,
        "group": computed.group,
        "unit": computed.unit,
        "operation": computed.operation,
        "help": computed.help,
    }
    return found | {f"operand:{i}": operand for i, operand in enumerate(computed.operands)}


def groups_sheet(ruleset: Ruleset) -> Sheet:
    """The tables of the audit form."""
    columns = (
        Column("id", "编号", 20, IdKind()),
        Column("label", "名称", 40, TextKind()),
        Column("key", "行的编号叫", 18, IdKind()),
        Column("rows", "至少几行", 9, NumberKind(whole=True), centred=True),
        Column("unless", "除非（填报项编号）", 26, IdKind()),
        word_column("equals", "答", 6, ANSWERS),
        handling_column(),
    )
    rows = []
    for id_, group in ruleset.groups.items():
        least = group.least_rows
        excuse: Excuse | None = least.unless
        values = {
            "id": id_,
            "label": group.label,
            "key": group.key,
            "rows": None if group.at_least_rows is None else least.rows,
            "unless": None if excuse is None else excuse.fact,
            "equals": None if excuse is None else str(excuse.equals).lower(),
        }
        rows.append(Row(id_, group.label, values, {"id": FixedKind()}))
    note = "核查表中可以有多行的表格，如排放口。"
    return Sheet(GROUPS, "表格", f"{ruleset.title}　表格", note, columns, tuple(rows), 4)


def evidence_sheet(ruleset: Ruleset) -> Sheet:
    """The evidence that an assessor asks for, by fact."""
    columns = (
        Column("id", "填报项编号", 24, FixedKind()),
        Column("about", "填报项", 40, NoteKind()),
        Column("evidence", "要看的证据（一行一条）", 60, ItemsKind()),
    )
    rows = tuple(
        Row(fact.id, fact.label, {"id": fact.id, "about": fact.label, "evidence": fact.evidence})
        for fact in ruleset.facts.values()
    )
    note = "核查人员认定每个填报项时要看的证据。新填报项的证据写在最后的空行，编号照抄。"
    return Sheet(EVIDENCE, "证据", f"{ruleset.title}　证据", note, columns, rows, 12)
