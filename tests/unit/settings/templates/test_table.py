from __future__ import annotations

import re

from tests.helpers.sources import ROOT
from visio_desktop.settings.schema import SCHEMA, Kind, Setting
from visio_desktop.settings.templates.table import table
from visio_desktop.system.texts import LANGUAGES, text_in


def test_every_policy_has_a_line_in_every_language() -> None:
    page = table()
    for setting in SCHEMA.values():
        lines = re.findall(rf"^\| `{setting.policy}` \|.*\|$", page, re.MULTILINE)
        assert len(lines) == (len(LANGUAGES) if setting.managed else 0)
    for language in LANGUAGES:
        assert text_in(language, "settings.relay_only.help") in page


def test_what_would_break_a_table_does_not() -> None:
    page = table((Setting("a_b", Kind.CHOICE, "x|y", choices=("x|y",)),))
    row = next(line for line in page.splitlines() if line.startswith("| `AB`"))
    assert len(re.findall(r"(?<!\\)\|", row)) == 4


def test_the_guide_is_up_to_date() -> None:
    """If this fails: `./dev run policies --format markdown > docs/admin/policies.md`."""
    assert (ROOT / "docs" / "admin" / "policies.md").read_text(encoding="utf-8") == table()
