"""Why a plant is graded by an edition, in Chinese."""

from grading.model.audit import EditionChoice, Scope

SCOPE_WORDS: dict[Scope, str] = {"county": "县级", "city": "市级", "province": "省级", "nation": "国家"}


def why_text(choice: EditionChoice, ruleset: str) -> str:
    """The reason for a choice: what the place and the day led to, or a person's."""
    if choice.most_local is None or choice.scope is None:
        text = f"按所写明的 {ruleset}（没有唯一的最具体的现行版本）"
        return f"{text}，理由：{choice.reason}" if choice.reason else text
    where = SCOPE_WORDS[choice.scope] + (f"（{choice.jurisdiction}）" if choice.scope != "nation" else "")
    others = f"；另有 {'、'.join(choice.others)}" if choice.others else ""
    if ruleset == choice.most_local:
        return f"按企业所在地和评定日选用最具体的现行版本：{where} {ruleset}{others}"
    return f"改用 {ruleset}，理由：{choice.reason}；最具体的现行版本为{where} {choice.most_local}"
