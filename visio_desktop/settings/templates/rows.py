"""A setting as every template shows it, in a language."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from visio_desktop.settings.schema import SCHEMA, Kind, Setting, Value
from visio_desktop.system.texts import text_in


@dataclass(frozen=True, slots=True)
class Row:
    """One policy; `language` is that of its texts."""

    setting: Setting
    language: str

    @property
    def name(self) -> str:
        """What people read."""
        return text_in(self.language, f"settings.{self.setting.key}")

    @property
    def section(self) -> str:
        """The name of the group it stands in."""
        return section_name(self.language, self.setting.section)

    @property
    def help(self) -> str:
        """What it does, what an administrator should know of that, what it takes, and what holds without it."""
        said = text_in(self.language, f"settings.{self.setting.key}.help")
        return " ".join(part for part in (said, self.note, self.takes, self.otherwise) if part)

    @property
    def note(self) -> str:
        """What only an administrator need know of it, "" for nothing."""
        key = f"policies.note.{self.setting.key}"
        told = text_in(self.language, key)
        return "" if told == key else told

    @property
    def takes(self) -> str:
        """The values it takes, in a sentence."""
        setting = self.setting
        told = text_in(
            self.language,
            f"policies.takes.{setting.kind.value}",
            limit=setting.limit,
            least=setting.least,
            default=setting.default,
            choices=", ".join(f"{quoted(choice)} ({self.choice(choice)})" for choice in setting.choices),
        )
        if setting.strictest is None:
            return told
        return f"{told} {text_in(self.language, 'policies.strictest', value=written(setting.strictest))}"

    @property
    def otherwise(self) -> str:
        """What holds while nobody decides, in a sentence."""
        return text_in(self.language, "policies.otherwise", value=written(self.setting.default))

    def choice(self, value: str) -> str:
        """What people read of one of its choices."""
        return text_in(self.language, f"settings.{self.setting.key}.{value}")


def rows(language: str, settings: Iterable[Setting] | None = None) -> tuple[Row, ...]:
    """All that an organisation may decide, section by section."""
    managed = [each for each in (SCHEMA.values() if settings is None else settings) if each.managed]
    sections = tuple(dict.fromkeys(each.section for each in managed))
    return tuple(Row(each, language) for section in sections for each in managed if each.section == section)


def section_name(language: str, section: str) -> str:
    """What people read of a section."""
    return text_in(language, f"settings.{section}")


def written(value: Value) -> str:
    """A value as JSON files have it."""
    match value:
        case bool():
            return str(value).lower()
        case int():
            return str(value)
        case tuple():
            return "[" + ", ".join(map(quoted, value)) + "]"
        case _:
            return quoted(value)


def quoted(text: str) -> str:
    """A text between quotation marks."""
    return f'"{text}"'


def type_name(setting: Setting) -> str:
    """How its values are called in JSON: `boolean`, `integer`, `string` or `array`."""
    if setting.is_list:
        return "array"
    match setting.kind:
        case Kind.SWITCH:
            return "boolean"
        case Kind.NUMBER:
            return "integer"
        case _:
            return "string"
