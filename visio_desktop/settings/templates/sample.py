"""A `policies.json` with every policy as a default: deployed as it is, it changes nothing."""

from __future__ import annotations

import json
from collections.abc import Iterable

from visio_desktop.settings.schema import Setting
from visio_desktop.settings.templates.rows import rows
from visio_desktop.system.texts import LANGUAGES


def sample(settings: Iterable[Setting] | None = None) -> str:
    """The file."""
    values = {row.setting.policy: value_of(row.setting) for row in rows(LANGUAGES[0], settings)}
    return json.dumps(values, indent=2, ensure_ascii=False) + "\n"


def value_of(setting: Setting) -> dict[str, object]:
    """A setting's default as a policy that locks nothing."""
    default = list(setting.default) if isinstance(setting.default, tuple) else setting.default
    return {"Value": default, "Locked": False}
