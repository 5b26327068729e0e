"""What the organisation has decided: values of settings, from whichever source, and what was passed over and why.

Precedence, said here alone. Of the values given for one setting a locked one beats one that is not, whatever its
source; among equals the stronger source counts, and its own order within it. A locked value holds; one that is not is
only the default: a person's own choice beats it. Everything passed over is told.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from enum import Enum

from visio_desktop.settings.schema import SCHEMA, Setting, Value, ValueRefused

_MOST_TOLD = 200
_LONGEST_TOLD = 120
_LOGIN = r"(?<=://)[^/\s@]+@"


class Why(Enum):
    """Why something was passed over; texts are `policies.why.<value>`."""

    UNREADABLE = "unreadable"
    UNTRUSTED = "untrusted"
    TOO_LARGE = "too_large"
    TOO_MANY = "too_many"
    BROKEN = "broken"
    UNKNOWN = "unknown"
    PERSONAL = "personal"
    REFUSED = "refused"
    OUTRANKED = "outranked"
    MORE = "more"


@dataclass(frozen=True, slots=True)
class Given:
    """A value as a source gives it, unchecked; `source` is for showing."""

    name: str
    raw: object
    locked: bool
    source: str


@dataclass(frozen=True, slots=True)
class Ignored:
    """Something passed over: of a whole source where `name` is empty. `held`: what holds instead of a locked value."""

    source: str
    name: str
    why: Why
    detail: str = ""
    held: str = ""


@dataclass(frozen=True, slots=True)
class Found:
    """What a source gives, the strongest first."""

    given: tuple[Given, ...] = ()
    ignored: tuple[Ignored, ...] = ()


@dataclass(frozen=True, slots=True)
class Active:
    """A value that holds."""

    setting: Setting
    value: Value
    locked: bool
    source: str


@dataclass(frozen=True, slots=True)
class Policies:
    """All that holds, by setting, and all that was passed over."""

    active: Mapping[str, Active] = field(default_factory=dict)
    ignored: tuple[Ignored, ...] = ()

    def is_locked(self, key: str) -> bool:
        """Whether a person can no longer choose this setting."""
        found = self.active.get(key)
        return found is not None and found.locked


NO_POLICIES = Policies()


def given(name: str, raw: object, source: str) -> Given:
    """A value in either form: plain, or `{"Value": ..., "Locked": ...}`. It is locked unless that says false."""
    if isinstance(raw, Mapping):
        return Given(name, raw.get("Value"), raw.get("Locked") is not False, source)
    return Given(name, raw, locked=True, source=source)


def resolve(sources: Iterable[Found]) -> Policies:
    """What holds of these sources, the strongest first. Never raises."""
    by_policy = {setting.policy.lower(): setting for setting in SCHEMA.values()}
    active: dict[str, Active] = {}
    ignored: list[Ignored] = []
    for found in sources:
        ignored += found.ignored
        for value in found.given:
            _take(by_policy.get(value.name.lower()), value, active, ignored)
    if len(ignored) > _MOST_TOLD:
        ignored[_MOST_TOLD:] = [Ignored(ignored[_MOST_TOLD].source, "", Why.MORE, str(len(ignored) - _MOST_TOLD))]
    return Policies(active, tuple(ignored))


def shown(value: object) -> str:
    """A value for people: in one line, bounded, without any login in an address."""
    match value:
        case list() | tuple():
            text = ", ".join(_word(each) for each in value[:_LONGEST_TOLD])
        case _:
            text = _word(value)
    text = re.sub(_LOGIN, "", "".join(sign if sign.isprintable() else "\N{REPLACEMENT CHARACTER}" for sign in text))
    return text if len(text) <= _LONGEST_TOLD else text[:_LONGEST_TOLD] + "…"


def _word(value: object) -> str:
    """A single value; what contains others may be as deep as it likes."""
    match value:
        case bool():
            return str(value).lower()
        case str() | int() | float():
            return str(value)[: 10 * _LONGEST_TOLD]
        case None:
            return "null"
        case _:
            return "{…}"


def _take(setting: Setting | None, value: Given, active: dict[str, Active], ignored: list[Ignored]) -> None:
    name, source = shown(value.name), value.source
    if setting is None:
        ignored.append(Ignored(source, name, Why.UNKNOWN))
        return
    if not setting.managed:
        ignored.append(Ignored(source, name, Why.PERSONAL))
        return
    checked = _checked(setting, value, ignored)
    if checked is None:
        return
    found, before = Active(setting, checked, value.locked, source), active.get(setting.key)
    if before is None or (found.locked and not before.locked):
        active[setting.key] = found
        outranked = before
    else:
        outranked = found
    if outranked is not None:
        winner = active[setting.key].source
        ignored.append(Ignored(outranked.source, setting.policy, Why.OUTRANKED, winner))


def _checked(setting: Setting, value: Given, ignored: list[Ignored]) -> Value | None:
    """The value in its own type. Of a locked one that does not fit the strictest there is; None for others."""
    raw = _fitting(setting, value, ignored) if setting.is_list and isinstance(value.raw, list | tuple) else value.raw
    try:
        return setting.check(raw)
    except ValueRefused:
        pass
    if not value.locked:
        ignored.append(Ignored(value.source, setting.policy, Why.REFUSED, shown(value.raw)))
        return None
    held = setting.default if setting.strictest is None else setting.strictest
    ignored.append(Ignored(value.source, setting.policy, Why.REFUSED, shown(value.raw), shown(held)))
    return held


def _fitting(setting: Setting, value: Given, ignored: list[Ignored]) -> object:
    """A list without the entries that do not fit; None where nothing is left of one that had some."""
    entries = value.raw if isinstance(value.raw, list | tuple) else []
    kept: list[object] = []
    for entry in entries[: setting.limit]:
        try:
            setting.check([entry])
        except ValueRefused:
            ignored.append(Ignored(value.source, setting.policy, Why.REFUSED, shown(entry)))
        else:
            kept.append(entry)
    if len(entries) > setting.limit:
        ignored.append(Ignored(value.source, setting.policy, Why.TOO_MANY, str(len(entries))))
    return None if entries and not kept else kept
