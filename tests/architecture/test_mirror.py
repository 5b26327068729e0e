"""Every source file has its unit test, under the same path."""

from __future__ import annotations

from pathlib import Path

from tests.helpers.sources import PACKAGE, PACKAGE_SOURCES, ROOT, Source

# Nothing but values, protocols or literals: there is no behaviour to show.
WITHOUT_BEHAVIOUR = {
    "meeting/effects.py",
    "meeting/events.py",
    "meeting/frames.py",
    "meeting/intents.py",
    "meeting/account_news.py",
    "meeting/bounds.py",
    "meeting/errands.py",
    "meeting/requests.py",
    "meeting/rooms.py",
    "rtc/errors.py",
    "rtc/frames.py",
    "servers/port.py",
    "net/errors.py",
    "engine/services.py",
    "practice/cast.py",
    "practice/cues.py",
    "rtc/depacketize/part.py",
    "rtc/actions.py",
}
WITH_BEHAVIOUR = [
    s
    for s in PACKAGE_SOURCES
    if s.path.name != "__init__.py" and s.path.relative_to(PACKAGE).as_posix() not in WITHOUT_BEHAVIOUR
]


def mirror(source: Source) -> Path:
    inside = source.path.relative_to(PACKAGE)
    return ROOT / "tests" / "unit" / inside.with_name(f"test_{inside.stem.strip('_')}.py")


def test_a_unit_test_mirrors_every_module() -> None:
    missing = [
        str(s)
        for s in WITH_BEHAVIOUR
        if not mirror(s).is_file() or "def test_" not in mirror(s).read_text(encoding="utf-8")
    ]
    assert not missing, "modules without their unit test:\n" + "\n".join(missing)


def test_no_exception_outlives_its_file() -> None:
    assert all((PACKAGE / name).is_file() for name in WITHOUT_BEHAVIOUR)
