from __future__ import annotations

import re
from collections.abc import Iterator

import pytest

from visio_desktop.meeting.values import ProblemCode
from visio_desktop.system import texts
from visio_desktop.system.paths import resources
from visio_desktop.system.texts import decimal, set_language, tr


@pytest.fixture(autouse=True)
def _the_system_language_again() -> Iterator[None]:
    yield
    set_language(None)


def test_texts_follow_the_language() -> None:
    set_language("en")
    english = tr("problems.host_unknown", subject="meet.example")
    set_language("fr")
    french = tr("problems.host_unknown", subject="meet.example")
    assert english != french
    assert "meet.example" in english
    assert "meet.example" in french


@pytest.mark.parametrize("code", ProblemCode)
@pytest.mark.parametrize("language", texts.LANGUAGES)
def test_every_problem_has_a_sentence_and_a_way_on(code: ProblemCode, language: str) -> None:
    set_language(language)
    for key in (f"problems.{code.value}", f"problems.{code.value}.next"):
        assert tr(key, subject="x") != key
        assert tr(key, subject="x").endswith(".")


def test_numbers_are_written_as_the_language_does() -> None:
    set_language("en")
    assert (decimal(29.5), decimal(5.0), decimal(0.4, 1), decimal(1720.0, 0)) == ("29.5", "5", "0.4", "1720")
    set_language("fr")
    assert (decimal(29.5), decimal(5.0), decimal(0.4, 1), decimal(1720.0, 0)) == ("29,5", "5", "0,4", "1720")


def test_an_unknown_key_shows_itself() -> None:
    assert tr("problems.no_such_thing") == "problems.no_such_thing"
    assert tr("../secret.key") == "../secret.key"
    assert tr("nothing") == "nothing"


def test_a_missing_argument_leaves_a_gap() -> None:
    set_language("en")
    assert tr("problems.host_unknown") == "No server named  could be found."


def test_an_unknown_language_follows_the_system(monkeypatch: pytest.MonkeyPatch) -> None:
    texts._system_language.cache_clear()
    monkeypatch.delenv("LC_ALL", raising=False)
    monkeypatch.setenv("LC_MESSAGES", "fr_FR.UTF-8")
    set_language("tlh")
    assert texts.language() == "fr"
    texts._system_language.cache_clear()


def test_french_signs_stay_with_their_words() -> None:
    areas = [path.stem for path in (resources() / "translations" / "fr").glob("*.json")]
    french = [text for area in areas for text in texts._catalogue("fr", area).values()]
    assert not [text for text in french if re.search(r" [:;!?»%]|« ", text)]
    set_language("fr")
    assert tr("people.search_found", count=3) == "Trouvé\u00a0: 3"
    set_language("en")
    assert tr("people.search_found", count=3) == "Found: 3"
