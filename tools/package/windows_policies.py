"""Policies as properties of the Windows installer, made from the settings' schema.

`POLICY_DEFAULT_SERVER=visio.example.org` decides a setting, `RECOMMENDED_...` proposes it: what policies in the
registry mean (`settings/policy_registry`). What was given is kept beside them, so that an upgrade or a repair that is
not told again writes the same; it is removed with the program. A switch is 1 or 0, a list is separated by blanks.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from visio_desktop.settings.policy_registry import KEY, RECOMMENDED
from visio_desktop.settings.schema import SCHEMA, Kind, Setting

NAMESPACE: Final = uuid.UUID("6f1c3c0e-8f0a-5d0e-9a53-0a7c5f6c2b11")
OWN_KEY: Final = r"Software\Visio\VisioDesktop\Setup"
_WAYS: Final = (("POLICY", "Policy", KEY), ("RECOMMENDED", "Recommended", RECOMMENDED))


def guid(name: str) -> str:
    """The same identifier for the same name in every version, as Windows Installer writes them."""
    return "{" + str(uuid.uuid5(NAMESPACE, name)).upper() + "}"


@dataclass(frozen=True, slots=True)
class Policy:
    """One property, named `given`, its component, and where in the registry its value is written."""

    given: str
    component: str
    key: str
    name: str
    is_number: bool

    @property
    def found(self) -> str:
        """The property that holds what was given to an installation before."""
        return f"KEPT_{self.given}"

    @property
    def value(self) -> str:
        """What is written, as the Registry table wants it."""
        return f"#[{self.given}]" if self.is_number else f"[{self.given}]"


def policies(settings: Iterable[Setting] = SCHEMA.values()) -> tuple[Policy, ...]:
    """All properties that decide or propose something."""
    return tuple(
        Policy(
            f"{prefix}_{setting.key.upper()}",
            f"{component}{setting.policy}",
            key,
            setting.policy,
            setting.kind in (Kind.SWITCH, Kind.NUMBER),
        )
        for prefix, component, key in _WAYS
        for setting in settings
        if setting.managed
    )
