"""`./dev kinds`: writes into the README what each kind of server can do, from the flags of its adapter."""

from __future__ import annotations

import tempfile
from pathlib import Path

from tools.shell import ROOT
from visio_desktop import app
from visio_desktop.meeting.values import Capability
from visio_desktop.servers.evidence.table import TABLE
from visio_desktop.servers.inquiry import NAMES
from visio_desktop.servers.port import ServerAdapter
from visio_desktop.settings.store import Settings

README = ROOT / "README.md"
BEGIN, END = "<!-- what each kind can do: written by ./dev kinds -->\n", "<!-- until here -->\n"
FEATURES = {
    "send picture and sound": Capability.PUBLISH,
    "see and hear others": Capability.SUBSCRIBE,
    "share the screen": Capability.SCREEN_SHARE,
    "chat": Capability.CHAT,
    "correct a message": Capability.EDIT_CHAT,
    "raise a hand": Capability.HAND,
    "reactions": Capability.REACTIONS,
    "change one's name": Capability.RENAME,
    "who speaks": Capability.ACTIVE_SPEAKER,
    "others' connections": Capability.CONNECTION_QUALITY,
    "several sizes of a picture": Capability.LAYERS,
    "mute others": Capability.MUTE_OTHERS,
    "lower hands": Capability.LOWER_HANDS,
    "remove somebody": Capability.REMOVE,
    "let in from a lobby": Capability.ADMIT,
    "roles": Capability.ROLES,
    "let speak, or not": Capability.SPEECH,
    "rules of the room": Capability.RULES,
    "lock the room": Capability.LOCK,
    "clear the chat": Capability.CLEAR_CHAT,
    "record": Capability.RECORD,
    "transcript": Capability.TRANSCRIBE,
    "subtitles": Capability.CAPTIONS,
}
_NAMES = {"practice": "practice meeting", **NAMES, **{row.kind: row.title for row in TABLE}}


def known() -> tuple[ServerAdapter, ...]:
    """The adapters the program has, in the order in which it looks at them."""
    with tempfile.TemporaryDirectory() as folder:
        return app.catalog(Settings(Path(folder) / "none.json")).kinds()


def table(kinds: tuple[ServerAdapter, ...]) -> str:
    """As Markdown."""
    rows = [
        ["", *(_NAMES.get(kind.kind, kind.kind) for kind in kinds)],
        ["---", *(":---:" for _ in kinds)],
        *(
            [feature, *("✓" if flag in kind.capabilities else "" for kind in kinds)]
            for feature, flag in FEATURES.items()
        ),
    ]
    return "".join(f"| {' | '.join(row)} |\n" for row in rows)


def others(kinds: tuple[ServerAdapter, ...]) -> str:
    """The kinds that are recognised and handed to the web browser."""
    ours = {kind.kind for kind in kinds}
    titles = dict.fromkeys(row.title for row in TABLE if row.is_meeting and row.kind not in ours)
    return f"Recognised, and opened in the web browser with one click: {', '.join(titles)}.\n"


def written(text: str) -> str:
    """The README with the table in its place."""
    kinds = known()
    before, _, rest = text.partition(BEGIN)
    _, _, after = rest.partition(END)
    return f"{before}{BEGIN}\n{table(kinds)}\n{others(kinds)}\n{END}{after}"


def main() -> int:
    """Write it."""
    README.write_text(written(README.read_text(encoding="utf-8")), encoding="utf-8")
    return 0
