from __future__ import annotations

import os
from pathlib import Path

from visio_desktop.settings.policies import resolve
from visio_desktop.settings.policy_files import read_folder
from visio_desktop.settings.schema import SCHEMA
from visio_desktop.settings.templates.sample import sample, value_of


def test_deployed_as_it_is_it_changes_nothing(tmp_path: Path) -> None:
    tmp_path.chmod(0o755)
    (tmp_path / "policies.json").write_text(sample(), encoding="utf-8")
    (tmp_path / "policies.json").chmod(0o644)
    policies = resolve((read_folder(tmp_path, owner=os.getuid()),))
    assert not policies.ignored
    assert {key: (active.value, active.locked) for key, active in policies.active.items()} == {
        key: (setting.default, False) for key, setting in SCHEMA.items() if setting.managed
    }


def test_a_list_is_a_list() -> None:
    assert value_of(SCHEMA["allowed_servers"]) == {"Value": [], "Locked": False}
