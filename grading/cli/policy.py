"""`grading policy …`: what policies there are, whether they are in order, what they ask of an audited enterprise."""

from collections.abc import Mapping
from datetime import datetime
from typing import Annotated, Any

import typer
from rich.table import Table
from rich.text import Text

from grading import regions
from grading.cli.inputs import grade_one, print_notices, read_bytes, report_problems
from grading.cli.labels import TRIAL_NOTICE
from grading.cli.terminal import (
    Exit,
    ending_on_unusable_rulesets,
    library,
    out,
    print_block,
    print_json,
    print_problems,
    problem_json,
    stop,
)
from grading.engine.grade import Engine
from grading.intake import AuditError, InputProblem
from grading.language.check import unusable
from grading.language.check.provenance import check_gates
from grading.language.decision_text import outcome_text
from grading.language.problems import LanguageError, Problem
from grading.language.prose import sentence
from grading.model.audit import Audit
from grading.model.base import Mode, Status
from grading.model.condition import All
from grading.model.ruleset import Scale
from grading.policy.apply import Applied, Concluded, PolicyEngine, apply_policies
from grading.policy.cases import PolicyCaseResult, read_policy_cases, run_policy_case
from grading.policy.intake import read_audit_for_policies
from grading.policy.library import FOLDER, UNFULFILLED, PolicyLibrary
from grading.policy.model import Effect, Kind
from grading.policy.shared_facts import check_shared_facts
from grading.vocabulary import BASIS, CONFIDENCE, STATUS

app = typer.Typer(help="政策：列出、查看、检查、测试，以及对一家企业适用哪些要求", no_args_is_help=True)

KIND: dict[Kind, str] = {
    "stop": "停产",
    "order_stop_and_rectify": "责令停产整治",
    "assist": "帮扶、鼓励",
    "production_not_allowed": "不允许生产",
    "exclude": "不纳入绩效分级",
    "cap": "等级上限",
    "cancel_incentives": "取消优惠政策",
    "limit_may_rise": "可提高限产比例",
    "must_have": "应当落实",
    "ban": "禁止",
    "requires_level": "须达到等级",
    "zone": "划定区域",
}
PERIOD = {"heavy_pollution_alert": "重污染天气应急期间", "pollution_weather_control": "污染天气管控期间"}

Ids = Annotated[list[str] | None, typer.Argument(metavar="[ID]…", help="政策编号，如 xianyang-2023/concrete；默认全部")]
Json = Annotated[bool, typer.Option("--json", help="输出 JSON")]


def register(parent: typer.Typer) -> None:
    """Add the command group."""
    parent.add_typer(app, name="policy")


def policies_of(context: typer.Context) -> PolicyLibrary:
    """The policies beside the rulesets that the command works with; ends the command where these can't be used."""
    with ending_on_unusable_rulesets():
        return PolicyLibrary(library(context).root)


def _chosen_ids(policies: PolicyLibrary, ids: list[str] | None) -> tuple[str, ...]:
    known = policies.ids()
    unknown = [id_ for id_ in ids or () if not any(id_ in (k, *k.split("/")) for k in known)]
    if unknown:
        stop(f"没有政策 {'、'.join(unknown)}；`grading policy list` 列出全部政策")
    return tuple(k for k in known if not ids or any(id_ in (k, *k.split("/")) for id_ in ids))


@app.command("list", help="列出政策")
def list_(context: typer.Context, ids: Ids = None, as_json: Json = False) -> None:
    """List policies with jurisdiction, period and number of rules."""
    policies = policies_of(context)
    with ending_on_unusable_rulesets():
        listed = [policies.policy(id_) for id_ in _chosen_ids(policies, ids)]
    if as_json:
        keys = {"id", "title", "jurisdiction", "document", "subject", "effective", "superseded"}
        print_json([p.model_dump(mode="json", include=keys) | {"rules": len(p.rules)} for p in listed])
        return
    table = Table("编号", "内容", "地区", "对象", "施行", "规则", header_style="bold")
    names = {"unit": "单元", "enterprise": "企业", "project": "项目"}
    for p in listed:
        place = policies.vocabulary.regions.get(p.jurisdiction, p.jurisdiction)
        until = f" 至 {p.superseded} 前" if p.superseded else ""
        cells = (p.id, p.title, place, names[p.subject], f"{p.effective}{until}", str(len(p.rules)))
        table.add_row(*map(Text, cells))
    print_block(table)


