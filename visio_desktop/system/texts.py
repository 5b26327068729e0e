"""What people read, by key and language: `tr("problems.host_unknown", subject="meet.example.org")`.

A full key is `<area>.<key>`; the texts of an area lie in `resources/translations/<language>/<area>.json`.
"""

from __future__ import annotations

import json
import locale
import os
import re
from functools import cache

from visio_desktop.system.paths import resources

LANGUAGES = ("en", "fr")
_FALLBACK = "en"
_POINTS = {"en": ".", "fr": ","}
_NO_BREAK = "\u00a0"
_BEFORE = re.compile(" ([:;!?»%])")
_chosen: list[str | None] = [None]


def set_language(code: str | None) -> None:
    """Use this language from now on; None, or one we do not have, follows the system."""
    _chosen[0] = code if code in LANGUAGES else None


def language() -> str:
    """The language in use."""
    return _chosen[0] or _system_language()


def tr(key: str, **arguments: object) -> str:
    """The text of `key`, filled with `arguments`; where it is missing the English one, then the key itself."""
    return text_in(language(), key, **arguments)


def text_in(language_code: str, key: str, **arguments: object) -> str:
    """The same in a given language."""
    area, _, rest = key.partition(".")
    text = _catalogue(language_code, area).get(rest) or _catalogue(_FALLBACK, area).get(rest)
    return text.format_map(_Arguments(arguments)) if text is not None else key


def decimal(value: float, digits: int | None = None) -> str:
    """A number as the language in use writes it, with so many digits after its point or comma, else as it is."""
    written = f"{value:g}" if digits is None else f"{value:.{digits}f}"
    return written.replace(".", _POINTS[language()])


class _Arguments(dict[str, object]):
    """A missing argument leaves a gap in the sentence, not a crash in the window."""

    def __missing__(self, key: str) -> str:
        return ""


@cache
def _catalogue(language_code: str, area: str) -> dict[str, str]:
    path = resources() / "translations" / language_code / f"{area}.json"
    if not area.isidentifier() or not path.is_file():
        return {}
    texts: dict[str, str] = json.loads(path.read_text(encoding="utf-8"))
    return {key: _held_together(text) for key, text in texts.items()} if language_code == "fr" else texts


def _held_together(text: str) -> str:
    """French with no-break spaces where it has them: no line begins with a colon or ends with an opening quote."""
    return _BEFORE.sub(f"{_NO_BREAK}\\1", text).replace("« ", f"«{_NO_BREAK}")


@cache
def _system_language() -> str:
    named = next((v for v in map(os.environ.get, ("LC_ALL", "LC_MESSAGES", "LANG")) if v), "")
    code = (named or locale.getlocale()[0] or "")[:2].lower()
    return code if code in LANGUAGES else _FALLBACK
