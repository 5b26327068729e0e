"""What a connection test comes to, in one line that can be read out to a helpdesk."""

from __future__ import annotations

from visio_desktop.meeting.hops import Hop, Verdict
from visio_desktop.system.texts import tr


def outcome(verdict: Verdict) -> str:
    """One line: what the hops come to."""
    match verdict:
        case Verdict(is_good=True, works=Hop() as way):
            return tr("check.good", way=tr(f"check.way_{way.name}"))
        case Verdict(is_untried=True):
            return tr("check.untried")
        case Verdict(is_good=True):
            return tr("check.well")
        case Verdict(failed=Hop(is_way=True)):
            return tr("check.no_media")
        case Verdict(failed=Hop(problem=problem)) if problem is not None:
            return tr("check.bad", problem=tr(f"problems.{problem.code.value}", subject=problem.subject))
        case _:
            return tr("check.bad", problem="")
