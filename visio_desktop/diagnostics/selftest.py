"""Whether an installation is whole: what lies in it is loaded and used once, then the practice meeting is joined.

As JSON: `{"version", "checks": [{"name", "passed", "detail"}], "passed"}`. A check that fails ends nothing: the others
are tried as well.
"""

from __future__ import annotations

import asyncio
import json
import os
import ssl
from collections.abc import Callable, Iterable, Mapping
from dataclasses import asdict, dataclass
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

import numpy as np

from visio_desktop import __version__
from visio_desktop.meeting.hops import HopState
from visio_desktop.rtc.frames import Codec
from visio_desktop.system.paths import resources
from visio_desktop.system.texts import LANGUAGES, tr

PASSED: Final = 0
FAILED: Final = 1

_WIDTH_PX, _HEIGHT_PX, _FPS, _BPS = 320, 180, 30, 500_000
_SIGNS: Final = {True: "✓", False: "✗"}


class Broken(Exception):  # noqa: N818 - reads as what it says
    """Something of the installation does not do what it is there for; the text says what, for the helpdesk."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """One check: `name` is a word for machines, `detail` what was seen or what was wrong."""

    name: str
    passed: bool
    detail: str = ""


type Check = Callable[[], str]
"""Answers what it saw. Raises `Broken`, or what a missing library raises."""


def run(checks: Mapping[str, Check], say: Callable[[str], None], *, as_json: bool) -> int:
    """Carry the checks out and say each outcome, or all in the end as JSON; the exit status."""
    outcomes: list[Outcome] = []
    for name, check in checks.items():
        outcomes.append(tried(name, check))
        if not as_json:
            say(_line(outcomes[-1]))
    passed = all(outcome.passed for outcome in outcomes)
    if as_json:
        say(json.dumps({"version": __version__, "checks": [*map(asdict, outcomes)], "passed": passed}, indent=2))
    return PASSED if passed else FAILED


def tried(name: str, check: Check) -> Outcome:
    """The outcome of one check: what fails because something is missing or damaged fails this one alone."""
    try:
        return Outcome(name, passed=True, detail=check())
    except (Broken, ImportError, OSError, RuntimeError, ValueError, AttributeError, LookupError) as error:
        return Outcome(name, passed=False, detail=f"{type(error).__name__}: {error}")


def parts() -> dict[str, Check]:
    """The checks of what lies in the installation; the practice meeting comes on top."""
    return {
        "texts": texts,
        "resources": lying_there,
        "vp8": partial(video, Codec.VP8),
        "h264": partial(video, Codec.H264),
        "opus": sound,
        "echo": echo,
        "background": background,
        "encryption": encryption,
        "proxy_script": proxy_script,
    }


def texts() -> str:
    """The same texts in every language."""
    keys = {}
    for code in LANGUAGES:
        files = (resources() / "translations" / code).glob("*.json")
        keys[code] = {f"{file.stem}.{key}" for file in files for key in json.loads(file.read_text(encoding="utf-8"))}
    first = keys[LANGUAGES[0]]
    if not first or any(first ^ others for others in keys.values()):
        raise Broken("texts are missing")
    return f"{len(first)} in {', '.join(LANGUAGES)}"


def lying_there() -> str:
    """Icons, styles, the model that tells people from their background."""
    count = _counted(("icons/*.svg", "emoji/*.svg", "styles/*.qss", "models/*.tflite", "desktop/*.desktop"))
    return f"{count} files"


def _counted(patterns: Iterable[str]) -> int:
    count = 0
    for pattern in patterns:
        found = sum(1 for _ in resources().glob(pattern))
        if not found:
            raise Broken(f"nothing of {pattern}")
        count += found
    return count


def video(codec: Codec) -> str:
    """A picture that is encoded and decoded is still the same."""
    from visio_desktop.media.decode import Decoder, raw_frame  # noqa: PLC0415 - a failure is this check's
    from visio_desktop.media.encoders import EncodeSettings, open_encoder  # noqa: PLC0415 - as above
    from visio_desktop.media.raw import blank  # noqa: PLC0415 - as above

    picture = blank(_WIDTH_PX, _HEIGHT_PX)
    picture.y[:] = np.linspace(32, 220, _WIDTH_PX, dtype=np.uint8)
    picture.u[:] = picture.v[:] = 128
    encoder = open_encoder(codec, EncodeSettings(_WIDTH_PX, _HEIGHT_PX, _FPS, _BPS))
    made = encoder.encode(picture, key=True)
    decoded = None if made is None else Decoder(codec).decode(made.payload)
    encoder.close()
    if made is None or decoded is None:
        raise Broken("no picture came out")
    off = float(np.abs(raw_frame(decoded, 0.0).y.astype(int) - picture.y.astype(int)).mean())
    if off > 4:  # noqa: PLR2004 - of 255; a wrong picture is off by fifty and more
        raise Broken(f"the picture is off by {off:.0f}")
    return f"{len(made.payload)} bytes, {type(encoder).__name__}"


def sound() -> str:
    """A tone that is encoded and decoded is still about as loud."""
    from visio_desktop.media import opus  # noqa: PLC0415 - a failure is this check's
    from visio_desktop.media.samples import RATE_HZ, from_pcm, level_db  # noqa: PLC0415 - as above

    frame = RATE_HZ // 50
    turns = np.arange(10 * frame) * 440 / RATE_HZ
    tone = from_pcm((8000 * np.sin(2 * np.pi * turns)).astype(np.int16))
    encoder, decoder = opus.new_encoder(), opus.new_decoder()
    heard = [decoder.decode(encoder.encode(tone[at : at + frame])) for at in range(0, len(tone), frame)]
    last = heard[-1]
    if last is None or abs(level_db(last) - level_db(tone)) > 6:  # noqa: PLR2004 - a wrong tone is far off
        raise Broken("no sound came out")
    return type(encoder).__name__


def echo() -> str:
    """What takes echo and noise out of the microphone."""
    from visio_desktop.media.processing import Untouched, load_processing  # noqa: PLC0415 - a failure is this check's

    processing = load_processing()
    if isinstance(processing, Untouched):
        raise Broken("its library cannot be loaded")
    return type(processing).__name__


def background() -> str:
    """What tells people from their background."""
    from visio_desktop.media.look.segmenter import Segmenter  # noqa: PLC0415 - a failure is this check's
    from visio_desktop.media.raw import blank  # noqa: PLC0415 - as above

    picture = blank(_WIDTH_PX, _HEIGHT_PX)
    for plane in (picture.y, picture.u, picture.v):
        plane[:] = 128
    mask = Segmenter().find(picture)
    return f"{mask.shape[1]} x {mask.shape[0]}"


def encryption() -> str:
    """What is encrypted end to end can be read again; what encrypts on the way can be loaded."""
    import visio_desktop.rtc.peer  # noqa: F401, PLC0415 - a failure is this check's
    from visio_desktop.rtc.encryption.cipher import FrameSealer, open_message  # noqa: PLC0415 - as above
    from visio_desktop.rtc.encryption.keys import Derivation, KeyRing, derive  # noqa: PLC0415 - as above

    ring = KeyRing()
    ring.use(0, derive(b"self-test", Derivation.HKDF))
    sealed = FrameSealer(ring, os.urandom).seal_message(b"words")
    if sealed is None or sealed.body.startswith(b"words") or open_message(ring, sealed) != b"words":
        raise Broken("what was sealed cannot be opened")
    return ssl.OPENSSL_VERSION


def proxy_script() -> str:
    """A proxy script (PAC) is run in a process of its own."""
    from visio_desktop.net import Web  # noqa: PLC0415 - a failure is this check's
    from visio_desktop.net.errors import PacFailed  # noqa: PLC0415 - as above
    from visio_desktop.net.pac import Pac  # noqa: PLC0415 - as above
    from visio_desktop.servers.network import PAC_COMMAND  # noqa: PLC0415 - as above

    with TemporaryDirectory() as folder:
        script = Path(folder, "proxy.pac")
        script.write_text("function FindProxyForURL(url, host) { return 'PROXY ' + host + ':3128' }", encoding="utf-8")
        try:
            proxy, *_ = asyncio.run(Pac(PAC_COMMAND, Web).hops(script.as_uri(), "proxy.example", 443))
        except PacFailed as failed:
            raise Broken(failed.why) from failed
    return str(proxy)


def _line(outcome: Outcome) -> str:
    state = HopState.PASSED if outcome.passed else HopState.FAILED
    return f"{_SIGNS[outcome.passed]} {outcome.name} {tr(f'cli.hop_{state.value}')}: {outcome.detail}"
