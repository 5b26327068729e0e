from __future__ import annotations

import os
import plistlib
from pathlib import Path

from visio_desktop.settings.policies import resolve
from visio_desktop.settings.policy_files import read_property_lists
from visio_desktop.settings.policy_sources import BUNDLE
from visio_desktop.settings.schema import SCHEMA
from visio_desktop.settings.templates.profile import profile


def test_the_profile_holds_every_policy_for_our_bundle() -> None:
    whole = plistlib.loads(profile().encode())
    (payload,) = whole["PayloadContent"]
    assert whole["PayloadType"] == "Configuration"
    assert payload["PayloadType"] == BUNDLE
    assert payload["PayloadUUID"] != whole["PayloadUUID"]
    values = {name for name in payload if not name.startswith("Payload")}
    assert values == {setting.policy for setting in SCHEMA.values() if setting.managed}


def test_it_is_the_same_each_time() -> None:
    assert profile() == profile()


def test_what_the_system_makes_of_it_is_read_and_locks_nothing(tmp_path: Path) -> None:
    (payload,) = plistlib.loads(profile().encode())["PayloadContent"]
    tmp_path.chmod(0o755)
    path = tmp_path / f"{BUNDLE}.plist"
    path.write_bytes(plistlib.dumps(payload, fmt=plistlib.FMT_BINARY))
    path.chmod(0o644)
    policies = resolve((read_property_lists((path,), owner=os.getuid()),))
    assert not policies.ignored
    assert {key: active.value for key, active in policies.active.items()} == {
        key: setting.default for key, setting in SCHEMA.items() if setting.managed
    }
    assert not any(active.locked for active in policies.active.values())
