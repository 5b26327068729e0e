"""Links that reach the program from outside: a click in a browser or a mail, a word on the command line.

`visio://host/room` is `https://host/room` with the wish to open it here. Nothing of such a link does more than open its
page before the meeting.
"""

from __future__ import annotations

from typing import Final

SCHEME: Final = "visio"
LONGEST: Final = 2_100
"""More than any link that is taken for one, so that one too long is still told of."""


def plain(text: str) -> str:
    """The link as a person would paste it, cut to `LONGEST`; in place of signs that nobody sees are blanks."""
    link = "".join(sign if sign.isprintable() else " " for sign in text.strip()[:LONGEST])
    scheme, colon, rest = link.partition("://")
    return f"https://{rest}" if colon and scheme.lower() == SCHEME else link
