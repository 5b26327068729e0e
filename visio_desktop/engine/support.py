"""What the window and the command line need to help a helpdesk: facts to copy, the log bundle, what crashed before."""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterable, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path

from visio_desktop.diagnostics import bundle
from visio_desktop.diagnostics.bundle import Part, Sources
from visio_desktop.diagnostics.crashes import FOLDER, Crashes
from visio_desktop.diagnostics.facts import facts
from visio_desktop.diagnostics.redaction import Redactor
from visio_desktop.diagnostics.report import Report
from visio_desktop.engine.hardware import hardware_folder
from visio_desktop.meeting.hops import Hop
from visio_desktop.meeting.state import Meeting
from visio_desktop.meeting.values import Problem
from visio_desktop.settings.listing import listed
from visio_desktop.settings.store import Settings
from visio_desktop.system import account_name, paths
from visio_desktop.system.log import get_logger

_log = get_logger(__name__)
LAST_REPORT = "last-report.json"


@dataclass(frozen=True, slots=True)
class Support:
    """`contacts` are the ledger's lines as JSON values, `report` is what this run would report of its meeting now."""

    settings: Settings
    crashes: Crashes
    contacts: Callable[[], Iterable[Mapping[str, object]]] = tuple
    report: Callable[[], Mapping[str, object] | None] = lambda: None

    def parts(self, seen: Mapping[str, str], meeting: Meeting, *, hosts: bool) -> tuple[Part, ...]:
        """The texts of a bundle. May take long."""
        settings = self.settings
        sources = Sources(
            paths.log_dir(),
            self.crashes.folder,
            paths.state_dir() / LAST_REPORT,
            facts=facts(settings, seen, meeting.devices, last_problem(meeting), encoders=_encoders(settings)),
            policies="\n".join(listed(settings.policies())),
            report=self.report() if meeting.joined_at_ms is not None else None,
            check=[_hop(hop) for hop in meeting.check.hops] if meeting.check is not None else (),
            contacts=tuple(self.contacts()),
            words=(*names(settings), meeting.name, *(person.name for person in meeting.participants)),
            home=str(Path.home()),
        )
        return bundle.collect(sources, hosts=hosts)


def _encoders(settings: Settings) -> list[str]:
    from visio_desktop.diagnostics.encoders import kept_lines  # noqa: PLC0415 - for who asks for a bundle

    return kept_lines(hardware_folder(settings))


def names(settings: Settings) -> tuple[str, ...]:
    """What the person and their account are called."""
    login = os.environ.get("USER") or os.environ.get("USERNAME") or ""
    return (str(settings.get("name")), login if login != "root" else "", account_name.full_name())


def last_problem(meeting: Meeting) -> Problem | None:
    """What went wrong last, as far as it is still shown."""
    devices = (meeting.camera.problem, meeting.microphone.problem, meeting.speaker.problem)
    return next((problem for problem in (meeting.problem, meeting.link_problem, *devices) if problem is not None), None)


def keep_report(report: Report) -> None:
    """Keep what the last meeting was like for a bundle of later, without names; nothing of a run that met nobody."""
    if report.marks.get("signalling_open") is None:
        return
    told = Redactor((), "", hosts=True).value(report.as_dict())
    try:
        (paths.state_dir() / LAST_REPORT).write_text(json.dumps(told), encoding="utf-8")
    except OSError as error:
        _log.warning("report_not_kept", error=str(error))


def hand_out(settings: Settings, out: Path | None, say: Callable[[str], None]) -> None:
    """The bundle of a program that does not run: into a file, or said part by part. Raises `OSError`."""
    parts = Support(settings, Crashes(paths.state_dir() / FOLDER)).parts({}, Meeting(), hosts=True)
    if out is None:
        for part in parts:
            say(f"==== {part.name}\n{part.text}")
    else:
        bundle.write(out, parts)


def _hop(hop: Hop) -> dict[str, object]:
    told = asdict(hop)
    problem = None if hop.problem is None else hop.problem.code.value
    return {**told, "state": hop.state.value, "problem": problem}
