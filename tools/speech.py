"""Speech of real people for `./dev bench media`: announcements out of Debian's packages, in `.cache/speech/`.

Each package has the same announcements, read by somebody else. They are compressed as G.722 and made into WAV here.
"""

from __future__ import annotations

import shutil
import tempfile
import wave
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from tools.shell import CACHE, SetUpError, fetch_package, must_run, say

FOLDER = CACHE / "speech"
_PEOPLE: Final = {"allison": "es", "june": "fr", "carlo": "it", "ivrvoice": "ru"}
_SAID: Final = ("demo-congrats", "demo-instruct", "priv-callee-options")
_RATE_HZ: Final = 16_000


def set_up() -> list[Path]:
    """Twelve recordings of four people, fetched where they are missing; raises `SetUpError`."""
    wanted = [FOLDER / f"{name}-{said}.wav" for name in _PEOPLE for said in _SAID]
    if not all(path.exists() for path in wanted):
        say("fetching recorded speech")
        FOLDER.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=FOLDER) as folder:
            for name, language in _PEOPLE.items():
                _unpack(name, language, Path(folder) / name)
    return wanted


def _unpack(name: str, language: str, folder: Path) -> None:
    folder.mkdir()
    must_run(["dpkg", "-x", fetch_package(f"asterisk-core-sounds-{language}-g722", folder), folder / "x"])
    for said in _SAID:
        found = next((folder / "x/usr/share/asterisk/sounds").glob(f"{language}*/{said}.g722"), None)
        if found is None:
            raise SetUpError(f"{said} is not in the package of {language}")
        whole = folder / f"{said}.wav"
        with wave.open(str(whole), "wb") as file:
            file.setnchannels(1)
            file.setsampwidth(2)
            file.setframerate(_RATE_HZ)
            file.writeframes(b"".join(_decoded(found)))
        shutil.move(whole, FOLDER / f"{name}-{said}.wav")


def _decoded(path: Path) -> Iterator[bytes]:
    """Samples of 16 bit at 16 kHz."""
    import av  # noqa: PLC0415 - only where something is fetched

    with av.open(str(path), format="g722") as container:
        for frame in container.decode(audio=0):
            yield frame.to_ndarray().tobytes()
