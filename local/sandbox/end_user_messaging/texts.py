"""What comes back of a text, as End User Messaging tells it: carriers' receipts, and what people send themselves."""

import json
import uuid
from collections.abc import Mapping
from typing import Any

from local.sandbox.cloud import CloudRefusedError, complain
from local.sandbox.people.lines import Line
from local.sandbox.records import Arrival
from local.sandbox.world import World

ACCOUNT_ID = "000000000000"
_SERVICE = "sms-voice.amazonaws.com"
_SET = "AWS::SMSVOICE::ConfigurationSet"
OPT_OUT_WORDS = frozenset(
    {"ARRET", "CANCEL", "END", "OPT-OUT", "OPTOUT", "QUIT", "REMOVE", "STOP", "TD", "UNSUBSCRIBE"}
)
"""What opts a phone out, whole and whatever the case: End User Messaging's own list."""
HELP_WORDS = frozenset({"HELP"})


class Texts:
    """The way back of texts."""

    def __init__(self, world: World) -> None:
        self._world = world

    def sent(self, arrival: Arrival, source: str) -> None:
        """A text has reached its carrier: what people do with it, and what the carrier says, comes later."""
        habit = self._world.habits.current.of(arrival.phone)
        requested = self._world.clock.time()
        if habit.text_fate != "silence":
            self._world.switchboard.later(
                habit.receipt_after, lambda: self._receipt(arrival, source, habit.text_fate, requested)
            )
        line = self._world.lines.for_texts(source)
        if line is None or line.provider != "sms":
            return
        words = self._world.habits.answer_of(arrival.phone)
        if words is not None:
            self._world.switchboard.later(
                habit.texts_back_after, lambda: self.inbound(arrival.phone, source, words, line)
            )

    async def inbound(self, phone: str, number: str, body: str, line: Line) -> None:
        """Somebody texts a number of the account: it goes to the topic, once opt-outs were heeded."""
        word = body.strip().upper()
        self._world.switchboard.tell(phone, "texts", body)
        if word in OPT_OUT_WORDS:
            current = self._world.identities.current
            self._world.identities.current = current.model_copy(
                update={"opted_out_numbers": current.opted_out_numbers | {phone}}
            )
        message = {
            "originationNumber": phone,
            "destinationNumber": number,
            "messageKeyword": word if word in OPT_OUT_WORDS | HELP_WORDS else f"KEYWORD_{number.lstrip('+')}",
            "messageBody": body,
            "inboundMessageId": str(uuid.uuid4()),
        }
        source = f"arn:aws:sms-voice:{line.region}:{ACCOUNT_ID}:phone-number/{line.identity or number}"
        await self._publish(line.region, line.topic, source, message)

    async def _receipt(self, arrival: Arrival, source: str, fate: str, requested: float) -> None:
        """One event, of a message that was sent with a configuration set whose destinations want such events."""
        region, name = str(arrival.payload["Region"]), arrival.payload.get("ConfigurationSetName")
        if not name:
            return
        short = str(name).rpartition("/")[2]
        event = {
            "eventType": fate,
            "eventVersion": "1.0",
            "eventTimestamp": int(self._world.clock.time() * 1000),
            "isFinal": True,
            "originationPhoneNumber": source,
            "destinationPhoneNumber": arrival.phone,
            "isoCountryCode": "CA" if region.startswith("ca-") else "US",
            "mcc": "302",
            "mnc": "720",
            "messageId": arrival.provider_id,
            "messageRequestTimestamp": int(requested * 1000),
            "messageEncoding": "GSM" if (arrival.body or "").isascii() else "Unicode",
            "messageType": arrival.payload.get("MessageType", "TRANSACTIONAL"),
            "messageStatus": fate.removeprefix("TEXT_"),
            "messageStatusDescription": "The sandbox's carrier says so",
            "context": arrival.data,
            "totalMessageParts": 1,
            "totalMessagePrice": 0.00581,
            "totalCarrierFee": 0.0,
        }
        try:
            topics = await self._topics(region, short, fate)
        except CloudRefusedError as problem:
            complain(problem)
            return
        for topic in topics:
            arn = f"arn:aws:sms-voice:{region}:{ACCOUNT_ID}:configuration-set/{short}"
            await self._publish(region, topic, arn, event)

    async def _topics(self, region: str, name: str, event_type: str) -> list[str]:
        found: list[str] = []
        for resource in await self._world.cloud.resources(_SET):
            properties = resource["properties"]
            if resource["region"] != region or properties.get("ConfigurationSetName", resource["id"]) != name:
                continue
            for destination in properties.get("EventDestinations") or ():
                if _wants(destination, event_type) and "SnsDestination" in destination:
                    found.append(destination["SnsDestination"]["TopicArn"])
        return found

    async def _publish(self, region: str, topic: str, source: str, message: Mapping[str, Any]) -> None:
        wish = {"service": _SERVICE, "region": region, "source_arn": source, "arn": topic}
        try:
            await self._world.cloud.call("publish", **wish, message=json.dumps(message))
        except CloudRefusedError as problem:
            complain(problem)


def _wants(destination: Mapping[str, Any], event_type: str) -> bool:
    wanted = destination.get("MatchingEventTypes") or ()
    on = str(destination.get("Enabled", True)).lower() == "true"
    return on and bool({event_type, "TEXT_ALL", "ALL"} & set(wanted))
