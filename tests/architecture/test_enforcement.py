"""The page that says what each policy acts on names every policy that limits, and files that are there."""

from __future__ import annotations

import re

from tests.helpers.sources import PACKAGE, ROOT
from visio_desktop.settings.schema import SCHEMA

PAGE = (ROOT / "docs" / "admin" / "enforcement.md").read_text(encoding="utf-8")
ROWS = [line for line in PAGE.splitlines() if line.startswith("| `")]
LIMITING = ("network", "further", "organisation")


def test_every_policy_that_limits_is_told_with_its_test() -> None:
    told = {name for row in ROWS for name in re.findall(r"`([A-Z]\w+)`", row.split("|")[1])}
    limiting = {
        each.policy
        for each in SCHEMA.values()
        if each.managed and (each.section in LIMITING or each.strictest is not None or each.key == "autostart")
    }
    assert limiting - told == set()
    assert told - {each.policy for each in SCHEMA.values()} == set()


def test_every_file_named_is_there() -> None:
    for row in ROWS:
        *_, where, tests, _ = row.split("|")
        for name in re.findall(r"`([^`]+)`", where):
            assert (PACKAGE / name).is_file(), name
        for name in re.findall(r"`([^`]+)`", tests):
            assert (ROOT / name).is_file(), name
