"""Amazon Connect's contacts, from the call to its end: the flow runs, functions are called, events are told."""

import asyncio
import uuid
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from local.sandbox.cloud import CloudRefusedError, complain
from local.sandbox.connect.contacts import Contact, Contacts
from local.sandbox.connect.flow_rules import Flow, FlowError, parse
from local.sandbox.connect.flows import FunctionFailedError, Run
from local.sandbox.people.calls import Call, CallEndedError, EndReason
from local.sandbox.people.lines import Line
from local.sandbox.world import World

ACCOUNT_ID = "000000000000"
_SERVICE = "connect.amazonaws.com"
_FLOW, _ASSOCIATION = "AWS::Connect::ContactFlow", "AWS::Connect::IntegrationAssociation"
_LARGEST_ANSWER = 32_768
_REASONS: Mapping[EndReason, str] = {
    "unanswered": "TELECOM_UNANSWERED",
    "busy": "TELECOM_BUSY",
    "hung_up": "CUSTOMER_DISCONNECT",
    "over": "CONTACT_FLOW_DISCONNECT",
    "stopped": "API",
    "failed": "CONTACT_FLOW_DISCONNECT",
}


def instance_arn(region: str, instance: str) -> str:
    """The ARN of an instance by its id, or the ARN itself."""
    return instance if instance.startswith("arn:") else f"arn:aws:connect:{region}:{ACCOUNT_ID}:instance/{instance}"


