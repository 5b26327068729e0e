from __future__ import annotations

import json
from pathlib import Path

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.tools.supply.made import package
from tools.supply.embedded import Embedded, embedded, parse
from tools.supply.site import installed

ROWS = [
    {"type": "library", "name": "libxcb", "version": "1.13", "purl": "pkg:rpm/almalinux/libxcb@1.13", "bom-ref": "a#1"},
    {"type": "library", "name": "libxcb", "version": "1.13", "purl": "pkg:rpm/almalinux/libxcb@1.13?x=file:///home"},
    {"type": "library", "name": "made", "version": "1", "purl": "pkg:pypi/made@1?file_name=made.whl"},
    {"type": "library", "name": "a", "purl": "pkg:cargo/a", "licenses": [{"expression": "MIT OR Apache-2.0"}]},
    {"type": "library", "name": "b", "purl": "pkg:cargo/b", "licenses": [{"license": {"id": "MIT"}}]},
    {"type": "file", "name": "c", "purl": "pkg:generic/c"},
    {"type": "library", "name": "", "purl": "pkg:generic/d"},
    "nonsense",
]


def test_what_wheels_say_they_hold_is_taken_over_once_and_without_their_builders_paths(tmp_path: Path) -> None:
    package(tmp_path, "made", "1", INFO__sboms__one_DOT_json=json.dumps({"components": ROWS}))
    assert embedded(installed(tmp_path)["made"].files) == (
        Embedded("a", "", "pkg:cargo/a", "MIT OR Apache-2.0"),
        Embedded("b", "", "pkg:cargo/b", "MIT"),
        Embedded("libxcb", "1.13", "pkg:rpm/almalinux/libxcb@1.13", ""),
    )


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.binary(max_size=200)
    | st.recursive(
        st.none() | st.text(),
        lambda x: (
            st.lists(x)
            | st.dictionaries(st.sampled_from(["components", "licenses", "license", "name", "purl", "type"]), x)
        ),
    ).map(lambda made: json.dumps(made).encode())
)
def test_any_file_is_parts_or_none(tmp_path: Path, content: bytes) -> None:
    file = tmp_path / "x.json"
    file.write_bytes(content)
    assert isinstance(parse(file), tuple)
    assert parse(tmp_path / "missing") == ()
