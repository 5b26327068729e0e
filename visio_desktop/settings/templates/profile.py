"""A configuration profile for macOS with every policy as a default; what is to be locked loses its `Locked`."""

from __future__ import annotations

import plistlib
from collections.abc import Iterable
from typing import Final
from uuid import NAMESPACE_DNS, uuid5

from visio_desktop.settings.policy_sources import BUNDLE
from visio_desktop.settings.schema import Setting
from visio_desktop.settings.templates.rows import rows
from visio_desktop.settings.templates.sample import value_of
from visio_desktop.system.texts import LANGUAGES, text_in

_VERSION: Final = 1


def profile(settings: Iterable[Setting] | None = None) -> str:
    """The profile, the same each time."""
    language = LANGUAGES[0]
    values = {row.setting.policy: value_of(row.setting) for row in rows(language, settings)}
    payload = {
        "PayloadType": BUNDLE,
        "PayloadIdentifier": f"{BUNDLE}.policies",
        "PayloadUUID": _id("policies"),
        "PayloadVersion": _VERSION,
        "PayloadDisplayName": text_in(language, "policies.product"),
        **values,
    }
    whole = {
        "PayloadType": "Configuration",
        "PayloadIdentifier": f"{BUNDLE}.profile",
        "PayloadUUID": _id("profile"),
        "PayloadVersion": _VERSION,
        "PayloadScope": "System",
        "PayloadDisplayName": text_in(language, "policies.product"),
        "PayloadDescription": text_in(language, "policies.description"),
        "PayloadContent": [payload],
    }
    return plistlib.dumps(whole, sort_keys=False).decode()


def _id(name: str) -> str:
    return str(uuid5(NAMESPACE_DNS, f"{name}.{BUNDLE}")).upper()
