from __future__ import annotations

import pytest

from visio_desktop.diagnostics.verdict import outcome
from visio_desktop.meeting.hops import Hop, HopState, judge
from visio_desktop.meeting.values import Problem, ProblemCode
from visio_desktop.system.texts import tr

PASSED, FAILED, SKIPPED = HopState.PASSED, HopState.FAILED, HopState.SKIPPED
SILENT = Problem(ProblemCode.SERVER_SILENT, "h")


@pytest.mark.parametrize(
    ("hops", "line"),
    [
        ([Hop("tcp", PASSED), Hop("ice_udp", PASSED, is_way=True)], ("good", {"way": "check.way_ice_udp"})),
        ([Hop("tcp", PASSED)], ("well", {})),
        ([Hop("tcp", PASSED), Hop("media", SKIPPED, is_way=True)], ("untried", {})),
        ([Hop("ice_udp", FAILED, is_way=True, problem=SILENT)], ("no_media", {})),
        ([Hop("tcp", FAILED, problem=SILENT)], ("bad", {"problem": "problems.server_silent"})),
        ([Hop("tcp", FAILED)], ("bad", {"problem": ""})),
    ],
)
def test_one_line_for_each_outcome(hops: list[Hop], line: tuple[str, dict[str, str]]) -> None:
    key, given = line
    said = {name: tr(text, subject="h") if text else "" for name, text in given.items()}
    assert outcome(judge(hops)) == tr(f"check.{key}", **said)
