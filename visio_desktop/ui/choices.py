"""What the window's and the network's settings are read from and written to, as the window is handed it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from visio_desktop.settings.policies import NO_POLICIES, Policies
from visio_desktop.settings.schema import SCHEMA, Value

if TYPE_CHECKING:
    from visio_desktop.diagnostics.crashes import Crashes
    from visio_desktop.engine.support import Support
    from visio_desktop.net.ledger import Contact
    from visio_desktop.net.updates import News


@dataclass(frozen=True, slots=True)
class Choices:
    """`get` gives a setting's value, `choose` takes its key and the new value's text.

    `policies` is what the organisation has decided: nobody is to be offered what it has locked.
    """

    get: Callable[[str], Value] = lambda key: SCHEMA[key].default
    choose: Callable[[str, str], None] = lambda _key, _text: None
    policies: Callable[[], Policies] = field(default=lambda: NO_POLICIES, kw_only=True)

    def is_locked(self, key: str) -> bool:
        """Whether the organisation has decided this setting for good."""
        return self.policies().is_locked(key)


@dataclass(frozen=True, slots=True)
class NetworkChoices(Choices):
    """`keep_login` takes a name and a password for the proxy chosen by hand; it returns at once.

    `look_for_update` asks the organisation's server; what came of it is told later, from another thread. `contacts`
    gives the ledger: whom this program talked to.
    """

    keep_login: Callable[[str, str], None] = lambda _name, _password: None
    look_for_update: Callable[[Callable[[News], None]], None] = lambda _told: None
    contacts: Callable[[], tuple[Contact, ...]] = tuple


@dataclass(frozen=True, slots=True)
class Helpdesk:
    """What there is for those who help. `support` makes what gathers it, `crashes` knows of unexpected ends."""

    support: Callable[[], Support]
    crashes: Crashes


@dataclass(frozen=True, slots=True)
class DesktopChoices(Choices):
    """The settings of this computer; `why` is a sentence on why one does nothing here, "" where it does."""

    why: Callable[[str], str] = lambda _key: ""


NO_CHOICES = NetworkChoices()
"""For a window by itself."""
