"""The log as people read it: filtered, with names for what happened; and whether all of it is as it was written."""

import re
from datetime import date
from types import MappingProxyType
from typing import Annotated
from urllib.parse import urlencode
from uuid import UUID

from fastapi import APIRouter, Request
from starlette.responses import Response

from api.access import MAY, Rule
from api.context import Context, needs
from api.pages.render import page
from api.queries import log as queries
from api.queries.enterprises import by_ids
from api.queries.users import user_id
from api.services.enterprises import enterprise_of, no_enterprise

router = APIRouter()
AT_ONCE = 50
HEAD = re.compile(r"[0-9a-f]{64}")
ACTIONS = MappingProxyType(
    {
        "audit.created": "新建审核",
        "audit.revised": "修改审核",
        "audit.synchronised": "同步离线填写",
        "audit.conflict_kept": "保留冲突修改",
        "audit.evidence_attached": "添加证据文件",
        "audit.evidence_detached": "取下证据文件",
        "audit.submitted": "提交审核",
        "audit.returned": "退回审核",
        "audit.confirmed": "复核审核",
        "audit.graded": "重新评级",
        "audit.published": "公布等级",
        "audit.superseded": "等级被替代",
        "audit.withdrawn": "撤回审核",
        "audit.appealed": "提出申诉",
        "audit.appeal_answered": "答复申诉",
        "audits.imported": "成批导入审核",
        "audit.appeal_file_added": "添加申诉附件",
        "enterprise.created": "登记企业",
        "enterprise.changed": "修改企业",
        "enterprise.state_recorded": "登记经营状态",
        "unit.state_recorded": "登记单元状态",
        "enterprise.former_name_added": "补登曾用名",
        "enterprise.merged": "合并重复企业",
        "site.created": "登记厂区",
        "site.changed": "修改厂区",
        "unit.created": "登记生产单元",
        "unit.changed": "修改生产单元",
        "waiver.granted": "准予豁免",
        "waiver.proven": "附豁免证明",
        "waiver.ended": "终止豁免",
        "ruleset.signed_off": "审定规则集",
        "edition.begun": "新建规则修订稿",
        "edition.filled_in": "填写规则数值",
        "edition.scan_added": "添加原文扫描件",
        "edition.proposed": "报审规则版本",
        "edition.prepared": "生成报审附件",
        "edition.figures_reviewed": "核对规则数值",
        "edition.returned": "退回规则版本",
        "edition.signed": "签署规则版本",
        "edition.withdrawn": "撤销规则版本",
        "webhook.created": "登记事件推送",
        "webhook.ended": "停用事件推送",
        "team.created": "新建评审组",
        "team.assigned": "指派评审组",
        "team.assignment_ended": "结束指派",
        "user.created": "新建用户",
        "user.changed": "修改用户",
        "user.deactivated": "停用用户",
        "user.activated": "启用用户",
        "user.password_reset": "重置密码",
        "user.password_changed": "修改密码",
        "batch.ordered": "发起批次",
        "batch.held": "暂停批次",
        "batch.gone_on": "继续批次",
        "batch.cancelled": "取消批次",
        "batch.renewed": "重新试算批次",
        "batch.released": "放行待定等级",
        "batch.published": "公布批次",
        "batch.taken_back": "收回批次",
        "campaign.created": "建立行动",
        "campaign.closed": "结束行动",
        "campaign.roster_changed": "改动行动名单",
        "campaign.plan_changed": "修改改造计划",
        "campaign.snapshot": "固定期末统计",
        "campaign.step_taken": "登记整改进度",
        "campaign.visited": "登记帮扶",
        "campaign.photo_added": "添加整改照片",
        "campaign.outlines_given": "上传区县轮廓",
        "audit.regraded_in_batch": "批次改动等级",
        "audit.regrading_taken_back": "批次改动被收回",
        "announcement.begun": "拟定公告",
        "announcement.put_to_public": "公示",
        "announcement.left_out": "公告剔除审核",
        "announcement.objection_received": "收到异议",
        "announcement.objection_answered": "答复异议",
        "announcement.published": "发布公告",
        "announcement.cancelled": "取消公告",
        "admission.given": "出具准入意见",
        "admission.completed": "登记竣工验收",
        "notice.made": "发出通知",
        "notice.read": "阅读通知",
        "user.email_changed": "修改邮箱",
        "user.sessions_ended": "结束登录",
        "user.second_factor_set": "启用动态验证码",
        "user.second_factor_removed": "停用动态验证码",
        "user.provider_bound": "绑定统一身份认证",
        "user.provider_unbound": "解除统一身份认证的绑定",
        "demo.created": "建立演示数据",
        "demo.city": "建立演示城市",
        "rows.changed": "保存数据",
        "log.baseline": "升级时登记已有数据",
    }
)
"""Actions of the log in words; anything else is shown as it is."""


