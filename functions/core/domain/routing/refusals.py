"""Why a message is refused: a closed list, each with the sentence that its producer reads."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from statline.contract.words import RefusalReason

Reason = RefusalReason

SENTENCES: Mapping[Reason, str] = {
    Reason.NOT_JSON: "The body is not JSON. Send one JSON object, encoded as UTF-8.",
    Reason.TOO_LARGE: "The body is larger than 65,536 bytes. Send the recipients in several messages.",
    Reason.UNKNOWN_VERSION: "This version of the contract is not known here. Send version 1.",
    Reason.INVALID: "The message does not keep to the contract; `faults` says where.",
    Reason.UNKNOWN_SENDER: "This sender is not in the deployment's list of producers. Ask the platform team.",
    Reason.UNKNOWN_TENANT: "This sender may not send for this tenant. Ask the platform team.",
    Reason.WRONG_LANE: "The priority is not the queue's lane, or not one that this sender may use.",
    Reason.EXPIRED: "The message had expired when it arrived: expires_at is past.",
    Reason.ID_TAKEN: "This id was used for another message. Use a new id, or send the first body unchanged.",
    Reason.NOBODY_REACHABLE: "None of the recipients can be reached; `troubles` says why for each.",
    Reason.UNKNOWN_ACTIVATION: "There is no activation of this id that could be stood down, or it is another tenant's.",
    Reason.DEAD_LETTER: "The message could not be processed after many tries. On-call has been told.",
}


@dataclass(frozen=True, slots=True)
class Fault:
    """One place where a message breaks the contract: the path to it, and the rule. Never what was written there."""

    path: str
    rule: str


@dataclass(frozen=True, slots=True)
class Refusal:
    """One refused message. ``tenant`` and ``notification`` are empty where the message did not say them well-formed."""

    message_id: str
    reason: Reason
    at: datetime
    lane: str
    producer: str = ""
    tenant: str = ""
    notification: str = ""
    faults: tuple[Fault, ...] = ()
    troubles: tuple[tuple[str, str], ...] = ()
