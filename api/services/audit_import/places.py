"""The plant that an audit of a file is about, found in the register by its credit code and permit."""

from collections.abc import Iterable
from uuid import UUID

from sqlalchemy import or_, select

from api.context import Context
from api.services.enterprises import enterprise_of
from api.store import Enterprise, EnterpriseMerger, Site
from grading.batch.whole_audits import WholeAudit


class Places:
    """The plants of the register in scope by credit code and permit."""

    def __init__(self, context: Context, audits: Iterable[WholeAudit]) -> None:
        heads = [whole.audit.enterprise for whole in audits]
        codes = {head.uscc for head in heads if head.uscc is not None}
        self.by_code = {code: enterprise_of(context.db, code) for code in codes}
        permits = {head.permit for head in heads if head.permit is not None}
        sited = select(Site.enterprise_id).where(Site.permit.in_(permits))
        condition = or_(Enterprise.permit.in_(permits), Enterprise.id.in_(sited))
        whole = Enterprise.id.not_in(select(EnterpriseMerger.double_id))
        rows = context.db.scalars(select(Enterprise).where(condition, whole).order_by(Enterprise.id)).all()
        self.by_id = {row.id: row for row in rows}
        self.by_permit: dict[str, list[tuple[UUID, UUID | None]]] = {}
        for row in rows:
            if row.permit:
                self.by_permit.setdefault(row.permit, []).append((row.id, None))
        for site in context.db.scalars(select(Site).where(Site.permit.in_(permits)).order_by(Site.id)):
            place = (site.enterprise_id, site.id)
            same = self.by_permit.setdefault(site.permit or "", [])
            if (site.enterprise_id, None) not in same:
                same.append(place)

    def of(self, whole: WholeAudit) -> tuple[Enterprise | None, UUID | None, str]:
        """The enterprise and site that an audit is about, or the reason why they are not clear."""
        head = whole.audit.enterprise
        listed = self.by_permit.get(head.permit or "", [])
        if head.uscc is not None:
            enterprise = self.by_code.get(head.uscc)
            if enterprise is None:
                return None, None, f"名录里没有统一社会信用代码为 {head.uscc} 的企业，或它不在您的范围内"
            listed = [place for place in listed if place[0] == enterprise.id]
            return enterprise, listed[0][1] if listed else None, ""
        if head.permit is None:
            return None, None, "未填统一社会信用代码，也未填排污许可证编号，不知道是哪家企业"
        if len(listed) != 1:
            reason = "登记在几家企业名下，请填统一社会信用代码" if listed else "名录里没有，或不在您的范围内"
            return None, None, f"排污许可证编号 {head.permit} {reason}"
        return self.by_id[listed[0][0]], listed[0][1], ""
