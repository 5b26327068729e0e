"""Takes out of texts what is nobody's business: names, e-mail addresses, tokens, secrets of links, folders of persons.

What is written in fields is kept only where the field is known to hold nothing of a person; everything that is kept
goes through `Redactor.text`. Names of servers stay where whoever hands the texts on agrees, else each becomes a number.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable, Mapping
from typing import Final

from visio_desktop.system.log import hide_secrets

HIDDEN: Final = "[hidden]"
PERSON: Final = "[person]"
SHORTEST_WORD: Final = 3
LONGEST_LINE: Final = 4_000
_KEPT_FIELDS: Final = frozenset(
    (
        *(
            "timestamp",
            "level",
            "logger",
            "event",
            "exception",
            "error",
            "reason",
            "cause",
            "why",
            "what",
            "source",
        ),
        *(
            "request",
            "way",
            "step",
            "state",
            "problem",
            "message",
            "version",
            "task",
            "step_before",
            "schemes",
        ),
        *(
            "protocol",
            "owner",
            "names",
            "name",
            "mid",
            "media",
            "kind",
            "keys",
            "key",
            "host",
            "device",
            "backend",
        ),
        *(
            "said",
            "system",
            "codec",
            "candidate",
            "proxy",
            "errors",
            "detail",
            "next",
            "failed",
            "works",
            "subject",
        ),
        *(
            "variant",
            "purpose",
            "via",
            "addresses",
            "process_start_epoch",
        ),
    )
)
_PEOPLE: Final = frozenset(("participant", "identity"))
_URL: Final = re.compile(r"(?i)\b([a-z][a-z0-9+.-]{0,30})://(?:[^\s/@\"'<>]*@)?([^\s/?#\"'<>\\]*)([^\s\"'<>]*)")
_PASTED: Final = re.compile(r"(?i)\b((?:[\w-]{1,63}\.){1,8}[a-z]{2,24}(?::\d{1,5})?)/([\w./?#&=%+-]+)")
_ROOM: Final = re.compile(r"(?i)(?<![a-z])[a-z]{3}-[a-z]{4}-[a-z]{3}(?![a-z])")
_GIVEN: Final = re.compile(
    r"(?i)\b(\w*(?:token|secret|passw(?:or)?d|passphrase|pwd|auth|code|state|session|sid|room|key))(\s?[=:]\s?)[^\s&\"',;]+"
)
_MAIL: Final = re.compile(r"[^\s@<>\"'(),;:]{1,64}@[^\s@<>\"'(),;:]{1,255}")
_OF_PERSON: Final = re.compile(r"(?i)(/home/|/users/|\\{1,4}users\\{1,4})[^/\\\s\"':]+")
_OPAQUE: Final = re.compile(r"[A-Za-z0-9_+=-]{20,}")
_HOST: Final = re.compile(r"(?<![\w.-])(?:[\w-]{1,63}\.){1,8}[a-z]{2,24}(?![\w.-])")
_ADDRESS: Final = re.compile(
    r"(?<![\w.])(?:\d{1,3}\.){3}\d{1,3}(?![\w.])|(?<![\w:])(?:[0-9a-fA-F]{0,4}:){3,7}[0-9a-fA-F]{0,4}"
)
_ENDINGS: Final = frozenset(("py", "so", "json", "log", "dll", "pyd", "txt", "qss", "svg", "png", "conf", "pac", "zip"))


class Redactor:
    """One for all texts of a bundle, so that the same server or person has the same number in all of them.

    `words` are what the person and their account are called, `home` is their folder.
    """

    def __init__(self, words: Iterable[str], home: str, *, hosts: bool) -> None:
        wanted = {word for word in words if len(word) >= SHORTEST_WORD}
        self._words = sorted(wanted, key=len, reverse=True)
        self._home = home.rstrip("/\\")
        self._hosts = hosts
        self._known_hosts: dict[str, str] = {}
        self._people: dict[str, str] = {}

    def text(self, text: str) -> str:
        """A text without what is told above; of a line that is very long the beginning."""
        return "".join(self._line_of_text(line) for line in text.splitlines(keepends=True))

    def _line_of_text(self, line: str) -> str:
        whole = len(line) <= LONGEST_LINE
        text = self._without_words(line if whole else f"{line[:LONGEST_LINE].rpartition(' ')[0]} {HIDDEN}\n")
        text = _OF_PERSON.sub(r"\1" + PERSON, hide_secrets(text))
        text = _URL.sub(self._url, text)
        text = _MAIL.sub(HIDDEN, text)
        text = _PASTED.sub(lambda found: f"{self._host(found[1])}/{HIDDEN}", text)
        text = _ROOM.sub(HIDDEN, _GIVEN.sub(r"\1\2" + HIDDEN, text))
        text = _OPAQUE.sub(_opaque, text)
        if not self._hosts:
            text = _ADDRESS.sub(lambda found: self._numbered(found[0]), _HOST.sub(self._named, text))
        return text

    def lines(self, text: str) -> str:
        """A log: a JSON object in each line; what is none is taken for a text."""
        return "".join(f"{self._line(line)}\n" for line in text.splitlines() if line.strip())

    def value(self, value: object, key: str = "") -> object:
        """A JSON value; of fields that are not known only numbers are kept."""
        match value:
            case str():
                return self._field(key, value)
            case Mapping():
                return {self.text(str(name)): self.value(each, str(name)) for name, each in value.items()}
            case list() | tuple():
                return [self.value(each, key) for each in value]
            case None | bool() | int() | float():
                return value
            case _:
                return HIDDEN

    def _line(self, line: str) -> str:
        try:
            found = json.loads(line)
        except (ValueError, RecursionError):
            return self.text(line)
        if not isinstance(found, dict):
            return self.text(line)
        return json.dumps(self.value(found), ensure_ascii=False)

    def _field(self, key: str, text: str) -> str:
        if key in _PEOPLE and text:
            return self._people.setdefault(text, f"person-{len(self._people) + 1}")
        return self.text(text) if key in _KEPT_FIELDS or not text else HIDDEN

    def _without_words(self, text: str) -> str:
        if len(self._home) >= SHORTEST_WORD:
            text = _replaced(text, self._home, "~")
        for word in self._words:
            text = _replaced(text, word, PERSON)
        return text

    def _url(self, found: re.Match[str]) -> str:
        rest = f"/{HIDDEN}" if len(found[3]) > 1 else found[3]
        return f"{found[1]}://{self._host(found[2])}{rest}"

    def _host(self, host: str) -> str:
        return host if self._hosts or not host else self._numbered(host)

    def _named(self, found: re.Match[str]) -> str:
        """A word with points in it: a server's name, unless it is a file's or a module's."""
        word = found[0]
        return word if "_" in word or word.rpartition(".")[2] in _ENDINGS else self._numbered(word)

    def _numbered(self, host: str) -> str:
        return self._known_hosts.setdefault(host.lower(), f"server-{len(self._known_hosts) + 1}")


def _replaced(text: str, word: str, by: str) -> str:
    """The text with a word taken out wherever it stands, in upper or lower case."""
    return re.sub(re.escape(word), lambda _found: by, text, flags=re.IGNORECASE)


def _opaque(found: re.Match[str]) -> str:
    """A long run of letters and digits is a key or a token for all we know."""
    run = found[0]
    return HIDDEN if any(map(str.isdigit, run)) and any(map(str.isalpha, run)) else run


type Redact = Callable[[str], str]
"""A text in, the same without secrets out."""
