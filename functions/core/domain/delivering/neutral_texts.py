"""What stands in the place of content that a channel may not carry: a text that says nothing about anybody.

One row a kind: English and French behind each other, all in GSM's alphabet, so that an SMS of it is one segment.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from statline.contract.words import Kind, Priority


@dataclass(frozen=True, slots=True)
class NeutralText:
    """What is shown, and what a voice says of it after "You have"."""

    title: str
    body: str
    spoken: str


NEUTRAL_TEXTS: Mapping[Kind, NeutralText] = {
    Kind.MESSAGE: NeutralText("New message / Nouveau message", "Read it in the app / Lire dans l'app", "a new message"),
    Kind.PAGE: NeutralText("Page / Appel", "Details in the app / Voir l'app", "a page"),
    Kind.CODE: NeutralText("CODE", "Details in the app / Voir l'app", "a code activation"),
    Kind.ROLL_CALL: NeutralText(
        "Roll call / Appel du poste", "This is a test / Ceci est un essai", "a roll call: a test"
    ),
    Kind.SYSTEM: NeutralText("Notice / Avis", "Details in the app / Voir l'app", "a notice"),
}

ASK_BY_TEXT = "\nReply 1 to accept, 2 to decline. {code}"
"""Stands behind the text of what somebody is to answer, before its reference. The code tells several apart."""

URGENCY: Mapping[Priority, str] = {Priority.STAT: "STAT: ", Priority.URGENT: "Urgent: ", Priority.ROUTINE: ""}
"""What stands before a neutral title. Both words are the same in English and French."""

SPOKEN_OPENING = "This is Statline, calling for the person who carries this phone."
SPOKEN_URGENCY: Mapping[Priority, str] = {
    Priority.STAT: "This is a stat notification.",
    Priority.URGENT: "This is an urgent notification.",
    Priority.ROUTINE: "",
}
