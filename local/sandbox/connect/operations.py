"""Amazon Connect: outbound calls, idempotent by client token, and what a preflight asks of an instance."""

import re
import uuid
from collections.abc import Callable, Mapping
from typing import Any

from local.sandbox.aws import wire as aws_wire
from local.sandbox.aws.wire import AwsApi, AwsError
from local.sandbox.connect import preflight
from local.sandbox.connect.contact_flows import ContactFlows
from local.sandbox.connect.contacts import Contact, Contacts
from local.sandbox.exchange import Accepted, Judged, Refused
from local.sandbox.http_server import Request
from local.sandbox.modes import ModeName
from local.sandbox.people.identities import IdentityBook, known
from local.sandbox.records import Arrival, CallFacts, ProviderName

MESSAGE_ID_KEY = "statline_delivery"
_START, _STOP, _ATTRIBUTES = "StartOutboundVoiceContact", "StopContact", "GetContactAttributes"
_ATTRIBUTE_KEY = re.compile(r"[A-Za-z0-9_-]+")
_MAX_ATTRIBUTE_BYTES = 32_768

Parameters = Mapping[str, Any]
_Handler = Callable[[Parameters, str, float], Accepted]

# Method and path of each operation; a group of the path is a member of the input.
_ROUTES: Mapping[str, tuple[str, re.Pattern[str]]] = {
    _START: ("PUT", re.compile(r"/contact/outbound-voice")),
    _STOP: ("POST", re.compile(r"/contact/stop")),
    _ATTRIBUTES: ("GET", re.compile(r"/contact/attributes/(?P<InstanceId>[^/]+)/(?P<InitialContactId>[^/]+)")),
    "DescribeInstance": ("GET", re.compile(r"/instance/(?P<InstanceId>[^/]+)")),
    "ListPhoneNumbersV2": ("POST", re.compile(r"/phone-number/list")),
}


def operation_of(request: Request) -> tuple[str, dict[str, str]] | None:
    """The operation that a request calls, with the members of its input that the path carries."""
    for operation, (method, path) in _ROUTES.items():
        match = path.fullmatch(request.path)
        if match and method == request.method:
            return operation, match.groupdict()
    return None


