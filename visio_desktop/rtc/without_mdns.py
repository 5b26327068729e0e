"""aioice without its mDNS resolver, which brings dnspython along: loading that took a tenth of every start.

Nobody misses it: candidates with a `.local` name are passed over before they get to aioice (`transport`), and we offer
none. Has to be called before aioice is first imported, so the package does it.
"""

from __future__ import annotations

import sys
from types import ModuleType


class _NoMdns(ModuleType):
    """What `aioice.ice` asks of `aioice.mdns`."""

    MDnsProtocol = object

    @staticmethod
    def is_mdns_hostname(_name: str) -> bool:
        """Nothing is."""
        return False


def leave_out() -> None:
    """Stand in for `aioice.mdns`, unless it is there already."""
    sys.modules.setdefault("aioice.mdns", _NoMdns("aioice.mdns"))
