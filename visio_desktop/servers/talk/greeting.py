"""Being greeted by the signalling server: with a token it reads itself, else a ticket it asks Nextcloud about."""

from __future__ import annotations

from visio_desktop.meeting.values import Problem, ProblemCode
from visio_desktop.servers.port import JoinError, RequestFailed
from visio_desktop.servers.talk.ocs import SPREED, Ocs
from visio_desktop.servers.talk.rooms import Settings
from visio_desktop.servers.talk.signal import Signal
from visio_desktop.servers.talk.words import Refusal

_WITH_TOKEN, _WITH_TICKET = "2.0", "1.0"
_PROBLEMS = {
    "token_expired": ProblemCode.TOKEN_EXPIRED,
    "token_not_valid_yet": ProblemCode.TOKEN_REFUSED,
    "invalid_token": ProblemCode.TOKEN_REFUSED,
    "auth-failed": ProblemCode.TOKEN_REFUSED,
    "invalid_ticket": ProblemCode.TOKEN_REFUSED,
    "too_many_sessions": ProblemCode.SERVER_BUSY,
    "session_limit_exceeded": ProblemCode.SERVER_BUSY,
}


async def greet(signal: Signal, ocs: Ocs, settings: Settings, host: str) -> None:
    """Connect and say hello. Raises `JoinError`."""
    await signal.connect()
    if "mcu" not in signal.features and signal.features:
        raise JoinError(Problem(ProblemCode.NO_MEDIA_SERVER, host))
    versions = [version for version in versions_for(signal.features) if version in settings.hello]
    refused: Refusal | None = None
    for version in versions:
        try:
            await signal.hello(version, ocs.url(f"{SPREED}/v3/signaling/backend"), settings.hello[version])
        except Refusal as error:
            refused = error
            continue
        except RequestFailed as error:
            raise JoinError(Problem(ProblemCode.SERVER_SILENT, host), str(error)) from error
        return
    code = _PROBLEMS.get(refused.code if refused is not None else "", ProblemCode.SERVER_NOT_UNDERSTOOD)
    raise JoinError(Problem(code, host), str(refused))


def versions_for(features: frozenset[str]) -> tuple[str, ...]:
    """Which kinds of greeting a server understands, the better first."""
    return (_WITH_TOKEN, _WITH_TICKET) if "hello-v2" in features else (_WITH_TICKET,)