class ContactFlows:
    """Runs contacts."""

    def __init__(self, world: World, contacts: Contacts) -> None:
        self._world = world
        self._contacts = contacts

    def call_out(self, contact: Contact, source: str) -> None:
        """Ring a phone, and run the contact's flow with whoever answers."""
        habit = self._world.habits.current.of(contact.number)
        call = self._world.switchboard.place(contact.contact_id, contact.number, source, habit)
        self._world.switchboard.run(self._run(contact, call, "API", source))

    def call_in(self, phone: str, number: str, line: Line, keys: tuple[str, ...]) -> str:
        """Somebody calls one of the instance's numbers, ready to press these keys; the contact's id."""
        habit = self._world.habits.current.of(phone).model_copy(update={"on_call": "listens", "keys": keys})
        contact_id = str(uuid.uuid4())
        contact = Contact(
            contact_id, line.region, phone, None, None, self._world.clock.time(), instance=line.instance, flow=line.flow
        )
        self._contacts.start(contact)
        call = self._world.switchboard.place(contact_id, phone, number, habit)
        self._world.switchboard.run(self._run(contact, call, "INBOUND", number))
        return contact_id

    def stop(self, contact_id: str) -> None:
        """End a contact by `StopContact`, whether its phone still rings or somebody is on it."""
        self._contacts.stop(contact_id)
        call = self._world.switchboard.find(contact_id)
        if call is not None:
            call.finish("stopped")

    async def _run(self, contact: Contact, call: Call, method: str, system: str) -> None:
        facts = _facts(contact, method, self._world.clock.now())
        try:
            await self._tell(contact, facts, "INITIATED")
            if method == "INBOUND":
                call.answer()
            elif not await call.ring():
                return
            facts["connectedToSystemTimestamp"] = _moment(self._world.clock.now())
            await self._tell(contact, facts, "CONNECTED_TO_SYSTEM")
            await self._follow(contact, call, method, system)
            call.finish("over")
        except CallEndedError:
            pass
        except (FlowError, CloudRefusedError) as problem:
            complain(CloudRefusedError(f"contact {contact.contact_id}: {problem}"))
            call.finish("failed")
        finally:
            self._contacts.stop(contact.contact_id)
            self._world.switchboard.remove(call)
            facts["disconnectTimestamp"] = _moment(self._world.clock.now())
            facts["disconnectReason"] = _REASONS[call.end or "failed"]
            await self._tell(contact, facts, "DISCONNECTED")

    async def _follow(self, contact: Contact, call: Call, method: str, system: str) -> None:
        flow = await self._flow(contact)
        if flow is None:
            return
        arn = instance_arn(contact.region, contact.instance)
        seen: dict[str, Any] = {
            "Attributes": dict(contact.attributes),
            "Channel": "VOICE",
            "ContactId": contact.contact_id,
            "InitialContactId": contact.contact_id,
            "InitiationMethod": method,
            "InstanceARN": arn,
            "CustomerEndpoint": {"Address": contact.number, "Type": "TELEPHONE_NUMBER"},
            "SystemEndpoint": {"Address": system, "Type": "TELEPHONE_NUMBER"},
            "LanguageCode": "en-US",
        }

        async def invoke(function: str, parameters: Mapping[str, str], seconds: int) -> Mapping[str, str]:
            return await self._invoke(
                contact.region, arn, function, {"ContactData": _data(seen), "Parameters": parameters}, seconds
            )

        await Run(flow, call, seen, invoke).to_end()
        contact.attributes.update(seen["Attributes"])

    async def _flow(self, contact: Contact) -> Flow | None:
        """The deployed flow that the contact runs, by its id or name; None where no stack brought one."""
        for resource in await self._world.cloud.resources(_FLOW):
            properties = resource["properties"]
            is_it = resource["id"].endswith(f"/contact-flow/{contact.flow}") or properties.get("Name") == contact.flow
            if is_it and resource["region"] == contact.region:
                return parse(properties["Content"])
        return None

    async def _invoke(
        self, region: str, instance: str, function: str, details: Mapping[str, Any], seconds: int
    ) -> Mapping[str, str]:
        """Call a function as Connect does: an associated one, whose policy lets Connect in, that answers flatly."""
        try:
            await self._require_association(region, instance, function)
            wish = {"service": _SERVICE, "source_arn": instance, "region": region, "arn": function}
            event = {"Details": details, "Name": "ContactFlowEvent"}
            async with asyncio.timeout(seconds):
                answer = await self._world.cloud.call("invoke", **wish, payload=event)
        except TimeoutError as late:
            complain(CloudRefusedError(f"{function} did not answer within {seconds} s"))
            raise FunctionFailedError(function) from late
        except CloudRefusedError as refusal:
            complain(CloudRefusedError(f"{function}: {refusal}"))
            raise FunctionFailedError(function) from refusal
        content = answer["payload"]
        if answer["failed"] or not _is_flat(content):
            complain(
                CloudRefusedError(f"{function} did not answer with a flat object of strings: {str(content)[:300]}")
            )
            raise FunctionFailedError(function)
        return {name: str(value) for name, value in content.items()}

    async def _require_association(self, region: str, instance: str, function: str) -> None:
        for resource in await self._world.cloud.resources(_ASSOCIATION):
            properties = resource["properties"]
            if (resource["region"], properties.get("InstanceId"), properties.get("IntegrationArn")) == (
                region,
                instance,
                function,
            ):
                return
        raise CloudRefusedError(f"the instance {instance} has no association with it")

    async def _tell(self, contact: Contact, facts: Mapping[str, Any], event_type: str) -> None:
        arn = instance_arn(contact.region, contact.instance)
        wish = {
            "service": _SERVICE,
            "region": contact.region,
            "source": "aws.connect",
            "detail_type": "Amazon Connect Contact Event",
            "detail": {**facts, "instanceArn": arn, "eventType": event_type},
            "resources": [arn, f"{arn}/contact/{contact.contact_id}"],
        }
        try:
            await self._world.cloud.call("put_event", **wish)
        except CloudRefusedError as problem:
            complain(problem)


def _facts(contact: Contact, method: str, now: datetime) -> dict[str, Any]:
    return {
        "contactId": contact.contact_id,
        "initialContactId": contact.contact_id,
        "channel": "VOICE",
        "initiationMethod": method,
        "initiationTimestamp": _moment(now),
        "updatedAt": _moment(now),
        "tags": {},
    }


def _data(seen: Mapping[str, Any]) -> dict[str, Any]:
    """What a function is told of the contact; the input and the answers of functions are the flow's own."""
    own = {name: value for name, value in seen.items() if name not in {"External", "StoredCustomerInput"}}
    return {**own, "PreviousContactId": seen["ContactId"], "Queue": None, "MediaStreams": {"Customer": {"Audio": None}}}


def _is_flat(content: object) -> bool:
    if not isinstance(content, dict) or len(str(content)) > _LARGEST_ANSWER:
        return False
    return all(isinstance(value, str | int | float | bool) for value in content.values())


def _moment(at: datetime) -> str:
    return at.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
