"""The dead-letter function's entry point: a batch of one of the stat lane's dead-letter queues."""

from typing import Any

from functions.core.adapters.channel.entrance import BatchAnswer, read_delivery
from functions.core.domain.errors import MalformedDeliveryError
from functions.core.services.bury import DeadDelivery, DeadMessage, Letter
from functions.dead_letters.wiring import wire


def handle(event: dict[str, Any], _context: object) -> BatchAnswer:
    """Take up the letters and answer which ones are to stay on their queue."""
    bury, log = wire()
    letters = [_letter(record) for record in event["Records"]]
    taken_up = bury(letters)
    for letter in letters:
        log.taken_up(letter)
    staying = [letter for letter, done in zip(letters, taken_up, strict=True) if not done]
    return {"batchItemFailures": [{"itemIdentifier": letter.message_id} for letter in staying]}


def _letter(record: dict[str, Any]) -> Letter:
    """What lies on an ingress queue's dead-letter queue is a message; on a channel's, a delivery."""
    if "-ingress-" in record["eventSourceARN"]:
        return DeadMessage(record["messageId"], record["body"])
    try:
        delivery = read_delivery(record["body"])
    except MalformedDeliveryError:
        return DeadDelivery(record["messageId"], record["body"], None)
    return DeadDelivery(record["messageId"], record["body"], delivery)
