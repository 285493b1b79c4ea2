"""The names of what escalation sends: a step's page is a notification of its own, named after its activation.

The mark is in no producer's id, so a step's name is never one of theirs, and says whose step it is.
"""

from dataclasses import dataclass

MARK = "~"
STAND_DOWN = "stand-down"
REPLY = "reply"
ANYBODY = "*"
"""The role of an activation for which one acknowledgement is enough. No role of a team has this name."""


@dataclass(frozen=True, slots=True)
class StepName:
    """One step of one role's ladder. ``round`` and ``step`` count from 1."""

    role: str
    round: int
    step: int

    def __str__(self) -> str:
        """As events and the table have it: ``leader~1~2``."""
        return f"{self.role}{MARK}{self.round}{MARK}{self.step}"


def step_id(activation: str, name: StepName) -> str:
    """The notification's id of one step."""
    return f"{activation}{MARK}{name}"


def stand_down_id(activation: str) -> str:
    """The notification's id of the word that an activation is called off."""
    return f"{activation}{MARK}{STAND_DOWN}"


def reply_id(message: str) -> str:
    """The notification's id of our answer to a text; it belongs to no activation."""
    return f"{MARK}{REPLY}{MARK}{message}"


def activation_of(notification: str) -> str:
    """The producer's id behind a notification's: its own, unless escalation sends it. Empty for an answer of ours."""
    return notification.partition(MARK)[0]


def step_of(notification: str) -> str:
    """What a notification is of its activation: ``leader~1~2``, ``stand-down``; empty for the producer's own."""
    return notification.partition(MARK)[2]
