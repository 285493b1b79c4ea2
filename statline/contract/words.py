"""The words of the contract: one closed list for each thing that has names rather than numbers."""

from enum import StrEnum


class Priority(StrEnum):
    """How soon a person must know. The names are FHIR's request priorities; a priority is a lane, end to end."""

    ROUTINE = "routine"
    URGENT = "urgent"
    STAT = "stat"


class Kind(StrEnum):
    """What a notification is about."""

    MESSAGE = "message"
    PAGE = "page"
    CODE = "code"
    SYSTEM = "system"


class Channel(StrEnum):
    """A way to a person."""

    PUSH = "push"
    SMS = "sms"
    VOICE = "voice"


class Sensitivity(StrEnum):
    """What a notification's content may hold.

    ``patient`` content leaves Statline only where the tenant's policy names the channel; elsewhere a neutral text
    goes out in its place. ``operational`` content holds nothing about a patient: the producer vouches for it.
    """

    PATIENT = "patient"
    OPERATIONAL = "operational"