class Connect:
    """Amazon Connect's instances, in every region."""

    name: ProviderName = "connect"
    failures: Mapping[ModeName, str] = {
        "throttled": "ThrottlingException",
        "error500": "InternalServiceException",
        "error503": "ServiceUnavailableException",
    }

    def __init__(self, identities: IdentityBook, contacts: Contacts, flows: ContactFlows) -> None:
        self._api: AwsApi = aws_wire.load("connect")
        self._identities = identities
        self._contacts = contacts
        self._flows = flows
        self._handlers: Mapping[str, _Handler] = {
            _START: self._start,
            _STOP: self._stop,
            _ATTRIBUTES: self._tell_attributes,
        } | {operation: self._answering(query) for operation, query in preflight.QUERIES.items()}

    def judge(self, request: Request) -> Judged:
        """Check the signature, the input against the model, then what the instance knows and allows."""
        operation, path_members = operation_of(request) or ("", {})
        facts = self._facts(request, operation)
        try:
            aws_wire.require_signature(request, self._api.signing_name)
            parameters = aws_wire.decoded(request.body)
            if isinstance(parameters, dict):
                parameters |= path_members
            self._validate(operation, parameters)
            verdict = self._handlers[operation](parameters, facts.region or "", request.received_at)
        except AwsError as error:
            return Judged(facts, self._api.refusal(error))
        return Judged(facts, verdict)

    def refuse(self, code: str, retry_after: int, operation: str) -> Refused:
        """Make an error of the service."""
        del retry_after
        return self._api.refusal(self._api.named_error(code, operation))

    def _facts(self, request: Request, operation: str) -> CallFacts:
        body = aws_wire.readable(request.body)
        scope = aws_wire.scope_of(request)
        attributes = body.get("Attributes")
        contact = self._contacts.find(str(body.get("ContactId")))
        message_id = attributes.get(MESSAGE_ID_KEY) if isinstance(attributes, dict) else None
        return CallFacts(
            provider="connect",
            operation=operation,
            region=scope.region if scope else None,
            destination=aws_wire.text(body.get("DestinationPhoneNumber", contact and contact.number)),
            message_id=aws_wire.text(message_id or (contact and contact.message_id)),
            client_token=aws_wire.text(body.get("ClientToken")),
        )

    def _validate(self, operation: str, parameters: object) -> None:
        problems = self._api.input_problems(operation, parameters)
        if problems:
            code = "InvalidRequestException" if problems[0].kind != "constraint" else "InvalidParameterException"
            raise AwsError(code, "; ".join(problem.message for problem in problems))

    def _answering(self, query: preflight.Query) -> _Handler:
        def handle(parameters: Parameters, region: str, now: float) -> Accepted:
            del now
            return Accepted(self._api.answer(query(parameters, region, self._identities.current)))

        return handle

    def _start(self, parameters: Parameters, region: str, now: float) -> Accepted:
        self._require_known(parameters)
        _require_caller_id(parameters)
        _require_attributes(parameters.get("Attributes", {}))
        number = parameters["DestinationPhoneNumber"]
        if number.startswith(tuple(self._identities.current.disallowed_destinations)):
            raise AwsError("DestinationNotAllowedException", f"This instance may not call {number}.")
        token = parameters.get("ClientToken")
        earlier = self._contacts.started(region, token, now)
        if earlier is not None:
            return Accepted(self._api.answer({"ContactId": earlier.contact_id}), earlier.contact_id)
        attributes = parameters.get("Attributes", {})
        contact = Contact(
            str(uuid.uuid4()),
            region,
            number,
            attributes.get(MESSAGE_ID_KEY),
            token,
            now,
            instance=parameters["InstanceId"],
            flow=parameters["ContactFlowId"],
            attributes=dict(attributes),
        )
        arrival = Arrival(
            phone=number,
            channel="voice",
            sender=parameters.get("SourcePhoneNumber") or f"queue {parameters['QueueId']}",
            data=attributes,
            message_id=contact.message_id,
            provider_id=contact.contact_id,
            payload={**parameters, "Region": region},
        )
        return Accepted(
            self._api.answer({"ContactId": contact.contact_id}),
            contact.contact_id,
            arrival,
            on_act=lambda: self._ring(contact, arrival.sender),
        )

    def _ring(self, contact: Contact, source: str) -> None:
        self._contacts.start(contact)
        self._flows.call_out(contact, source)

    def _require_known(self, parameters: Parameters) -> None:
        book = self._identities.current
        lists = {
            "InstanceId": book.connect_instances,
            "ContactFlowId": book.connect_contact_flows,
            "QueueId": book.connect_queues,
        }
        for member, accepted in lists.items():
            if member in parameters and not known(parameters[member], accepted):
                raise AwsError("ResourceNotFoundException", f"{member} {parameters[member]} was not found.")
        source = parameters.get("SourcePhoneNumber")
        if source is not None and not known(source, book.connect_source_numbers):
            raise AwsError("OutboundContactNotPermittedException", f"{source} is no number of this instance.")

    def _stop(self, parameters: Parameters, region: str, now: float) -> Accepted:
        del now
        contact = self._contacts.find(parameters["ContactId"])
        if contact is None or contact.region != region or not self._contacts.active(contact.contact_id):
            raise AwsError("ContactNotFoundException", "The contact does not exist or is not active.")
        return Accepted(self._api.answer({}), contact.contact_id, on_act=lambda: self._flows.stop(contact.contact_id))

    def _tell_attributes(self, parameters: Parameters, region: str, now: float) -> Accepted:
        del now
        contact = self._contacts.find(parameters["InitialContactId"])
        if contact is None or contact.region != region or contact.instance not in {"", parameters["InstanceId"]}:
            raise AwsError("ResourceNotFoundException", "The contact was not found.")
        return Accepted(self._api.answer({"Attributes": contact.attributes}))


def _require_caller_id(parameters: Parameters) -> None:
    if not parameters.get("SourcePhoneNumber") and not parameters.get("QueueId"):
        raise AwsError("InvalidRequestException", "Give a SourcePhoneNumber or a QueueId.")


def _require_attributes(attributes: Mapping[str, str]) -> None:
    odd = [key for key in attributes if not _ATTRIBUTE_KEY.fullmatch(key)]
    if odd:
        text = f"Attribute keys may have letters, digits, dash and underscore only: {', '.join(odd)}"
        raise AwsError("InvalidParameterException", text)
    size = sum(len(key.encode()) + len(value.encode()) for key, value in attributes.items())
    if size > _MAX_ATTRIBUTE_BYTES:
        text = f"The attributes have {size} bytes; Connect takes {_MAX_ATTRIBUTE_BYTES} at most."
        raise AwsError("InvalidParameterException", text)
