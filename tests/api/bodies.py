"""Valid bodies for every route that takes one, about one side of the tests' world.

Those of the interface are the examples of its own description with the side's ids and audit in them; those of the pages are one
form that has every field.
"""

import json
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from api.services.register_table import written
from grading import calendar
from grading.forms.write import filled_form
from grading.intake import read_audit
from grading.language.load import Library
from tests.api.world import FIGURE, PASSWORD, WORD, campaign_text

PNG = ("现场.png", b"\x89PNG\r\n\x1a\n" + b"\x00" * 20, "image/png")
PDF = ("报告.pdf", b"%PDF-1.7 evidence", "application/pdf")
FIELDS = {
    "version": "1",
    "reasons": WORD,
    "outside_reason": WORD,
    "answer": WORD,
    "upheld": "yes",
    "statement": WORD,
    "mode": "official",
    "name": "新来的",
    "login": "new.comer",
    "role": "assessor",
    "area": "610400",
    "days": "30",
    "old": PASSWORD,
    "new": f"{PASSWORD}-2",
    "password": PASSWORD,
    "again": f"{PASSWORD}-2",
    "since": "2024-01-01",
    "until": "2030-01-01",
    "active": "no",
    "kind": "new",
    "industry": "industrial_coating",
    "emits_to_air": "yes",
    "in_urban_area": "no",
    "distance_km": "20",
    "distance_method": "fence",
    "accepted_on": "2023-05-10",
    "treatment": "rto",
    "completed_on": "2024-05-10",
    "state": "rectifying",
    "day": "2024-05-10",
    "findings": WORD,
    "advice": WORD,
    "base": "national-2020/rubber",
    "edition": "weicheng-2028",
    "document_name": "指标表",
    "effective": "2027-01-01",
    f"f:{FIGURE}:note": WORD,
    "every": "confirmed",
    f"source:{FIGURE}": WORD,
    "indicator": "road_transport",
    "authority": "市生态环境局",
    "document_number": "环函〔2026〕1号",
    "document_date": "2026-01-01",
}
"""The fields of forms, but for those that name something of a side."""
DRAFT = """\
id: xianyang-2026/rubber
title: 橡胶制品制造（咸阳 2026）
edition: {document: 咸阳市 2026 年方案, section: 第1条, effective: 2026-01-01, superseded: null}
jurisdiction: "610400"
review: {status: draft, reviewer: null, on: null}
extends: national-2020/rubber
"""
MEMBERS: dict[str, Any] = {
    "uscc": "91610402MA6XW0P404",
    "county": "610404",
    "old": PASSWORD,
    "new": f"{PASSWORD}-2",
    "corrects_id": None,
}
"""Members of JSON bodies for which the description's example says nothing of this world."""
TODAY = calendar.today().isoformat()
OF_PATH: dict[str, dict[str, Any]] = {
    "/v1/users": {"enterprise_id": None, "area": None},
    "/v1/users/{user_id}": {"role": "assessor", "enterprise_id": None, "area": None, "may_review": False},
    "/v1/batches": {"within": None, "industry": None, "edition": None, "draft_id": None, "against": "national-2020"},
    "/v1/ruleset-drafts": {"text": DRAFT},
    "/v1/working-editions": {"edition": "weicheng-2028", "jurisdiction": None},
    "/v1/edition-proposals/{proposal_id}/figures": {
        "figures": [{"place": FIGURE, "verdict": "confirmed", "source": WORD}]
    },
    "/v1/enterprises/{enterprise_id}/states": {"unit_id": None, "state": "long_idle"},
    "/v1/bulk/assignments": {"since": "2024-01-01", "until": None, "dry_run": False},
    "/v1/announcements/{announcement_id}/publicity": {"since": TODAY, "until": "2099-12-31"},
    "/v1/announcements/{announcement_id}/objections": {"received_on": TODAY},
    "/v1/campaigns/{campaign_id}/roster": {"roster": "", "reasons": WORD},
    "/v1/campaigns/{campaign_id}/plant-edits": {"target": None, "due": None, "expert": None, "reasons": WORD},
    "/v1/campaign-plants/{campaign_plant_id}/steps": {"gap": None, "state": "rectifying"},
    "/v1/campaign-plants/{campaign_plant_id}/visits": {"gap": None, "day": "2024-05-10", "next_day": None},
    "/v1/campaign-plants/{campaign_plant_id}/plan": {"measures": [{"text": "换滤袋", "finish": "2027-01-31"}]},
}
"""Members that go together otherwise than in the example."""
QUERIES = {"/v1/audits/{audit_id}/content": {"seen": "1"}}
"""What a body is sent with beside its path."""


