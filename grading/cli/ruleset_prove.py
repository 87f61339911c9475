"""`grading ruleset prove`: what can be proven of rulesets, with the audits that show it."""

from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from pathlib import Path
from typing import Any

import typer
from rich.text import Text

from grading.audit_json import dump_audit
from grading.cli.terminal import Exit, err, out, print_json, print_problems, problem_json
from grading.cli.written_file import write_file
from grading.intake import check_audit
from grading.language.decision_text import level_label
from grading.language.load import Library
from grading.language.prose import day_text
from grading.proof.prove import prove
from grading.proof.results import Finding, LevelProof, Outcome, Period, Proof, Witness
from grading.vocabulary import MODE

OUTCOMES: dict[Outcome, str] = {
    "reachable": "可评上",
    "open": "待限值核实",
    "unreachable": "评不上",
    "not_proven": "未能证明",
}


def prove_rulesets(
    rulesets: Library, ids: tuple[str, ...], to: Path | None, workers: int, verbose: bool, as_json: bool
) -> None:
    """Print what proofs find; ends with exit code 1 when something is found that nobody has accepted."""
    proofs = []
    for proof in _proofs(rulesets, ids, workers):
        proofs.append(proof)
        files = _written(rulesets, proof, to) if to is not None else {}
        if as_json:
            continue
        _print(rulesets, proof, files, verbose)
    if as_json:
        print_json({"rulesets": [_document(proof) for proof in proofs]})
    else:
        _summary(proofs)
    if not all(proof.is_clean for proof in proofs):
        raise typer.Exit(Exit.FAILED)


def _proofs(rulesets: Library, ids: tuple[str, ...], workers: int) -> Iterator[Proof]:
    if len(ids) < 2 or workers < 2:
        yield from (prove(rulesets, ruleset_id) for ruleset_id in ids)
        return
    # Polars has threads, which a forked process would lack.
    with ProcessPoolExecutor(min(workers, len(ids)), mp_context=get_context("spawn")) as pool:
        yield from pool.map(_proof, [(rulesets.root, ruleset_id) for ruleset_id in ids])


def _proof(task: tuple[Path, str]) -> Proof:
    root, ruleset_id = task
    return prove(Library(root), ruleset_id)


def _written(rulesets: Library, proof: Proof, to: Path) -> dict[str, Path]:
    """Write every audit that shows something; by its file name, where it is."""
    files: dict[str, Path] = {}
    for witness in proof.witnesses:
        path = to / proof.ruleset / f"{_file(witness)}.json"
        audit = check_audit(dict(witness.audit), rulesets, as_recorded=True)
        write_file(path, dump_audit(audit, rulesets).encode())
        files[_file(witness)] = path
    return files


def _file(witness: Witness) -> str:
    period = witness.period
    return f"{period.mode.value}-{period.since}-{witness.name.replace(',', '+')}"


def _print(rulesets: Library, proof: Proof, files: dict[str, Path], verbose: bool) -> None:
    out.print(Text(proof.ruleset, style="bold"))
    if proof.broken:
        print_problems(proof.broken, err)
        return
    for line in _levels(rulesets, proof):
        out.print(Text(f"  {line}", style="dim"))
    for finding in proof.findings:
        if finding.accepted is None:
            print_problems([finding.problem])
            _example(finding, files)
        elif verbose:
            out.print(Text(f"  {finding.problem}", style="dim"))
            out.print(Text(f"    已说明：{finding.accepted}", style="dim"))
    print_problems(proof.not_proven)


def _example(finding: Finding, files: dict[str, Path]) -> None:
    witness = finding.witness
    if witness is None:
        return
    path = files.get(_file(witness))
    shown = f"见 {path}" if path is not None else "用 -o 目录 写出"
    out.print(Text(f"  反例审核（{_period(witness.period)}）：{shown}", style="dim"))


def _levels(rulesets: Library, proof: Proof) -> Iterator[str]:
    """A line a mode and period: which levels can be reached."""
    scale = rulesets.ruleset(proof.ruleset).scale
    by_period: dict[Period, list[LevelProof]] = {}
    for level in proof.levels:
        by_period.setdefault(level.period, []).append(level)
    for period, listed in by_period.items():
        by_outcome: dict[Outcome, list[str]] = {}
        for level in listed:
            by_outcome.setdefault(level.outcome, []).append(level_label(scale, level.level))
        text = "；".join(f"{'、'.join(names)} {OUTCOMES[outcome]}" for outcome, names in by_outcome.items())
        yield f"{_period(period)}：{text}"


def _period(period: Period) -> str:
    return f"{MODE[period.mode.value]}，{day_text(period.since)}起"


def _summary(proofs: list[Proof]) -> None:
    findings = [finding for proof in proofs for finding in proof.findings]
    fresh = sum(finding.accepted is None for finding in findings)
    broken = sum(bool(proof.broken) for proof in proofs)
    not_proven = sum(len(proof.not_proven) for proof in proofs)
    rows = max((proof.rows for proof in proofs), default=0)
    text = f"{len(proofs)} 个规则集，{sum(proof.questions for proof in proofs)} 个问题：{fresh} 个发现"
    text += f"，另有 {len(findings) - fresh} 个已说明理由；{not_proven} 项未能证明"
    text += f"；{broken} 个规则集不能使用" if broken else ""
    out.print(Text(text, style="red" if fresh or broken else "yellow" if not_proven else "green"))
    out.print(Text(f"范围：每张表 0 至 {rows} 行（要求更多行的，按其最少行数），事实均已知且在允许范围内", style="dim"))


def _document(proof: Proof) -> dict[str, Any]:
    return {
        "id": proof.ruleset,
        "asked": proof.questions,
        "rows": proof.rows,
        "problems": [problem_json(problem) for problem in proof.broken],
        "levels": [
            {
                "level": level.level,
                **_period_json(level.period),
                "outcome": level.outcome,
                "witness": None if level.witness is None else _witness_json(level.witness),
            }
            for level in proof.levels
        ],
        "findings": [
            {
                **problem_json(finding.problem),
                "criterion": finding.place,
                "periods": [_period_json(period) for period in finding.periods],
                "witness": None if finding.witness is None else _witness_json(finding.witness),
                "accepted": finding.accepted,
            }
            for finding in proof.findings
        ],
        "not_proven": [problem_json(problem) for problem in proof.not_proven],
    }


def _period_json(period: Period) -> dict[str, str]:
    return {"mode": period.mode.value, "since": period.since.isoformat()}


def _witness_json(witness: Witness) -> dict[str, Any]:
    return {"audit": witness.audit, "grade": witness.grade, "attainable": witness.attainable}
