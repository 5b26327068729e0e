"""Who is in the practice meeting."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Role:
    """One simulated person; `look` names the test picture and `voice` the test speech they get."""

    id: str
    name: str
    colour: str
    look: str
    voice: str


AMINA = Role("amina", "Amina Diallo", "hsl(190, 60%, 40%)", "1", "amina")
BRUNO = Role("bruno", "Bruno Lefèvre", "hsl(28, 70%, 42%)", "2", "bruno")
CHLOE = Role("chloe", "Chloé Martin", "hsl(262, 50%, 50%)", "5", "chloe")
DMITRI = Role("dmitri", "Dmitri Novak", "hsl(140, 45%, 38%)", "3", "dmitri")
EMEKA = Role("emeka", "Emeka Okafor", "hsl(340, 55%, 42%)", "7", "emeka")
CAST = (AMINA, BRUNO, CHLOE, DMITRI, EMEKA)
"""Amina greets and answers in chat, Bruno shows slides, Chloé raises her hand, Dmitri comes and goes, Emeka knocks."""
