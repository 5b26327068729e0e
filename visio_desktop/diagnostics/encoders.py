"""Which encoders of a graphics processor this machine has, which one is used, and why the others are not.

Each that may be there is tried as before a meeting uses it, in a process of its own (`media/hardware/`). What comes of
it is kept, so that what is told here is what meetings do from then on.

As JSON: `{"allowed", "used", "tried": [{"name", "codec", "state", "detail", "share", "hardware_ms", "software_ms"}]}`.
`used` is null where pictures are encoded by the processor. `state` is "used", "spare" (works, another one is used),
"absent" (its device is missing), "untried" (`allowed` is false), or what is wrong with it: a `Fault`. `share` is the
share of our own encoder's processor time that it takes, null where it did not come to that.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from visio_desktop.diagnostics.terminal import harmless
from visio_desktop.media.hardware.candidates import Candidate, known, likely
from visio_desktop.media.hardware.faults import Fault
from visio_desktop.media.hardware.kept import Kept
from visio_desktop.media.hardware.proving import Verdict, prove
from visio_desktop.system.texts import tr

USED: Final = "used"
_SPARE, _ABSENT, _UNTRIED = "spare", "absent", "untried"
_SIGNS: Final = {USED: "✓", _SPARE: "✓", _ABSENT: "-", _UNTRIED: "-"}
_FAILED_SIGN: Final = "✗"


@dataclass(frozen=True, slots=True)
class Finding:
    """What is known of one encoder."""

    candidate: Candidate
    state: str
    verdict: Verdict | None = None


@dataclass(frozen=True, slots=True)
class Encoders:
    """What is known of all of them, the best first; not `allowed`: a setting or policy says that none is used."""

    allowed: bool = True
    findings: tuple[Finding, ...] = ()

    @property
    def used(self) -> str | None:
        """The name of the one that meetings use."""
        return next((each.candidate.name for each in self.findings if each.state == USED), None)


def survey(
    folder: Path | None,
    candidates: Iterable[Candidate] | None = None,
    present: Iterable[Candidate] | None = None,
    attempt: Callable[[Iterable[Candidate]], tuple[Verdict, ...]] = lambda these: prove(these, every=True),
) -> Encoders:
    """Try each that may be there. `folder` is where it is remembered, None where none is to be used.

    May take 20 seconds for each. What failed in a meeting is not tried again: it did well in its trial before.
    """
    every = tuple(known() if candidates is None else candidates)
    there = tuple(likely() if present is None else present)
    if folder is None:
        return Encoders(
            allowed=False, findings=tuple(Finding(each, _UNTRIED if each in there else _ABSENT) for each in every)
        )
    kept = Kept(folder)
    failed = [each for each in kept.verdicts() or () if Fault.of(each.problem) is Fault.FAILED]
    lost = {each.name for each in failed}
    if there:
        tried = attempt([each for each in there if each.name not in lost])
        kept.keep([*failed, *tried])
        failed += tried
    found = {each.name: each for each in failed}
    best = kept.best()
    used = None if best is None or best.candidate not in there else best.candidate.name
    return Encoders(findings=tuple(Finding(each, _state(each, found, used), found.get(each.name)) for each in every))


def _state(candidate: Candidate, found: dict[str, Verdict], used: str | None) -> str:
    verdict = found.get(candidate.name)
    if verdict is None:
        return _ABSENT
    if verdict.holds:
        return USED if candidate.name == used else _SPARE
    return Fault.of(verdict.problem).value


def as_value(encoders: Encoders) -> dict[str, Any]:
    """What is known, as JSON has it."""
    return {"allowed": encoders.allowed, "used": encoders.used, "tried": [_value(each) for each in encoders.findings]}


def _value(finding: Finding) -> dict[str, Any]:
    verdict = finding.verdict or Verdict(finding.candidate.name, "")
    share = verdict.share
    return {
        "name": finding.candidate.name,
        "codec": finding.candidate.codec.value,
        "state": finding.state,
        "detail": _detail(verdict.problem),
        "share": share,
        "hardware_ms": None if share is None else verdict.hardware_ms,
        "software_ms": None if share is None else verdict.software_ms,
    }


def lines(encoders: Encoders) -> list[str]:
    """What is known, for a person: which one is used, then each that may be there; those that are not, together."""
    first = tr("encoders.used", name=encoders.used) if encoders.used else tr("encoders.none")
    told = [first if encoders.allowed else tr("encoders.switched_off")]
    told += [_line(each) for each in encoders.findings if each.state != _ABSENT]
    absent = [each.candidate.name for each in encoders.findings if each.state == _ABSENT]
    return [*told, tr("encoders.absent", names=", ".join(absent))] if absent else told


def _line(finding: Finding) -> str:
    verdict = finding.verdict
    words = [tr(f"encoders.is_{finding.state}")]
    if verdict is not None and (share := verdict.share) is not None:
        words.append(tr("encoders.cost", percent=round(100 * share)))
    elif verdict is not None and (detail := _detail(verdict.problem)):
        words.append(detail)
    return f"{_SIGNS.get(finding.state, _FAILED_SIGN)} {finding.candidate.name}: {'; '.join(words)}"


def _detail(problem: str) -> str:
    """What was seen, without the word for it; a driver has a say in it."""
    return harmless(problem.partition(":")[2].strip())


def kept_lines(folder: Path | None) -> list[str]:
    """What came of trials before, for a log bundle, in English: nothing is tried."""
    if folder is None:
        return ["encoders: switched off"]
    verdicts = Kept(folder).verdicts()
    if verdicts is None:
        return ["encoders: not tried yet"]
    return [f"encoder {each.name}: {_detail_of(each)}" for each in verdicts] or ["encoders: no device for any"]


def _detail_of(verdict: Verdict) -> str:
    told = harmless(verdict.problem) or "works"
    return told if verdict.share is None else f"{told}, share {verdict.share}"
