"""Twilio's Messages API: texts by the second provider."""

import re
import secrets
from collections.abc import Mapping
from email.utils import formatdate
from urllib.parse import parse_qs, urlsplit

from local.sandbox.exchange import Accepted, Judged, Refused, UnknownCodeError
from local.sandbox.http_server import Request, json_response
from local.sandbox.modes import ModeName
from local.sandbox.people.identities import IdentityBook, known
from local.sandbox.records import Arrival, CallFacts, ProviderName
from local.sandbox.twilio.people import TwilioPeople
from local.sandbox.twilio.wire import ERRORS, TwilioAccount, TwilioError, form_of, refusal

PATH = re.compile(r"/2010-04-01/Accounts/(?P<sid>AC[0-9a-f]{32})/Messages\.json")
_E164 = re.compile(r"\+[1-9]\d{6,14}")
_SENDER = re.compile(r"\+[1-9]\d{4,14}|[0-9]{5,6}|[A-Za-z0-9 ]{1,11}")
_SERVICE = re.compile(r"MG[0-9a-f]{32}")
_LONGEST = 1_600
_ID_KEYS = ("statline_delivery", "delivery", "id")
_REACHABLE_SCHEMES = ("https", "http")


class Twilio:
    """One account at Twilio."""

    name: ProviderName = "twilio"
    failures: Mapping[ModeName, str] = {
        "throttled": "20429",
        "error500": "20500",
        "error503": "20503",
        "opted_out": "21610",
    }

    def __init__(self, account: TwilioAccount, identities: IdentityBook, people: TwilioPeople) -> None:
        self._account = account
        self._identities = identities
        self._people = people

    def judge(self, request: Request) -> Judged:
        """Check who calls, then the form."""
        form = form_of(request)
        facts = CallFacts(
            provider=self.name,
            operation="Messages",
            destination=form.get("To"),
            message_id=_visible_id(form.get("StatusCallback", "")),
        )
        try:
            return Judged(facts, self._accept(request, form, facts))
        except TwilioError as error:
            return Judged(facts, refusal(error))

    def refuse(self, code: str, retry_after: int, operation: str) -> Refused:
        """Make one of Twilio's errors, by its number."""
        del operation
        if not code.isdecimal() or int(code) not in ERRORS:
            raise UnknownCodeError(f"{code} is no error of Twilio; it knows {', '.join(map(str, ERRORS))}")
        headers = {"retry-after": str(retry_after)} if ERRORS[int(code)][0] == 429 else {}  # noqa: PLR2004
        return refusal(TwilioError(int(code)), headers)

    def _accept(self, request: Request, form: Mapping[str, str], facts: CallFacts) -> Accepted:
        path = PATH.fullmatch(request.path)
        if request.headers.get("authorization") != self._account.authorization:
            raise TwilioError(20003)
        if path is None or path["sid"] != self._account.sid:
            raise TwilioError(20404)
        self._check(form)
        sid, sender = f"SM{secrets.token_hex(16)}", form.get("From") or self._number_of(form["MessagingServiceSid"])
        arrival = Arrival(
            phone=form["To"],
            channel="sms",
            sender=sender,
            body=form["Body"],
            data=_named(form.get("StatusCallback", "")),
            message_id=facts.message_id,
            provider_id=sid,
            payload={**form, "Provider": "twilio"},
        )
        body = {
            "sid": sid,
            "account_sid": self._account.sid,
            "status": "queued" if "From" in form else "accepted",
            "to": form["To"],
            "from": form.get("From"),
            "messaging_service_sid": form.get("MessagingServiceSid"),
            "body": form["Body"],
            "direction": "outbound-api",
            "api_version": "2010-04-01",
            "date_created": formatdate(usegmt=True),
            "num_segments": "1",
            "error_code": None,
            "error_message": None,
            "uri": f"/2010-04-01/Accounts/{self._account.sid}/Messages/{sid}.json",
        }
        callback = form.get("StatusCallback", "")
        return Accepted(
            json_response(201, body), sid, arrival, on_act=lambda: self._people.sent(arrival, sender, callback)
        )

    def _check(self, form: Mapping[str, str]) -> None:
        number = form.get("To", "")
        sender, service = form.get("From", ""), form.get("MessagingServiceSid", "")
        callback = urlsplit(form.get("StatusCallback", "https://example.org"))
        wrong: tuple[tuple[bool, int], ...] = (
            (not number, 21604),
            (bool(number) and not _E164.fullmatch(number), 21211),
            (not sender and not service, 21603),
            (bool(sender) and not self._may_send(sender), 21606),
            (bool(service) and not _SERVICE.fullmatch(service), 21703),
            (not form.get("Body"), 21602),
            (len(form.get("Body", "")) > _LONGEST, 21617),
            (callback.scheme not in _REACHABLE_SCHEMES or not callback.netloc, 21609),
            (number in self._identities.current.opted_out_numbers, 21610),
        )
        code = next((code for is_wrong, code in wrong if is_wrong), None)
        if code is not None:
            raise TwilioError(code)

    def _may_send(self, sender: str) -> bool:
        return bool(_SENDER.fullmatch(sender)) and known(sender, self._identities.current.twilio_numbers)

    def _number_of(self, service: str) -> str:
        """The number that a messaging service sends from: made from its name, and nobody's."""
        return f"+1647555{int(service[2:10], 16) % 10_000:04d}"


def _named(callback: str) -> dict[str, str]:
    """What the callback's address says of the delivery: Twilio takes no context of its own."""
    return {name: values[0] for name, values in parse_qs(urlsplit(callback).query).items()}


def _visible_id(callback: str) -> str | None:
    named = _named(callback)
    return next((named[key] for key in _ID_KEYS if key in named), None)
