"""The texts are complete: every key exists in every language, says the same, and is used rightly."""

from __future__ import annotations

import ast
import json
import string
from pathlib import Path

import pytest

from tests.helpers.sources import PACKAGE_SOURCES, ROOT
from visio_desktop.system.texts import LANGUAGES

TRANSLATIONS = ROOT / "resources" / "translations"
AREAS = sorted(path.name for path in (TRANSLATIONS / "en").glob("*.json"))


def catalogue(language: str, area: str) -> dict[str, str]:
    texts: dict[str, str] = json.loads((TRANSLATIONS / language / area).read_text(encoding="utf-8"))
    return texts


def placeholders(text: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(text) if name is not None}


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_language_has_the_same_areas(language: str) -> None:
    assert sorted(path.name for path in (TRANSLATIONS / language).glob("*.json")) == AREAS


@pytest.mark.parametrize("area", AREAS)
@pytest.mark.parametrize("language", LANGUAGES)
def test_every_language_says_the_same(language: str, area: str) -> None:
    english, other = catalogue("en", area), catalogue(language, area)
    assert other.keys() == english.keys()
    for key, text in other.items():
        assert text.strip(), key
        assert placeholders(text) == placeholders(english[key]), key


def literal_calls() -> list[tuple[Path, int, str, set[str]]]:
    """Every `tr("key", name=...)` whose key is a literal."""
    found = []
    for source in PACKAGE_SOURCES:
        for node in ast.walk(source.tree):
            match node:
                case ast.Call(func=ast.Name("tr"), args=[ast.Constant(str(key)), *_], keywords=keywords):
                    given = {k.arg for k in keywords if k.arg is not None}
                    found.append((source.path, node.lineno, key, given))
    return found


def test_every_key_in_the_code_has_a_text_and_its_arguments() -> None:
    known = {f"{area[:-5]}.{key}": text for area in AREAS for key, text in catalogue("en", area).items()}
    for path, line, key, given in literal_calls():
        where = f"{path.relative_to(ROOT)}:{line}: {key}"
        assert key in known, where
        assert placeholders(known[key]) <= given, where