@router.get("/log")
def show_log(
    request: Request,
    context: Annotated[Context, needs(Rule.READ_LOG)],
    action: str = "",
    by: str = "",
    uscc: str = "",
    audit: str = "",
    since: str = "",
    until: str = "",
    cursor: str = "",
) -> Response:
    """The entries in scope, the newest first."""
    typed = {"action": action, "by": by, "uscc": uscc, "audit": audit, "since": since, "until": until}
    wrong: list[str] = []
    filters = queries.Filter(
        audit_id=_key(audit, wrong),
        enterprise_id=_enterprise(context, uscc.strip().upper(), wrong),
        action=action if re.fullmatch(r"[a-z_.]{1,64}", action) else None,
        actor_id=_user(context, by.strip().lower(), wrong),
        since=_day(since, wrong),
        until=_day(until, wrong),
    )
    before = int(cursor) if cursor.isascii() and cursor.isdigit() and len(cursor) < 16 else None
    items, after = ([], None) if wrong else queries.entries(context, filters, before, AT_ONCE)
    named = by_ids(context.db, {item.enterprise_id for item in items if item.enterprise_id is not None})
    return page(
        request,
        context,
        "log.html.j2",
        items=items,
        typed=typed,
        wrong=wrong,
        actions=ACTIONS,
        enterprises={id_: row.name for id_, row in named.items()},
        more=urlencode({**typed, "cursor": str(after)}) if after else "",
        may_verify=context.actor.role in MAY[Rule.OPERATE],
    )


@router.get("/log/verification")
def verify_log(
    request: Request, context: Annotated[Context, needs(Rule.OPERATE, costly=True)], head: str = ""
) -> Response:
    """Read the whole log and say whether it is in order."""
    head = head.strip().lower()
    wrong = bool(head) and not HEAD.fullmatch(head)
    found = None if wrong else queries.verified(context, head or None)
    return page(request, context, "log_verified.html.j2", found=found, head=head, wrong=wrong, at=context.at)


def _key(text: str, wrong: list[str]) -> UUID | None:
    if not text.strip():
        return None
    try:
        return UUID(text.strip())
    except ValueError:
        wrong.append("审核编号有误。")
        return None


def _day(text: str, wrong: list[str]) -> date | None:
    if not text:
        return None
    try:
        return date.fromisoformat(text)
    except ValueError:
        wrong.append("日期应为 2026-01-31 的格式。")
        return None


def _enterprise(context: Context, uscc: str, wrong: list[str]) -> UUID | None:
    if not uscc:
        return None
    found = enterprise_of(context.db, uscc)
    if found is None:
        wrong.append(no_enterprise(uscc))
        return None
    return found.id


def _user(context: Context, login: str, wrong: list[str]) -> UUID | None:
    if not login:
        return None
    found = user_id(context.db, login)
    if found is None:
        wrong.append(f"没有用户“{login[:64]}”，或您不能按此人查看。")
    return found
