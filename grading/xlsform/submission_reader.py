"""One submission of ODK or Kobo → an audit, with the files that its answers name."""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from grading.engine.grade import ruleset_digest
from grading.forms.cell_values import UnreadableError, read_day, read_value, reading_notices
from grading.forms.evidence_days import LABELS, read_about
from grading.forms.findings import FormError, FormProblem, Spot
from grading.forms.metadata import Field
from grading.forms.read import FormReading, checked
from grading.forms.read_sheets import Findings, Stated
from grading.forms.wording import NO as NO_LABEL
from grading.forms.wording import YES as YES_LABEL
from grading.forms.wording import list_expectation
from grading.language.load import Library
from grading.language.problems import LanguageError
from grading.model.ruleset import Fact, Ruleset
from grading.percentages import fraction_question
from grading.xlsform import names
from grading.xlsform.answers import as_entry, is_checked, lines, texts
from grading.xlsform.sources import Answers

UNIT = re.compile(rf"u(\d+){names.RULESET}")
"""The question that names a unit's ruleset."""
_OF_UNIT = re.compile(r"(u\d+|e)_\w+")
_SEPARATORS = re.compile(r"[\s,，;；、]+")
HEAD_LABELS = {
    "enterprise_name": "企业名称",
    "enterprise_uscc": "统一社会信用代码",
    "enterprise_permit": "排污许可证（登记）编号",
    "enterprise_county": "行政区划代码",
    "assessed_on": "评估日期",
}


@dataclass(frozen=True)
class Media:
    """A photo or file that an answer names: where in the audit it belongs, how that is called, the file's name."""

    place: str
    label: str
    name: str


@dataclass
class Scope:
    """The answers of a submission or a row, and the names of those that have been read."""

    answers: Answers
    where: str
    read: set[str] = field(default_factory=set)

    def take(self, name: str) -> Any:
        """An answer, None where there is none."""
        self.read.add(name)
        value = self.answers.values.get(name)
        return None if isinstance(value, str) and not value.strip() else value


