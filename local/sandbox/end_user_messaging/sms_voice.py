"""AWS End User Messaging, `pinpoint-sms-voice-v2`: text and voice messages, and what a preflight asks."""

import re
import uuid
from collections.abc import Callable, Mapping
from typing import Any

from local.sandbox.aws import wire as aws_wire
from local.sandbox.aws.account import AccountBook
from local.sandbox.aws.shapes import Problem
from local.sandbox.aws.wire import AwsApi, AwsError
from local.sandbox.end_user_messaging import preflight
from local.sandbox.end_user_messaging.texts import Texts
from local.sandbox.exchange import Accepted, Judged, Refused
from local.sandbox.http_server import Request
from local.sandbox.modes import ModeName
from local.sandbox.people.identities import IdentityBook, known
from local.sandbox.people.lines import LineBook
from local.sandbox.records import Arrival, CallFacts, ChannelName, ProviderName

TARGET_PREFIX = "PinpointSMSVoiceV2."
MESSAGE_ID_KEY = "statline_delivery"

Parameters = Mapping[str, Any]
_Handler = Callable[[Parameters, str], Accepted]

_ORIGINATION = re.compile(
    r"\+[1-9]\d{1,14}"  # a phone number
    r"|(phone|pool|rcs)-[0-9a-zA-Z]+"
    r"|[A-Za-z0-9_-]{1,11}"  # a sender id or a short code
    r"|arn:aws[a-z-]*:sms-voice:(?P<region>[a-z0-9-]+):\d{12}:(phone-number|sender-id|pool|rcs-agent)/.+"
)


class SmsVoice:
    """End User Messaging SMS and voice, in every region."""

    name: ProviderName = "sms"
    failures: Mapping[ModeName, str] = {
        "throttled": "ThrottlingException",
        "error500": "InternalServerException",
        "error503": "ServiceUnavailableException",
        "opted_out": "ConflictException/DESTINATION_PHONE_NUMBER_OPTED_OUT",
    }

    def __init__(self, identities: IdentityBook, account: AccountBook, lines: LineBook, texts: Texts) -> None:
        self._api: AwsApi = aws_wire.load("pinpoint-sms-voice-v2")
        self._identities = identities
        self._account = account
        self._lines = lines
        self._texts = texts
        self._handlers: Mapping[str, _Handler] = {
            "SendTextMessage": self._send_text,
            "SendVoiceMessage": self._send_voice,
        }

    def judge(self, request: Request) -> Judged:
        """Check the signature, the input against the model, then the identities it names."""
        operation = request.headers.get("x-amz-target", "").removeprefix(TARGET_PREFIX)
        facts = _facts(request, operation)
        try:
            return Judged(facts, self._accept(request, operation, facts.region or ""))
        except AwsError as error:
            return Judged(facts, self._api.refusal(error))

    def refuse(self, code: str, retry_after: int, operation: str) -> Refused:
        """Make an error of the service, `Code` or `Code/REASON`."""
        del retry_after
        return self._api.refusal(self._api.named_error(code, operation))

    def _accept(self, request: Request, operation: str, region: str) -> Accepted:
        aws_wire.require_signature(request, self._api.signing_name)
        query = preflight.QUERIES.get(operation)
        if operation not in self._handlers and query is None:
            raise AwsError("UnknownOperationException", f"The sandbox has no operation {operation or '(none named)'}.")
        parameters = aws_wire.decoded(request.body)
        problems = self._api.input_problems(operation, parameters)
        if problems:
            raise _validation_error(problems)
        if query is not None:
            return Accepted(
                self._api.answer(query(parameters, region, self._identities.current, self._account.current))
            )
        return self._handlers[operation](parameters, region)

    def _send_text(self, parameters: Parameters, region: str) -> Accepted:
        if "MessageBody" not in parameters:
            raise _validation_error([Problem("MessageBody", "MessageBody is required", "missing")])
        return self._send("sms", parameters, region)

    def _send_voice(self, parameters: Parameters, region: str) -> Accepted:
        return self._send("voice", parameters, region)

    def _send(self, channel: ChannelName, parameters: Parameters, region: str) -> Accepted:
        sender = self._sender(parameters.get("OriginationIdentity"), region)
        source = self._lines.number_of(sender) or preflight.number_of(sender)
        self._require_configuration_set(parameters.get("ConfigurationSetName"))
        number = e164(parameters["DestinationPhoneNumber"])
        if number in self._identities.current.opted_out_numbers:
            reason = "DESTINATION_PHONE_NUMBER_OPTED_OUT"
            details = {"ResourceType": "opted-out-number", "ResourceId": number}
            raise AwsError("ConflictException", "Destination phone number is opted out.", reason, details)
        message_id = str(uuid.uuid4())
        answer = self._api.answer({"MessageId": message_id})
        if parameters.get("DryRun"):
            return Accepted(answer, message_id)
        context = parameters.get("Context", {})
        arrival = Arrival(
            phone=number,
            channel=channel,
            sender=sender,
            body=parameters.get("MessageBody"),
            data=context,
            message_id=context.get(MESSAGE_ID_KEY),
            provider_id=message_id,
            payload={**parameters, "Region": region},
        )
        if channel != "sms":
            return Accepted(answer, message_id, arrival)
        return Accepted(answer, message_id, arrival, on_act=lambda: self._texts.sent(arrival, source))

    def _sender(self, identity: str | None, region: str) -> str:
        accepted = self._identities.current.origination_identities
        if identity is None:
            if accepted is not None and not accepted:
                reason = "NO_ORIGINATION_IDENTITIES_FOUND"
                raise AwsError("ConflictException", "The account has no origination identity.", reason)
            return "shared route"
        form = _ORIGINATION.fullmatch(identity)
        if form is None or form["region"] not in {None, region} or not known(identity, accepted):
            raise _not_found("origination-identity", identity)
        return identity

    def _require_configuration_set(self, name: str | None) -> None:
        if name is not None and not known(name.rpartition("/")[2], self._identities.current.configuration_sets):
            raise _not_found("configuration-set", name)


def e164(number: str) -> str:
    """The number as phones are keyed: AWS takes it without its plus, too."""
    return number if number.startswith("+") else f"+{number}"


def _facts(request: Request, operation: str) -> CallFacts:
    body = aws_wire.readable(request.body)
    scope = aws_wire.scope_of(request)
    context = body.get("Context")
    number = aws_wire.text(body.get("DestinationPhoneNumber"))
    return CallFacts(
        provider="sms",
        operation=operation,
        region=scope.region if scope else None,
        destination=e164(number) if number else None,
        message_id=aws_wire.text(context.get(MESSAGE_ID_KEY)) if isinstance(context, dict) else None,
    )


def _validation_error(problems: list[Problem]) -> AwsError:
    reason = "MISSING_PARAMETER" if all(p.kind == "missing" for p in problems) else "FIELD_VALIDATION_FAILED"
    fields = [{"Name": p.name, "Message": p.message} for p in problems]
    return AwsError("ValidationException", "; ".join(p.message for p in problems), reason, {"Fields": fields})


def _not_found(kind: str, name: str) -> AwsError:
    details = {"ResourceType": kind, "ResourceId": name}
    return AwsError("ResourceNotFoundException", f"No {kind} {name} in this account and region.", details=details)
