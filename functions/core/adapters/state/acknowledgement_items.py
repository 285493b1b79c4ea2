"""How people's answers lie in the delivery-state table. The one place that knows.

    pk  T#<tenant>#N#<activation>    sk  ACK#<role>     the first acceptance of a role: us(er), vi(a), at
                                     sk  WORD#<user>    a person's last word: ro(les), an(swer), vi(a), at
                                     sk  STANDDOWN      its producer called it off: pd (producer), at

Times are epoch milliseconds. No answer knows when its activation expires, so each is kept for the longest life that a
notification may have and the week after it in which records are.
"""

from datetime import UTC, datetime, timedelta
from typing import Any

from functions.core.adapters.aws.dynamodb_values import Item, from_item, to_item
from functions.core.adapters.state.items import acknowledgement_key, notification_pk, stand_down_key
from functions.core.domain.answers.acknowledgement import Acknowledgement, StoodDown, Word
from functions.core.domain.delivering.record import KEPT_AFTER_EXPIRY
from statline.contract.words import Answer, Via

ACK = "ACK#"
WORD = "WORD#"
STANDDOWN = "STANDDOWN"
KEPT = timedelta(days=29) + KEPT_AFTER_EXPIRY
"""28 days is the longest life of a notification, and its ``sent_at`` may lie a day ahead of us."""


def word_key(tenant: str, activation: str, user: str) -> Item:
    """The primary key of one person's word."""
    return to_item({"pk": notification_pk(tenant, activation), "sk": f"{WORD}{user}"})


def item_of_acknowledgement(acknowledgement: Acknowledgement) -> Item:
    """The item of a role's first acceptance."""
    said = to_item({"us": acknowledgement.user, "vi": acknowledgement.via, "at": millis(acknowledgement.at)})
    key = acknowledgement_key(acknowledgement.tenant, acknowledgement.activation, acknowledgement.role)
    return key | said | ttl(acknowledgement.at + KEPT)


def acknowledgement_in(item: Item) -> Acknowledgement:
    """The acceptance that an ``ACK#`` item tells of."""
    stored: dict[str, Any] = from_item(item)
    tenant, activation = _names(stored["pk"])
    return Acknowledgement(
        tenant=tenant,
        activation=activation,
        role=stored["sk"].removeprefix(ACK),
        user=stored["us"],
        via=Via(stored["vi"]),
        at=moment(stored["at"]),
    )


def item_of_word(word: Word) -> Item:
    """The item of a person's last word."""
    said = to_item({"ro": list(word.roles), "an": word.answer, "vi": word.via, "at": millis(word.at)})
    return word_key(word.tenant, word.activation, word.user) | said | ttl(word.at + KEPT)


def word_in(item: Item) -> Word:
    """The word that a ``WORD#`` item tells of."""
    stored: dict[str, Any] = from_item(item)
    tenant, activation = _names(stored["pk"])
    return Word(
        tenant=tenant,
        activation=activation,
        user=stored["sk"].removeprefix(WORD),
        roles=tuple(stored["ro"]),
        answer=Answer(stored["an"]),
        via=Via(stored["vi"]),
        at=moment(stored["at"]),
    )


def item_of_stand_down(word: StoodDown) -> Item:
    """The item of an activation that was called off."""
    said = to_item({"pd": word.producer, "at": millis(word.at)})
    return stand_down_key(word.tenant, word.activation) | said | ttl(word.at + KEPT)


def stood_down_in(item: Item) -> StoodDown:
    """What a ``STANDDOWN`` item tells of."""
    stored: dict[str, Any] = from_item(item)
    tenant, activation = _names(stored["pk"])
    return StoodDown(tenant=tenant, activation=activation, producer=stored["pd"], at=moment(stored["at"]))


def _names(pk: str) -> tuple[str, str]:
    _, tenant, _, activation = pk.split("#")
    return tenant, activation


def ttl(when: datetime) -> Item:
    """The attribute by which DynamoDB deletes an item some time after this moment."""
    return to_item({"ttl": int(when.timestamp())})


def millis(when: datetime) -> int:
    """A moment as the table keeps it."""
    return round(when.timestamp() * 1000)


def moment(stored: int) -> datetime:
    """The moment that the table keeps as so many milliseconds."""
    return datetime.fromtimestamp(stored / 1000, UTC)
