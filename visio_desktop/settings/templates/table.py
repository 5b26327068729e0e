"""The administrator's list of policies as Markdown, in every language."""

from __future__ import annotations

from collections.abc import Iterable

from visio_desktop.settings.schema import Setting
from visio_desktop.settings.templates.rows import Row, rows, section_name, type_name
from visio_desktop.system.texts import LANGUAGES, text_in


def table(settings: Iterable[Setting] | None = None) -> str:
    """The page."""
    given = None if settings is None else tuple(settings)
    return "\n".join(_part(language, rows(language, given)) for language in LANGUAGES)


def _part(language: str, made: tuple[Row, ...]) -> str:
    lines = [f"# {text_in(language, 'policies.heading')}", "", text_in(language, "policies.generated"), ""]
    heads = [text_in(language, f"policies.head.{head}") for head in ("policy", "type", "means")]
    for section in dict.fromkeys(row.setting.section for row in made):
        lines += [f"## {section_name(language, section)}", "", _line(heads), _line(["---"] * len(heads))]
        lines += [_row(row) for row in made if row.setting.section == section]
        lines.append("")
    return "\n".join(lines)


def _row(row: Row) -> str:
    means = f"**{row.name}.** {row.help}"
    return _line([f"`{row.setting.policy}`", type_name(row.setting), means])


def _line(cells: list[str]) -> str:
    return "| " + " | ".join(cell.replace("|", "\\|").replace("*.", "\\*.") for cell in cells) + " |"
