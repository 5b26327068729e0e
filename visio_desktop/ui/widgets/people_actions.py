"""What may be done with somebody in the meeting, as the entries of a menu. Pure: a snapshot in, values out."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

from visio_desktop.meeting.intents import AskServer, Intent, Pin, SetHand
from visio_desktop.meeting.requests import LetSpeak, LowerHand, MuteEveryone, MuteOther, RemovePerson, SetRole
from visio_desktop.meeting.state import Meeting
from visio_desktop.meeting.values import Capability, Participant, Role, Source
from visio_desktop.system.texts import tr
from visio_desktop.ui.widgets.side_panel import tamed_name


class Writing(Enum):
    """What the panel asks for itself, before there is an intent."""

    OWN_NAME = "own_name"
    VOLUME = "volume"


@dataclass(frozen=True, slots=True)
class Entry:
    """One entry: `does` are the intents, one after the other, or what is to be written first.

    A `question` is asked before, because it cannot be undone; `yes` is the text of going on.
    """

    text: str
    icon: str
    does: tuple[Intent, ...] | Writing
    question: str = ""
    yes: str = ""


def entries_for(meeting: Meeting, person: Participant) -> tuple[Entry, ...]:
    """What may be done with this person; only what the server can do and lets one do."""
    candidates = _own(meeting, person) if person.is_me else _others(meeting, person)
    return tuple(entry for entry in (_pin(meeting, person), *candidates) if entry is not None)


def entries_for_everybody(meeting: Meeting) -> tuple[Entry, ...]:
    """What may be done with all at once."""
    found = []
    others = tuple(p for p in meeting.raised_hands if not p.is_me)
    if others and Capability.LOWER_HANDS in meeting.capabilities:
        own: tuple[Intent, ...] = tuple(SetHand(raised=False) for p in meeting.raised_hands if p.is_me)
        lower: tuple[Intent, ...] = (*own, *(AskServer(LowerHand(p.id)) for p in others))
        found.append(Entry(tr("people.lower_all"), "do_not_touch", lower))
    leads = meeting.me is not None and meeting.me.role.leads
    if leads and Capability.MUTE_OTHERS in meeting.capabilities and len(meeting.participants) > 1:
        text, question = tr("people.mute_everyone"), tr("people.mute_everyone_ask")
        found.append(Entry(text, "mic_off", (AskServer(MuteEveryone()),), question, text))
    return tuple(found)


def _pin(meeting: Meeting, person: Participant) -> Entry | None:
    camera = person.publication(Source.CAMERA)
    if camera is None:
        return None
    if camera.id == meeting.pinned:
        return Entry(tr("people.unpin"), "keep_off", (Pin(None),))
    return Entry(tr("people.pin"), "keep", (Pin(camera.id),))


def _own(meeting: Meeting, me: Participant) -> tuple[Entry | None, ...]:
    may = meeting.capabilities
    lowers = Capability.HAND in may and me.hand_raised_at_ms is not None
    return (
        Entry(tr("people.rename"), "edit", Writing.OWN_NAME) if Capability.RENAME in may else None,
        Entry(tr("people.lower_own"), "do_not_touch", (SetHand(raised=False),)) if lowers else None,
    )


def _others(meeting: Meeting, person: Participant) -> tuple[Entry | None, ...]:
    may = meeting.capabilities
    lowers = Capability.LOWER_HANDS in may and person.hand_raised_at_ms is not None
    mutes = Capability.MUTE_OTHERS in may and person.microphone_open
    return (
        Entry(tr("sound.volume_menu"), "volume_up", Writing.VOLUME),
        Entry(tr("people.lower"), "do_not_touch", (AskServer(LowerHand(person.id)),)) if lowers else None,
        Entry(tr("people.mute"), "mic_off", (AskServer(MuteOther(person.id)),)) if mutes else None,
        _role(person) if Capability.ROLES in may else None,
        _speech(person) if Capability.SPEECH in may else None,
        _remove(person) if Capability.REMOVE in may and person.removable else None,
    )


def _role(person: Participant) -> Entry | None:
    """Whom the server does not know cannot be given a role, and from an owner none can be taken."""
    match person.role:
        case Role.MEMBER if person.is_authenticated is not False:
            return Entry(tr("people.promote"), "shield_person", (AskServer(SetRole(person.id, Role.ADMINISTRATOR)),))
        case Role.ADMINISTRATOR:
            question = tr("people.demote_ask", name=tamed_name(person.name))
            does = (AskServer(SetRole(person.id, Role.MEMBER)),)
            return Entry(tr("people.demote"), "person", does, question, tr("people.yes"))
        case _:
            return None


def _speech(person: Participant) -> Entry:
    does = (AskServer(LetSpeak(person.id, allowed=not person.may_send)),)
    if not person.may_send:
        return Entry(tr("people.let_speak"), "mic", does)
    question = tr("people.silence_ask", name=tamed_name(person.name))
    return Entry(tr("people.silence"), "mic_off", does, question, tr("people.yes"))


def _remove(person: Participant) -> Entry:
    question = tr("people.remove_ask", name=tamed_name(person.name))
    does = (AskServer(RemovePerson(person.id)),)
    return Entry(tr("people.remove"), "person_remove", does, question, tr("people.remove_yes"))