@dataclass(frozen=True)
class Bodies:
    """What is sent about one side: its ids by the name of a path parameter, its example and its ruleset."""

    document: dict[str, Any]
    ids: dict[str, str]
    example: Path

    def of(self, method: str, path: str) -> dict[str, Any]:
        """The arguments of httpx for a request with a valid body; none where nothing is taken."""
        operation = self.document["paths"].get(path, {}).get(method.lower())
        if operation is None:
            files = {"file": self._file(path), "document": self._campaign(), "outlines": self._outlines()}
            return {"data": self._form() | self._edit(path), "files": files}
        for kind, content in operation.get("requestBody", {}).get("content", {}).items():
            if kind == "multipart/form-data" and path == "/v1/audit-imports":
                return {"files": {"file": self._lines()}, "data": {"team_id": self.ids["team_id"]}}
            if kind == "multipart/form-data":
                return {"files": {"file": self._file(path)}, "data": {"place": self._place()}}
            body = {"json": self._filled(content["example"]) | OF_PATH.get(path, {})}
            return body | ({"params": QUERIES[path]} if method == "PATCH" and path in QUERIES else {})
        return {}

    def named(self, body: dict[str, Any]) -> set[str]:
        """What of the side a JSON body names, as the path parameter would be called."""
        text = json.dumps(body.get("json", {}))
        return {name for name, value in self.ids.items() if name != "ruleset_digest" and value in text}

    def _file(self, path: str) -> tuple[str, bytes, str]:
        if path.endswith("/workbook"):
            return "核查表.xlsx", self._workbook, "application/octet-stream"
        if path == "/register":
            head = self._audit()["enterprise"]
            return (
                "名录.xlsx",
                written([{key: head[key] for key in ("name", "uscc", "county")}]),
                "application/octet-stream",
            )
        if path == "/audit-imports":
            return self._lines()
        if path.endswith("/photos"):
            return PNG
        return ("草案.yaml", DRAFT.encode(), "text/yaml") if path.endswith("/drafts") else PDF

    def _lines(self) -> tuple[str, bytes, str]:
        said = self._audit() | {"assessed_on": "2024-05-10"}
        return "审核.jsonl", json.dumps(said, ensure_ascii=False).encode(), "application/octet-stream"

    @cached_property
    def _workbook(self) -> bytes:
        library = Library()
        return filled_form(read_audit(self.example.read_bytes(), library), library)

    def _filled(self, value: Any, name: str = "") -> Any:
        if isinstance(value, dict):
            if "units" in value and "enterprise" in value:
                return self._audit()
            return {key: self._filled(inner, key) for key, inner in value.items()}
        if isinstance(value, list):
            return [self._filled(inner, name.removesuffix("s")) for inner in value]
        if name == "setting":
            return f"{self._audit()['units'][0]['id']}.{self._fact()}=null"
        if name in self.ids:
            return self.ids[name]
        if name == "double_id":
            return self.ids["enterprise_id"]
        if name in ("permit", "remove"):
            return self._audit()["enterprise"]["permit"]
        if name == "outlines":
            return self._outlines()[1].decode()
        return MEMBERS.get(name, value)

    def _audit(self) -> dict[str, Any]:
        said: dict[str, Any] = json.loads(self.example.read_text(encoding="utf-8"))
        return said

    def _campaign(self) -> tuple[str, bytes, str]:
        head = self._audit()["enterprise"]
        text = campaign_text(f"{head['county'][:4]}00", head["permit"], id="another")
        return "campaign.yaml", text.encode(), "application/yaml"

    def _outlines(self) -> tuple[str, bytes, str]:
        square = [[108.0, 34.0], [108.5, 34.0], [108.5, 34.5], [108.0, 34.0]]
        county = {"county": self._audit()["enterprise"]["county"]}
        geometry = {"type": "Polygon", "coordinates": [square]}
        feature = {"type": "Feature", "properties": county, "geometry": geometry}
        text = json.dumps({"type": "FeatureCollection", "features": [feature]})
        return "outlines.json", text.encode(), "application/json"

    def _edit(self, path: str) -> dict[str, str]:
        """What forms send whose fields have names of other forms."""
        if path.startswith("/announcements"):
            days = {"since": TODAY, "until": "2099-12-31", "received_on": TODAY, "announced_on": TODAY}
            return days | {
                "title": "第二批",
                "audit": self.ids["audit_id"],
                "objector": "某某",
                "text": "异味",
                "number": "1号",
            }
        if path.startswith("/bulk/"):
            chosen = {"enterprise": self.ids["enterprise_id"], "audit": self.ids["audit_id"]}
            return chosen | {"step": "do", "title": "第三批", "which": "ticked"}
        if path == "/enterprises/{enterprise_id}/doubles":
            return {"double": self.ids["enterprise_id"]}
        if path == "/enterprises/{enterprise_id}/states":
            return {"state": "long_idle", "since": "2024-05-10", "proof": "停产证明"}
        if path == "/enterprises/{enterprise_id}/former-names":
            return {"named_by": "name", "value": "旧名", "until": "2020-05-10"}
        if path == "/enterprises/{enterprise_id}/units":
            unit = {"code": "line-9", "name": "", "ruleset_id": "national-2020/brick"}
            return unit | {"site_id": self.ids["site_id"]}
        if path != "/campaigns/{campaign_id}/plants":
            return {}
        return {
            "permit": self._audit()["enterprise"]["permit"],
            "responsible": "张局长",
            "target": "",
            "due": "",
            "expert": "",
        }

    def _place(self) -> str:
        return f"units[0].facts.{self._fact()}"

    def _fact(self) -> str:
        return str(next(iter(self._audit()["units"][0]["facts"])))

    def _form(self) -> dict[str, str]:
        said = self._audit()
        return FIELDS | {
            "uscc": said["enterprise"]["uscc"],
            "county": said["enterprise"]["county"],
            "team_id": self.ids["team_id"],
            "digest": self.ids["ruleset_digest"],
            "ruleset": said["units"][0]["ruleset"],
            "against": "edition:national-2020",
            "place": self._place(),
        }