@app.command(help="用中文把一项政策完整写出来")
def show(context: typer.Context, policy: Annotated[str, typer.Argument(metavar="ID")]) -> None:
    """Print a policy in prose."""
    policies = policies_of(context)
    for id_ in _chosen_ids(policies, [policy]):
        with ending_on_unusable_rulesets():
            found, ruleset = policies.policy(id_), policies.ruleset(id_)
        out.print(Text(f"{found.title}（{found.id}）", style="bold"))
        until = f"，{found.superseded} 前" if found.superseded else ""
        out.print(Text(f"{found.document}；{found.effective} 起{until}"))
        for rule in found.rules:
            out.print()
            out.print(Text(f"{rule.title or rule.id}　{rule.id} → {effect_text(rule.effect)}", style="bold cyan"))
            out.print(Text(rule.text))
            gate = next(gate for gate in ruleset.gates if gate.id == rule.id)
            parts = gate.when.all if isinstance(gate.when, All) else (gate.when,)
            out.print(Text(f"判定：{'；且'.join(sentence(ruleset, part) for part in parts)}"))
            clause = f" {rule.cite.clause}" if rule.cite.clause else ""
            known = f"{BASIS[rule.basis]}，可信度{CONFIDENCE[rule.confidence]}"
            out.print(Text(f"来源：{rule.cite.document}{clause}（{known}）"))
            if rule.note:
                out.print(Text(f"说明：{rule.note}"))


def effect_text(effect: Effect) -> str:
    """The effect, in words."""
    during = "、".join(PERIOD.get(period, period) for period in effect.during)
    details = {
        "cap": f"不高于 {effect.cap} 级",
        "requires_level": f"{effect.level} 级（{'全部指标' if effect.scope == 'whole' else '治污设施'}）",
        "must_have": effect.must_have or "",
        "zone": "市区及周边",
    }.get(effect.kind, during)
    deadline = f"，期限 {effect.deadline}" if effect.deadline else ""
    return f"{KIND[effect.kind]}{f'：{details}' if details else ''}{deadline}"


@app.command(help="检查政策；有错误时退出码为 1")
def check(context: typer.Context, ids: Ids = None, as_json: Json = False) -> None:
    """Load and lint policies and their cases."""
    policies = policies_of(context)
    problems: list[Problem] = []
    chosen = _chosen_ids(policies, ids)
    for id_ in chosen:
        try:
            loaded = policies.load(id_)
            shown = [p for p in (*unusable(loaded), *check_gates(loaded)) if UNFULFILLED not in p.place]
            problems += dict.fromkeys(shown)
        except LanguageError as error:
            problems += error.problems
    try:
        files = {f"{FOLDER}/{id_}.yaml" for id_ in chosen}
        problems += [p for p in check_shared_facts(policies, library(context)) if p.file in files]
    except LanguageError as error:
        problems += [problem for problem in error.problems if problem not in problems]
    errors = [problem for problem in problems if problem.severity == "error"]
    if as_json:
        print_json({"policies": len(chosen), "problems": [problem_json(problem) for problem in problems]})
    else:
        print_problems(problems)
        out.print(f"{len(chosen)} 项政策，{len(errors)} 个错误，{len(problems) - len(errors)} 个警告")
    if errors:
        raise typer.Exit(Exit.FAILED)


