from __future__ import annotations

from pathlib import Path

import pytest

from visio_desktop.cli import TEMPLATES
from visio_desktop.settings.policies import Found, given, resolve
from visio_desktop.settings.schema import SCHEMA, Kind, Setting
from visio_desktop.settings.templates.formats import FORMATS, make, write_all

NEW = Setting("tea_break", Kind.SWITCH, default=True, section="comfort", strictest=False)


def test_the_command_line_knows_every_format() -> None:
    assert tuple(FORMATS) == TEMPLATES


@pytest.mark.parametrize("name", FORMATS)
def test_a_setting_added_to_the_schema_shows_without_any_other_edit(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    assert "TeaBreak" not in make(name)
    monkeypatch.setitem(SCHEMA, NEW.key, NEW)
    assert "TeaBreak" in make(name)


def test_a_setting_added_to_the_schema_is_a_policy(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(SCHEMA, NEW.key, NEW)
    policies = resolve((Found((given("TeaBreak", {}, "file"),)),))
    assert policies.active["tea_break"].value is False


def test_all_of_them_are_written(tmp_path: Path) -> None:
    written = write_all(tmp_path / "new")
    assert {path.relative_to(tmp_path / "new").as_posix() for path in written} == {
        place for place, _ in FORMATS.values()
    }
    for name, (place, _) in FORMATS.items():
        assert (tmp_path / "new" / place).read_text(encoding="utf-8") == make(name)
    assert "en-US/VisioDesktop.adml" in {place for place, _ in FORMATS.values()}
