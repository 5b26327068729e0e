"""`python -m visio_desktop.login`: see the package."""

from __future__ import annotations

import os
import sys

from visio_desktop.login.wire import Failed, Failure, encode

UNSANDBOXED = "VISIO_DESKTOP_LOGIN_SANDBOX"
"""Set to `off`, web content runs without its sandbox; without it root, whom the engine gives none, is refused."""

INSIDE_THE_PROXY = "--disable-quic --force-webrtc-ip-handling-policy=disable_non_proxied_udp"
"""Pages of a login have no business with UDP, which no HTTP proxy would carry or see."""
FLAGS = "QTWEBENGINE_CHROMIUM_FLAGS"


def main() -> int:
    """Log in once. What the web engine must know before it is loaded is said here."""
    os.umask(0o077)
    sandboxed = os.environ.get(UNSANDBOXED) != "off"
    if sandboxed and hasattr(os, "geteuid") and os.geteuid() == 0:
        return _refuse(Failure.NO_SANDBOX)
    os.environ[FLAGS] = f"{os.environ.get(FLAGS, '')} {INSIDE_THE_PROXY}".strip()
    if not sandboxed:
        os.environ["QTWEBENGINE_DISABLE_SANDBOX"] = "1"
    try:
        from visio_desktop.login.program import run  # noqa: PLC0415 - it is optional
    except ImportError:
        return _refuse(Failure.NO_ENGINE)
    return run(sandboxed=sandboxed)


def _refuse(why: Failure) -> int:
    sys.stdout.buffer.write(encode(Failed(why)))
    sys.stdout.buffer.flush()
    return 1


if __name__ == "__main__":
    sys.exit(main())
