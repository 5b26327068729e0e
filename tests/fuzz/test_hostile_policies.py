"""Policy files as nobody would write them, all the way to what the program and its window make of them."""

from __future__ import annotations

import json
import os
import tempfile
from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from visio_desktop.settings.listing import listed
from visio_desktop.settings.policies import resolve
from visio_desktop.settings.policy_files import read_folder
from visio_desktop.settings.schema import SCHEMA
from visio_desktop.settings.store import Settings

MANAGED = {setting.policy: setting for setting in SCHEMA.values() if setting.managed}
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=20) | st.sampled_from(["none", "*.a.example", "1-2"]),
    lambda inner: (
        st.lists(inner, max_size=4) | st.dictionaries(st.sampled_from(["Value", "Locked"]) | st.text(), inner)
    ),
    max_leaves=6,
)
FILES = st.dictionaries(st.sampled_from(sorted(MANAGED)) | st.text(max_size=20), VALUES, max_size=8)
TEXTS = FILES.map(json.dumps) | st.text(max_size=200) | FILES.map(lambda file: json.dumps(file)[:-1])


def is_meant_to_lock(raw: object) -> bool:
    return not isinstance(raw, dict) or raw.get("Locked") is not False


@given(main=TEXTS, drop_in=TEXTS)
def test_no_file_stops_the_program_or_opens_what_it_locks(main: str, drop_in: str) -> None:
    with tempfile.TemporaryDirectory() as made:
        folder = Path(made)
        (folder / "policies.d").mkdir(mode=0o755)
        for path, text in ((folder / "policies.json", main), (folder / "policies.d" / "a.json", drop_in)):
            path.write_bytes(text.encode("utf-8", "surrogatepass"))
            path.chmod(0o644)
        policies = resolve((read_folder(folder, owner=os.getuid()),))
        settings = Settings(folder / "home" / "settings.json", lambda: policies)
        settings.preferences(lambda _: None)
        assert all("\n" not in line.strip().split("\n    ")[0] for line in listed(policies))
        for key, declared in SCHEMA.items():
            assert declared.check(settings.get(key)) == settings.get(key)
        for text in (main, drop_in):
            try:
                raw = json.loads(text)
            except (ValueError, RecursionError):
                continue
            for name, value in raw.items() if isinstance(raw, dict) else ():
                if name in MANAGED and is_meant_to_lock(value):
                    assert settings.is_locked(MANAGED[name].key)
