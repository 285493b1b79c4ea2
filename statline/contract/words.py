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
    ROLL_CALL = "roll_call"
    """A test: everybody who is on shift is asked to answer, and who does not or cannot be reached is told of."""


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


class DeliveryState(StrEnum):
    """What is known of one delivery: one channel to one endpoint of one recipient."""

    SENDING = "SENDING"
    """A worker has claimed it; its lease says until when nobody else may."""
    RETRYING = "RETRYING"
    """Certainly not sent; due again at ``not_before``."""
    UNKNOWN = "UNKNOWN"
    """The answer was lost, or the lease ran out: the provider may have it or not."""
    ACCEPTED = "ACCEPTED"
    """The provider took it over."""
    DELIVERED = "DELIVERED"
    """A receipt says that it reached the phone."""
    READ = "READ"
    """The person saw it."""
    UNDELIVERED = "UNDELIVERED"
    """A receipt says that the provider could not deliver it."""
    FAILED = "FAILED"
    """Never to be tried again; the reason says why."""
    EXPIRED = "EXPIRED"
    """Its time was over before a first or next attempt."""
    CANCELLED = "CANCELLED"
    """Somebody acknowledged before a first or next attempt."""


class RecipientProblem(StrEnum):
    """Why a named recipient gets less than was asked for, or nothing."""

    UNKNOWN_RECIPIENT = "unknown_recipient"
    NOBODY_ON_SHIFT = "nobody_on_shift"
    NO_ENDPOINT = "no_endpoint"
    PUSH_ONLY = "push_only"
    UNKNOWN_POLICY = "unknown_policy"


class RefusalReason(StrEnum):
    """Why a message was refused."""

    NOT_JSON = "not_json"
    TOO_LARGE = "too_large"
    UNKNOWN_VERSION = "unknown_version"
    INVALID = "invalid"
    UNKNOWN_SENDER = "unknown_sender"
    UNKNOWN_TENANT = "unknown_tenant"
    WRONG_LANE = "wrong_lane"
    EXPIRED = "expired"
    ID_TAKEN = "id_taken"
    NOBODY_REACHABLE = "nobody_reachable"
    DEAD_LETTER = "dead_letter"
    UNKNOWN_ACTIVATION = "unknown_activation"


class Answer(StrEnum):
    """What a person says to an activation."""

    ACCEPT = "accept"
    """"I am coming": covers the role of the person who says so."""
    DECLINE = "decline"
    """"Not me": the next one is asked at once, where nobody else of this step is left."""


class Via(StrEnum):
    """How an answer came."""

    KEY = "key"
    """A key pressed on the call."""
    SMS = "sms"
    """A text sent back."""
    APP = "app"
    """The app's backend told us."""


class LadderState(StrEnum):
    """How far the ladder of one role is."""

    CLIMBING = "CLIMBING"
    """Nobody has acknowledged yet."""
    ACKNOWLEDGED = "ACKNOWLEDGED"
    """Somebody of the role accepted."""
    EXHAUSTED = "EXHAUSTED"
    """The last step's wait is over, and nobody accepted."""
    EXPIRED = "EXPIRED"
    """The notification's time was over before anybody accepted."""
    STOOD_DOWN = "STOOD_DOWN"
    """Its producer called it off."""


class RollCallStanding(StrEnum):
    """What a roll call says of one person."""

    ACKNOWLEDGED = "acknowledged"
    DECLINED = "declined"
    """Answered, and is not available."""
    SILENT = "silent"
    """Something reached a provider, and no answer came."""
    UNREACHABLE = "unreachable"
    """Nothing could be sent: a code activation would not reach this person either."""


class RollCallProblem(StrEnum):
    """What is wrong with one of a person's ways, whether or not another one works."""

    NO_DEVICE = "no_device"
    """No installation of the app."""
    DEAD_DEVICE = "dead_device"
    """The app was removed, or its token is no longer valid."""
    NO_PHONE = "no_phone"
    """No phone for texts, or none for calls."""
    OPTED_OUT = "opted_out"
    """The phone told its carrier to stop our texts."""
    UNVERIFIED = "unverified"
    """The provider may not send to this number: it was not verified."""
    NOT_SENT = "not_sent"
    """Refused for another reason, or given up; `statline show` has the provider's word."""
    NOT_DELIVERED = "not_delivered"
    """The provider took it over and could not deliver it."""