@app.command("test", help="运行政策的测试用例；有用例不通过时退出码为 1")
def cases(context: typer.Context, ids: Ids = None, as_json: Json = False) -> None:
    """Run the data cases."""
    policies = policies_of(context)
    results: list[PolicyCaseResult] = []
    with ending_on_unusable_rulesets():
        engine = PolicyEngine(policies)
        for id_ in _chosen_ids(policies, ids):
            results += [run_policy_case(engine, id_, case) for case in read_policy_cases(engine, id_)]
    failed = [result for result in results if result.differences]
    if as_json:
        print_json([{"policy": r.policy, "case": r.case.name, "differences": list(r.differences)} for r in results])
    else:
        for result in failed:
            out.print(Text(f"{result.policy}：{result.case.name}：{'；'.join(result.differences)}", style="red"))
        out.print(f"{len(results)} 个用例，{len(failed)} 个不通过")
    if failed:
        raise typer.Exit(Exit.FAILED)


@app.command(help="一家企业在某一天适用哪些政策要求")
def apply(
    context: typer.Context,
    file: Annotated[str, typer.Argument(metavar="审核文件", help="审核数据（JSON）；- 为标准输入")],
    on: Annotated[datetime, typer.Option("--on", formats=["%Y-%m-%d"], metavar="日期", help="适用政策的日期")],
    jurisdiction: Annotated[
        str | None, typer.Option("--jurisdiction", help="区划代码；默认用审核数据中企业所在区县")
    ] = None,
    trial: Annotated[bool, typer.Option("--trial", help="试算：暂定数值视同已核实")] = False,
    with_unmet: Annotated[bool, typer.Option("--all", help="也列出不满足条件的规则")] = False,
    with_trace: Annotated[bool, typer.Option("--trace", help="附推理记录")] = False,
    as_json: Json = False,
) -> None:
    """Grade an audit and apply the policies; exit 1 when it can't be read."""
    rulesets, policies = library(context), policies_of(context)
    engine = Engine(rulesets)
    try:
        with ending_on_unusable_rulesets():
            notices: list[InputProblem] = []
            audit = read_audit_for_policies(read_bytes(file), rulesets, policies, notices=notices)
            print_notices(file, notices)
            county = audit.enterprise.county if jurisdiction is None else _known_place(jurisdiction)
            if county is None:
                stop("审核数据没有写明企业所在区县；请用 --jurisdiction 指明")
            scales = {unit.ruleset: rulesets.ruleset(unit.ruleset).scale for unit in audit.units}
            grading = grade_one(audit, engine, Mode.TRIAL if trial else Mode.OFFICIAL)
            applied = apply_policies(PolicyEngine(policies), audit, grading, scales, county, on.date())
    except AuditError as error:
        report_problems(file, error, as_json)
        raise typer.Exit(Exit.FAILED) from None
    if as_json:
        print_json(applied.as_json(with_unmet, with_trace) | ({"mode": "trial"} if trial else {}))
        return
    _print(applied, audit, scales, with_unmet)
    if trial:
        out.print(TRIAL_NOTICE, style="bold yellow")


def _known_place(code: str) -> str:
    try:
        return regions.checked(code)
    except ValueError as error:
        stop(f"--jurisdiction：{error}")


def _print(applied: Applied, audit: Audit, scales: Mapping[str, Scale], with_unmet: bool) -> None:
    subjects = [
        (subject, f"单元 {subject.id}", [scales[unit.ruleset]])
        for subject, unit in zip(applied.units, audit.units, strict=True)
    ]
    for subject, name, of_subject in (*subjects, (applied.enterprise, "企业", list(scales.values()))):
        out.print(Text(f"{name}：{outcome_text(of_subject, subject.outcome)}", style="bold"))
        shown = [c for c in subject.concluded if with_unmet or c.status is not Status.UNMET]
        for concluded in shown:
            _print_rule(concluded)
        if not shown:
            out.print("  没有适用的要求")


def _print_rule(concluded: Concluded) -> None:
    rule, status = concluded.rule, concluded.status
    known: dict[str, Any] = {Status.MET: "适用", Status.UNMET: "不适用", Status.UNKNOWN: STATUS["unknown"]}
    out.print(Text(f"  [{known[status]}] {effect_text(rule.effect)}：{rule.text}"))
    clause = f" {rule.cite.clause}" if rule.cite.clause else ""
    out.print(Text(f"      {rule.cite.document}{clause}", style="dim"))
