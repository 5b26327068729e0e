"""What the README says of each kind of server is what its adapter says of itself."""

from __future__ import annotations

from tools import kinds
from visio_desktop.meeting.values import Capability

# What nobody sees as such, or stands in the table under another name.
_PASSED_OVER = Capability.DATA | Capability.REQUEST_RECORDING | Capability.REQUEST_TRANSCRIPT


def test_the_table_in_the_readme_is_up_to_date() -> None:
    text = kinds.README.read_text(encoding="utf-8")
    assert kinds.BEGIN in text
    assert kinds.written(text) == text, "run ./dev kinds"


def test_every_capability_has_its_line() -> None:
    told = Capability.NONE
    for flag in kinds.FEATURES.values():
        told |= flag
    assert told | _PASSED_OVER == ~Capability.NONE


def test_a_table_that_is_old_is_replaced() -> None:
    old = f"# Title\n{kinds.BEGIN}rubbish\n{kinds.END}rest\n"
    new = kinds.written(old)
    assert "rubbish" not in new
    assert new.startswith("# Title\n")
    assert new.endswith("rest\n")
    assert kinds.written(new) == new
