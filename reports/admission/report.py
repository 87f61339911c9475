"""An opinion of admission as HTML and as PDF of one or two pages."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from grading.language.prose import day_text
from grading.model.base import Status
from grading.model.result import UNGRADED
from grading.policy.admission import Opinion, Reason
from grading.policy.apply import PolicyEngine
from grading.policy.given import DISTANCE_METHODS, OTHERS, OTHERS_LABEL, PROJECT_KINDS, ZONES
from grading.vocabulary import UNGRADED as UNGRADED_LABEL
from reports.context.words import cite_text, region_text
from reports.pdf import Attached, pdf
from reports.render import rendered

TEMPLATE = "admission_opinion.html.j2"
OUTCOME = {"admitted": "准入", "refused": "不予准入", "undecided": "暂不能判定"}
UNKNOWN = "未提供"
SCOPE = {"whole": "全部指标", "facility": "治污设施"}


@dataclass(frozen=True)
class ReasonLine:
    """A rule in the list: what it says, whether it is fulfilled, and where it is written."""

    title: str
    text: str
    verdict: str
    kind: str
    source: str


@dataclass(frozen=True)
class OpinionContext:
    """Everything the template needs."""

    name: str
    outcome: str
    kind: str
    facts: tuple[tuple[str, str], ...]
    required: str
    reasons: tuple[ReasonLine, ...]
    missing: tuple[str, ...]
    attached: bytes
    day: date


def opinion_context(opinion: Opinion, policies: PolicyEngine) -> OpinionContext:
    """The opinion in Chinese words."""
    project, vocabulary = opinion.project, policies.library.vocabulary
    known = vocabulary.industries.by_id(project.industry) if project.industry else None
    industry = known.label if known else OTHERS_LABEL if project.industry == OTHERS else UNKNOWN
    labels = {**policies.levels.labels, UNGRADED: UNGRADED_LABEL}
    distance = UNKNOWN if project.distance_km is None else f"{project.distance_km} 公里"
    if project.distance_method:
        distance += f"（按{DISTANCE_METHODS[project.distance_method]}量）"
    level = UNKNOWN
    if opinion.grade is not None:
        grade, attainable = labels[opinion.grade.grade], labels[opinion.grade.attainable]
        level = grade if grade == attainable else f"待定（{grade}～{attainable}）"
    facts = (
        ("项目性质", PROJECT_KINDS.get(project.kind or "", UNKNOWN)),
        ("行业", industry),
        ("是否涉气", UNKNOWN if project.emits_to_air is None else "是" if project.emits_to_air else "否"),
        ("所在区县", region_text(project.county)),
        ("距市区边界", "市区内" if project.in_urban_area else distance),
        ("所在区域", ZONES[opinion.zone] if opinion.zone else "待认定"),
        ("受理日期", day_text(project.accepted_on)),
        ("按设计资料评定的等级", level),
    )
    return OpinionContext(
        name=project.name,
        outcome=OUTCOME[opinion.outcome],
        kind=opinion.outcome,
        facts=facts,
        required=_required(opinion, labels),
        reasons=tuple(_line(reason) for reason in opinion.reasons),
        missing=tuple(missing_text(name, policies) for name in opinion.missing),
        attached=json.dumps(opinion.as_json(), ensure_ascii=False, indent=1, default=str).encode(),
        day=project.accepted_on,
    )


def missing_text(name: str, policies: PolicyEngine) -> str:
    """A fact that would decide, in words; a place of the design data as it is."""
    if name == "audit":
        return "按设计资料填写的审核数据"
    for policy in policies.policies:
        declared = policies.library.ruleset(policy.id).facts
        if name in declared:
            return declared[name].label
    return name


def _required(opinion: Opinion, labels: Mapping[str, str]) -> str:
    """The level that is asked for; a rule of which it is not known whether it applies leaves it open."""
    effects = [(reason.concluded.rule.effect.kind, reason.concluded.status) for reason in opinion.reasons]
    is_open = ("requires_level", Status.UNKNOWN) in effects
    required = opinion.required
    if required is None:
        return "待定" if is_open else "无"
    known = f"{labels[str(required.level)]}及以上（{SCOPE[str(required.scope)]}）"
    return f"{known}；是否另有要求待定" if is_open else known


def _line(reason: Reason) -> ReasonLine:
    rule = reason.concluded.rule
    if rule.effect.kind == "ban":
        verdict = "属于禁止情形" if reason.status is Status.MET else "是否属于禁止情形未知"
    else:
        verdict = {Status.MET: "达到", Status.UNMET: "未达到", Status.UNKNOWN: "暂不能判定"}[reason.status]
    kind = "unmet" if reason.refuses else "met" if reason.status is Status.MET else "unknown"
    return ReasonLine(rule.title or rule.id, rule.text, verdict, kind, cite_text(rule.cite))


def opinion_html(opinion: Opinion, policies: PolicyEngine) -> str:
    """The opinion as one self-contained HTML page."""
    return rendered(TEMPLATE, for_screen=True, opinion=opinion_context(opinion, policies))


def opinion_pdf(opinion: Opinion, policies: PolicyEngine) -> bytes:
    """The opinion as tagged PDF/A-3 with its JSON inside; raises TypefaceError without the typefaces."""
    context = opinion_context(opinion, policies)
    return pdf(
        rendered(TEMPLATE, for_screen=False, opinion=context),
        title=f"{context.name}：环保绩效准入意见",
        subject=f"{context.outcome}　受理日期 {day_text(context.day)}",
        day=context.day,
        attached=Attached("admission.json", "准入意见（JSON）", context.attached),
        is_trial=False,
    )
