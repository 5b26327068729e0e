"""What the organisation has decided, in lines for people: the command line's list, the window's page."""

from __future__ import annotations

import sys

from visio_desktop.settings.policies import Active, Ignored, Policies, shown
from visio_desktop.settings.schema import Kind
from visio_desktop.system.extras import has_strong_noise
from visio_desktop.system.texts import tr


def listed(policies: Policies) -> tuple[str, ...]:
    """All of it, with headings."""
    active = [f"  {active_line(each)}\n    {source_line(each)}" for each in order(policies)]
    ignored = [f"  {ignored_line(each)}\n    {source_line(each)}" for each in policies.ignored]
    parts = ((tr("policies.active"), active), (tr("policies.ignored"), ignored))
    return tuple(line for head, lines in parts if lines for line in (head, *lines)) or (tr("policies.none"),)


def order(policies: Policies) -> tuple[Active, ...]:
    """What is in force, by name."""
    return tuple(sorted(policies.active.values(), key=lambda each: each.setting.policy))


def active_line(active: Active) -> str:
    """A value that holds, and whether people may change it."""
    setting = active.setting
    line = tr(
        "policies.line_active",
        name=tr(f"settings.{setting.key}"),
        policy=setting.policy,
        value=value_text(active),
        locked=tr("policies.locked" if active.locked else "policies.unlocked"),
    )
    idle = active.value is True and not has_effect(setting.key)
    return f"{line}. {tr(f'policies.here.{setting.key}')}" if idle else line


def has_effect(key: str, platform: str = sys.platform) -> bool:
    """Whether this system, and what is installed, can do what the setting wants."""
    match key:
        case "capture_exclusion":
            return platform in ("win32", "darwin")
        case "strong_noise_suppression":
            return has_strong_noise()
        case _:
            return True


def value_text(active: Active) -> str:
    """A value as the dialogs name it."""
    setting = active.setting
    match setting.kind:
        case Kind.CHOICE:
            return tr(f"settings.{setting.key}.{active.value}")
        case Kind.SWITCH:
            return tr("policies.on" if active.value is True else "policies.off")
        case _:
            return shown(active.value) or "-"


def ignored_line(ignored: Ignored) -> str:
    """What was passed over, why, and what holds instead."""
    why = tr(f"policies.why.{ignored.why.value}")
    detail = f" ({ignored.detail})" if ignored.detail else ""
    held = f" {tr('policies.held', value=ignored.held)}" if ignored.held else ""
    line = f"{why}{detail}{held}"
    return tr("policies.line_ignored", policy=ignored.name, why=line) if ignored.name else line


def source_line(told: Active | Ignored) -> str:
    """Where it is written."""
    return tr("policies.line_source", source=told.source)
