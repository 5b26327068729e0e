"""Run the contract server by hand: `python -m tests.helpers.lasuite [--livekit VERSION] [--https]`."""

from __future__ import annotations

import argparse
import contextlib
import ssl
import sys
import tempfile
import threading
from pathlib import Path

from tests.helpers.certificates import Authority
from tests.helpers.lasuite import ContractServer, Options
from tests.helpers.livekit_server import VERSIONS


def main() -> None:
    """Serve until interrupted."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--livekit", default=VERSIONS[0], choices=VERSIONS)
    parser.add_argument("--https", action="store_true", help="with a certificate of the test's own authority")
    chosen = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        authority = Authority(Path(folder))
        tls: ssl.SSLContext | None = authority.serving("127.0.0.1", "localhost") if chosen.https else None
        with ContractServer(chosen.livekit, tls=tls, options=Options(speaks=True)) as server:
            for slug in ("pub-lica-aaa", "tru-sted-aaa", "res-tric-aaa"):
                sys.stdout.write(f"{server.room(slug).access_level:<11}{server.link(slug)}\n")
            sys.stdout.write("people     owner, admin, trusted (typed into the login page)\n")
            sys.stdout.write(f"authority  {authority.file}\n" if chosen.https else "")
            sys.stdout.flush()
            with contextlib.suppress(KeyboardInterrupt):
                threading.Event().wait()


if __name__ == "__main__":
    main()
