"""How an answer other than success leaves a handler: as an error that carries it."""

from __future__ import annotations

from typing import Any

_DETAILS = {
    401: "Authentication credentials were not provided.",
    403: "You do not have permission to perform this action.",
    404: "Not found.",
    405: "Method not allowed.",
}


class RefusedError(Exception):
    """Answer with this status and JSON body."""

    def __init__(self, status: int, body: Any = None, headers: dict[str, str] | None = None) -> None:
        super().__init__(status)
        self.status = status
        self.body = {"detail": _DETAILS[status]} if body is None else body
        self.headers = headers or {}


def detail(status: int, text: str) -> RefusedError:
    """As Django REST framework says it."""
    return RefusedError(status, {"detail": text})


def error(status: int, text: str) -> RefusedError:
    """As the server's own views say it."""
    return RefusedError(status, {"error": text})


def invalid(**fields: str) -> RefusedError:
    """A body that does not pass validation: a list of sentences for each field."""
    return RefusedError(400, {name: [text] for name, text in fields.items()})


class Body:
    """The object of a request's body; every read says which field is wrong, with status 400."""

    def __init__(self, found: Any) -> None:
        if not isinstance(found, dict):
            raise invalid(non_field_errors="Invalid data. Expected a dictionary.")
        self.raw: dict[str, Any] = found

    def text(self, name: str, *, longest: int = 255) -> str:
        """A text that must be there."""
        value = self.raw.get(name)
        if not isinstance(value, str):
            raise invalid(**{name: "This field is required." if value is None else "Not a valid string."})
        if not value.strip():
            raise invalid(**{name: "This field may not be blank."})
        if len(value) > longest:
            raise invalid(**{name: f"Ensure this field has no more than {longest} characters."})
        return value

    def flag(self, name: str) -> bool:
        """A truth value that must be there."""
        value = self.raw.get(name)
        if not isinstance(value, bool):
            raise invalid(**{name: "This field is required." if value is None else "Must be a valid boolean."})
        return value

    def one_of(self, name: str, *choices: str) -> str:
        """One of a few texts."""
        value = self.text(name)
        if value not in choices:
            raise invalid(**{name: f'"{value}" is not a valid choice.'})
        return value
