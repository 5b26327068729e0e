"""What stands inside an Olm message between two devices: who wrote it and to whom, and the checks of that."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from visio_desktop.servers.fields import Fields, parse_json
from visio_desktop.servers.matrix.crypto.account import OwnAccount
from visio_desktop.servers.matrix.crypto.devices import MAX_ID, OLM, Device
from visio_desktop.servers.matrix.crypto.primitives import MAX_MESSAGE_CHARACTERS, CryptoError, as_key
from visio_desktop.servers.matrix.keys import ENCRYPTED_EVENT


@dataclass(frozen=True, slots=True)
class Envelope:
    """A to-device message as the server delivers it: nothing of it is proved, `sender` neither."""

    sender: str
    curve25519: str
    kind: object
    body: object = field(repr=False)


@dataclass(frozen=True, slots=True)
class Letter:
    """What a device, now proved, wrote to this one."""

    type: str
    content: Mapping[str, Any] = field(repr=False)
    sender: Device


def read_envelope(event: Mapping[str, Any], own_curve25519: str) -> Envelope | None:
    """The Olm message to this device in a to-device event, None where there is none."""
    fields = Fields(event)
    content = fields.object("content")
    sender = fields.text("sender", longest=MAX_ID)
    if fields.text("type") != ENCRYPTED_EVENT or content.text("algorithm") != OLM or not sender:
        return None
    message = content.object("ciphertext").object(own_curve25519)
    try:
        curve25519 = as_key(content.text("sender_key"))
    except CryptoError:
        return None
    body = message.text("body", longest=MAX_MESSAGE_CHARACTERS)
    return Envelope(sender, curve25519, message.count("type"), body) if body else None


def read_letter(plain: bytes, me: OwnAccount, sender: Device) -> Letter:
    """The letter in an opened message. Raises `CryptoError` unless it is by this sender and to this device."""
    fields = Fields(parse_json(plain))
    told = (
        fields.text("sender", longest=MAX_ID),
        fields.object("keys").text("ed25519"),
        fields.text("recipient", longest=MAX_ID),
        fields.object("recipient_keys").text("ed25519"),
    )
    # Without this whoever relays a message could pass it off as their own, or as meant for another.
    if told != (sender.at.user_id, sender.ed25519, me.me.user_id, me.ed25519):
        raise CryptoError("by or to somebody else")
    kind = fields.text("type", longest=MAX_ID)
    if not kind or "content" not in fields:
        raise CryptoError("no letter")
    return Letter(kind, fields.object("content").plain(), sender)


def write_letter(kind: str, content: Mapping[str, Any], me: OwnAccount, to: Device) -> bytes:
    """What goes into an Olm message."""
    letter = {
        "type": kind,
        "content": content,
        "sender": me.me.user_id,
        "keys": {"ed25519": me.ed25519},
        "recipient": to.at.user_id,
        "recipient_keys": {"ed25519": to.ed25519},
        "sender_device_keys": me.description,
    }
    return json.dumps(letter, ensure_ascii=False, separators=(",", ":")).encode()