class SubmissionReader:
    """Reads one submission; `media` are the files that it names, also when it can't be read."""

    def __init__(self, answers: Answers, label: str, library: Library) -> None:
        self.answers, self.label, self.library = answers, label, library
        self.top = Scope(answers, label)
        self.found = Findings()
        self.media: list[Media] = []
        self.repeats: set[str] = set()

    def reading(self) -> FormReading:
        """The audit; raises FormError."""
        top = self.top
        if (format_ := top.take(names.FORMAT_NAME)) not in (None, names.FORMAT):
            raise FormError(
                [FormProblem("", Spot(self.label, None, "版本"), str(format_), "表单的版本不认识")], can_mark=False
            )
        numbers = sorted(int(found[1]) for name in self.answers.values if (found := UNIT.fullmatch(name)))
        enterprise: dict[str, Any] = {"facts": {}}
        raw: dict[str, Any] = {"enterprise": enterprise, "units": []}
        for name, place in names.HEAD.items():
            self._head(name, place, raw)
        rulesets: list[Ruleset | None] = []
        for index, number in enumerate(numbers):
            unit, ruleset = self._unit(index, f"u{number}")
            raw["units"].append(unit)
            rulesets.append(ruleset)
        enterprise["facts"] = self._shared([ruleset for ruleset in rulesets if ruleset is not None])
        self._doubts(top, self.answers)
        for name in self.answers.absent:
            self._wrong("", name, "表格的行不在导出中；请连同各表格导出（OData 加 $expand=*，或导出 CSV 压缩包）")
        for name in self.answers.rows.keys() - self.repeats:
            self._unknown(name, f"{len(self.answers.rows[name])} 行")
        audit = checked(raw, self.library, self.found)
        if audit is None or self.found.problems:
            raise FormError(self.found.problems, can_mark=False)
        return FormReading(audit, tuple(dict.fromkeys(self.found.warnings)))

    def _head(self, name: str, place: str, raw: dict[str, Any]) -> None:
        value = self.top.take(name)
        self._spot(place, self.label, HEAD_LABELS[name], value)
        if value is None:
            return
        target = raw["enterprise"] if "." in place else raw
        try:
            target[place.rpartition(".")[2]] = (
                read_day(as_entry(value)).isoformat() if name == "assessed_on" else str(value)
            )
        except UnreadableError as error:
            self.found.wrong(place, str(error))

    def _unit(self, index: int, prefix: str) -> tuple[dict[str, Any], Ruleset | None]:
        place, top = f"units[{index}]", self.top
        unit_id, ruleset_id = top.take(f"{prefix}{names.UNIT_ID}"), str(top.take(f"{prefix}{names.RULESET}"))
        digest = top.take(f"{prefix}{names.DIGEST}")
        top.take(f"{prefix}{names.DIFFERS}")
        self._spot(f"{place}.id", self.label, "单元编号", unit_id)
        self._spot(f"{place}.ruleset", self.label, "规则集", ruleset_id)
        unit: dict[str, Any] = {"id": None if unit_id is None else str(unit_id), "ruleset": ruleset_id}
        try:
            ruleset = self.library.ruleset(ruleset_id)
        except (KeyError, LanguageError):
            return unit, None
        if digest is not None and digest != ruleset_digest(ruleset):
            self.found.warnings.append(f"{self.label}：规则集 {ruleset_id} 在生成表单之后有改动，已按现行规则集核对")
        single = {fact.id: self._fact(top, f"{prefix}_{fact.id}", f"{place}.facts.{fact.id}", fact)
                  for fact in ruleset.facts.values() if fact.group is None}  # fmt: skip
        tables: dict[str, list[tuple[Any, dict[str, Stated]]]] = {}
        for group in ruleset.groups:
            rows = self._table(f"{prefix}_{group}", f"{place}.groups.{group}", ruleset, group, prefix)
            if rows is not None:
                tables[group] = rows
        self._more(place, prefix, ruleset, single, tables)
        unit["facts"] = _raw(single)
        unit["groups"] = {
            group: [{ruleset.groups[group].key: key, **_raw(facts)} for key, facts in rows]
            for group, rows in tables.items()
        }
        return unit, ruleset

    def _shared(self, rulesets: list[Ruleset]) -> dict[str, Any]:
        facts = {fact.id: fact for ruleset in rulesets for fact in ruleset.facts.values() if fact.group is None}
        return _raw({
            id_: self._fact(self.top, f"{names.PLANT}_{id_}", f"enterprise.facts.{id_}", fact) for id_, fact in facts.items()
        })  # fmt: skip

    def _fact(self, scope: Scope, name: str, place: str, fact: Fact) -> Stated:
        """A submission's answers about a fact: value, evidence in words, photo, note."""
        stated = Stated()
        given = scope.take(name)
        options = scope.answers.options.get(name, {})
        self._spot(place, scope.where, fact.label, given, Field(place, scope.where, fact))
        ticked = [option for option, value in options.items() if self._ticked(place, value, f"选项 {option}：")]
        if given is None and ticked:
            given = " ".join(ticked)
        elif given is not None and any(value not in (None, "") for value in options.values()):
            self._agree(place, given, ticked)
        if given is not None:
            try:
                stated.value = self._value(given, place, fact)
            except UnreadableError as error:
                self.found.wrong(place, str(error))
        below = scope.take(f"{name}{names.BELOW}") if fact.type == "number" else None
        is_below = self._ticked(place, below, "“实际低于此数”：")
        if is_below and given is None:
            self.found.wrong(place, "勾选了“实际低于此数”，但没有填这个数")
        elif is_below and isinstance(stated.value, Decimal):
            stated.value = {"below": stated.value}
        stated.evidence += lines(scope.take(f"{name}{names.EVIDENCE}"))
        stated.evidence += self._files(place, fact, texts(scope.take(f"{name}{names.PHOTO}")))
        stated.notes += texts(scope.take(f"{name}{names.NOTE}"))
        for kind in ("evidence", "note", *LABELS):
            self._spot(f"{place}.{kind}", scope.where, fact.label, None)
        self._about(scope, {kind: f"{name}{suffix}" for kind, suffix in names.ABOUT.items()}, place, stated)
        return stated

    def _ticked(self, place: str, value: Any, what: str) -> bool:
        """True of a box that is ticked; of one that says neither it is told."""
        try:
            return is_checked(value)
        except UnreadableError as error:
            self.found.wrong(place, f"{what}{error}")
            return False

    def _agree(self, place: str, given: Any, ticked: list[str]) -> None:
        """An answer and the columns of its options say the same."""
        if {*_listed(given)} - {names.NONE_OF_THEM} != {*ticked} - {names.NONE_OF_THEM}:
            self.found.wrong(place, f"所选“{given}”与各选项分列中所选“{' '.join(ticked)}”不一致；请核对原提交")

    def _about(self, scope: Scope, asked: Mapping[str, str], place: str, stated: Stated) -> None:
        """The days of a fact's evidence and what it covers, from the questions that ask for them."""
        for kind, name in asked.items():
            given = scope.take(name)
            if given is None:
                continue
            here = f"{place}.{kind}"
            self._spot(here, scope.where, LABELS[kind], given)
            try:
                value = read_about(kind, as_entry(given))
            except UnreadableError as error:
                self.found.wrong(here, str(error))
                continue
            if stated.about.setdefault(kind, value) != value:
                self.found.wrong(here, f"同一项的{LABELS[kind]}填了两个：{stated.about[kind]} 和 {value}")

    def _files(self, place: str, fact: Fact, named: list[str]) -> list[str]:
        """The names of files that an answer gives, noted with where they belong."""
        self.media += [Media(place, fact.label, name) for name in named]
        return named

    def _value(self, given: Any, place: str, fact: Fact) -> Any:
        if fact.type == "choices":
            return self._options(given, place, fact)
        if isinstance(given, str) and fact.type == "choice" and given.strip() in fact.options:
            return given.strip()
        entry = as_entry(given)
        if fact.type == "boolean" and isinstance(given, str):
            entry = as_entry({names.YES: YES_LABEL, names.NO: NO_LABEL}.get(given.strip(), given))
        value = read_value(entry, fact)
        self._tell(place, reading_notices(entry, fact))
        if isinstance(value, Decimal) and (question := fraction_question(fact, value)):
            self._tell(place, [question])
        return value

    def _options(self, given: Any, place: str, fact: Fact) -> list[str]:
        listed = _listed(given)
        if listed == [names.NONE_OF_THEM]:
            return []
        if names.NONE_OF_THEM in listed:
            raise UnreadableError(f"“以上都没有”不能与其他选项同选；所填：“{given}”")
        single, chosen = fact.model_copy(update={"type": "choice"}), []
        for one in listed:
            if one in fact.options:
                chosen.append(one)
                continue
            try:
                code = read_value(as_entry(one), single)
            except UnreadableError:
                raise UnreadableError(f"{list_expectation(fact)}；所填：“{given}”") from None
            self._tell(place, reading_notices(as_entry(one), single))
            chosen.append(str(code))
        return list(dict.fromkeys(chosen))

    def _table(
        self, name: str, place: str, ruleset: Ruleset, group: str, prefix: str
    ) -> list[tuple[Any, dict[str, Stated]]] | None:
        """The rows of a table; None where it is not stated."""
        label = ruleset.groups[group].name
        answer = self.top.take(f"{name}{names.STATED}")
        self._spot(place, self.label, label, answer)
        self.repeats.add(f"{name}{names.ROWS}")
        listed = self.answers.rows.get(f"{name}{names.ROWS}", [])
        if answer not in (None, names.FILLED, names.EMPTY, names.OPEN):
            self.found.wrong(place, f"有没有{label}：不认识“{answer}”")
        elif listed and answer in (names.EMPTY, names.OPEN):
            self.found.wrong(place, f"选了没有或尚未核查，而填有 {len(listed)} 行")
        elif answer == names.FILLED and not listed:
            self.found.wrong(place, "选了有，而一行也没有填；如果是导出时没有带上表格的行，请连同各表格导出")
        rows = []
        for number, answers in enumerate(listed):
            where = f"{self.label} {label}第 {number + 1} 行"
            scope = Scope(answers, where)
            key = scope.take(f"{name}{names.KEY}")
            here = f"{place}[{number}]"
            self._spot(f"{here}.{ruleset.groups[group].key}", where, "编号", key)
            facts = {
                fact.id: self._fact(scope, f"{prefix}_{fact.id}", f"{here}.{fact.id}", fact)
                for fact in ruleset.facts.values()
                if fact.group == group
            }
            self._doubts(scope, answers)
            rows.append((None if key is None else str(key), facts))
        return rows if listed or answer == names.EMPTY else None

    def _more(
        self,
        unit: str,
        prefix: str,
        ruleset: Ruleset,
        single: dict[str, Stated],
        tables: dict[str, list[tuple[Any, dict[str, Stated]]]],
    ) -> None:
        """Further evidence, each put to the fact and the row that it names."""
        self.repeats.add(f"{prefix}{names.MORE}")
        for number, answers in enumerate(self.answers.rows.get(f"{prefix}{names.MORE}", [])):
            scope = Scope(answers, f"{self.label} 其余证据第 {number + 1} 项")
            fact_id, key = scope.take(f"{prefix}{names.MORE_FACT}"), scope.take(f"{prefix}{names.MORE_ROW}")
            evidence = lines(scope.take(f"{prefix}{names.MORE_TEXT}"))
            suffixes = (names.MORE_PHOTO, names.MORE_FILE)
            files = [file for suffix in suffixes for file in texts(scope.take(f"{prefix}{suffix}"))]
            evidence += files
            notes = texts(scope.take(f"{prefix}{names.MORE_NOTE}"))
            about = {kind: f"{prefix}{name}" for kind, name in names.MORE_ABOUT.items()}
            dated = [name for name in about.values() if scope.take(name) is not None]
            self._doubts(scope, answers)
            fact = ruleset.facts.get(str(fact_id))
            if fact is None:
                if evidence or notes or dated or fact_id is not None:
                    self._wrong(
                        "", scope.where, "没有说明是哪一项的证据" if fact_id is None else f"没有“{fact_id}”这一项"
                    )
                continue
            stated, place = single.get(fact.id), f"{unit}.facts.{fact.id}"
            if fact.group is not None:
                wanted = None if key is None else str(key)
                rows = [i for i, (named, _) in enumerate(tables.get(fact.group, [])) if named == wanted]
                stated = tables[fact.group][rows[0]][1][fact.id] if len(rows) == 1 else None
                place = f"{unit}.groups.{fact.group}[{rows[0] if rows else 0}].{fact.id}"
            elif key is not None:
                self._wrong("", scope.where, f"“{fact.label}”不是表格中的项，不应填行的编号“{key}”")
            if stated is None:
                self._wrong("", scope.where, f"{ruleset.groups[str(fact.group)].name}中没有编号为“{key or ''}”的一行")
                continue
            stated.evidence += evidence
            stated.notes += notes
            self._about(scope, about, place, stated)
            self._files(place, fact, files)

    def _doubts(self, scope: Scope, answers: Answers) -> None:
        """Tell of answers that nothing has read; those to questions that the rulesets no longer have are refused."""
        for name in dict.fromkeys(answers.doubled):
            self._wrong("", f"{scope.where} {name}", "同一项有两个不同的答案")
        for name, value in answers.values.items():
            if name not in scope.read and value not in (None, ""):
                self._unknown(f"{scope.where} {name}" if scope.where != self.label else name, value, name)
        for name in answers.options.keys() - scope.read:
            self._unknown(name, "、".join(answers.options[name]), name)
        if answers is not self.answers:
            for name in answers.rows:
                self._unknown(f"{scope.where} {name}", f"{len(answers.rows[name])} 行", name)

    def _unknown(self, shown: str, value: Any, name: str = "") -> None:
        if _OF_UNIT.fullmatch(name or shown):
            self._wrong("", shown, f"现行规则集没有这一项，不能读取；所填：“{str(value)[:80]}”")
        else:
            self.found.warnings.append(f"{self.label}：“{shown}”不是核查表的内容，未读取（“{str(value)[:40]}”）")

    def _wrong(self, place: str, shown: str, message: str) -> None:
        self.found.wrong(place, message, Spot(self.label, None, shown.removeprefix(f"{self.label} ")))

    def _spot(self, place: str, where: str, label: str, given: Any, asked: Field | None = None) -> None:
        self.found.spots[place] = Spot(where, None, label)
        self.found.given[place] = "" if given is None else str(given)
        if asked is not None:
            self.found.fields[place] = asked

    def _tell(self, place: str, notices: Iterable[str]) -> None:
        spot = self.found.spots[place]
        self.found.warnings += [f"{spot.sheet} {spot.label}：{notice}" for notice in notices]


def _listed(given: Any) -> list[str]:
    """The options that an answer lists."""
    return [str(one) for one in given] if isinstance(given, list) else _SEPARATORS.split(str(given).strip())


def _raw(facts: dict[str, Stated]) -> dict[str, Any]:
    return dict(_stated(facts))


def _stated(facts: dict[str, Stated]) -> Iterator[tuple[str, Any]]:
    for name, stated in facts.items():
        value = stated.raw()
        if value is not None:
            yield name, value
