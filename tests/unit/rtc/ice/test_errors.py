from __future__ import annotations

from visio_desktop.rtc.errors import RtcError
from visio_desktop.rtc.ice.errors import FramingError, IceError, RelayError


def test_every_error_is_one_of_the_package() -> None:
    assert issubclass(IceError, RtcError)
    assert all(issubclass(error, IceError) for error in (FramingError, RelayError))
