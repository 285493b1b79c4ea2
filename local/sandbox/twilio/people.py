"""What comes back by Twilio: status callbacks, texts and calls to its numbers, each posted and signed."""

import re
import secrets
from collections.abc import Mapping
from urllib.parse import urljoin
from xml.etree.ElementTree import Element, ParseError, fromstring

from local.sandbox.cloud import CloudRefusedError, complain
from local.sandbox.people.calls import Call, CallEndedError
from local.sandbox.people.lines import Line
from local.sandbox.records import Arrival
from local.sandbox.twilio.wire import TwilioAccount, signed
from local.sandbox.world import World

_FATES: Mapping[str, tuple[str, str]] = {
    "TEXT_DELIVERED": ("delivered", ""),
    "TEXT_SUCCESSFUL": ("sent", ""),
    "TEXT_UNREACHABLE": ("undelivered", "30003"),
    "TEXT_CARRIER_UNREACHABLE": ("undelivered", "30003"),
    "TEXT_BLOCKED": ("undelivered", "30004"),
    "TEXT_CARRIER_BLOCKED": ("undelivered", "30007"),
    "TEXT_INVALID": ("undelivered", "30005"),
    "TEXT_UNKNOWN": ("undelivered", "30008"),
    "TEXT_TTL_EXPIRED": ("undelivered", "30036"),
}
"""Status and error code for each fate of a text."""
_OK, _LAST_GOOD = 200, 299
_TURNS = 50
_GATHER_SECONDS = 5.0
_SPEAKING = frozenset({"Say", "Play"})


class TwilioPeople:
    """People on the other side of Twilio's numbers."""

    def __init__(self, world: World, account: TwilioAccount) -> None:
        self._world = world
        self._account = account

    def sent(self, arrival: Arrival, source: str, callback: str) -> None:
        """A text was sent: its callbacks, and perhaps an answer, come later."""
        habit = self._world.habits.current.of(arrival.phone)
        if callback and habit.text_fate != "silence":
            status, error = _FATES[habit.text_fate]
            self._world.switchboard.later(
                habit.receipt_after / 2, lambda: self._status(arrival, source, callback, "sent", "")
            )
            if status != "sent":
                self._world.switchboard.later(
                    habit.receipt_after, lambda: self._status(arrival, source, callback, status, error)
                )
        line = self._world.lines.for_texts(source)
        if line is None or not line.text_url:
            return
        words = self._world.habits.answer_of(arrival.phone)
        if words is not None:
            self._world.switchboard.later(
                habit.texts_back_after, lambda: self.inbound(arrival.phone, source, words, line)
            )

    async def inbound(self, phone: str, number: str, body: str, line: Line) -> None:
        """Somebody texts a number at Twilio; what the webhook answers in TwiML is texted back."""
        self._world.switchboard.tell(phone, "texts", body)
        sid = f"SM{secrets.token_hex(16)}"
        form = self._form(number, phone) | {
            "MessageSid": sid,
            "SmsSid": sid,
            "SmsMessageSid": sid,
            "Body": body,
            "NumMedia": "0",
            "NumSegments": "1",
            "SmsStatus": "received",
        }
        await self._ask(line.text_url, form)

    def call_in(self, phone: str, number: str, line: Line, keys: tuple[str, ...]) -> str:
        """Somebody calls a number at Twilio, ready to press these keys; the call's id."""
        habit = self._world.habits.current.of(phone).model_copy(update={"on_call": "listens", "keys": keys})
        call = self._world.switchboard.place(f"CA{secrets.token_hex(16)}", phone, number, habit)
        self._world.switchboard.run(self._converse(call, number, line))
        return call.id

    async def _converse(self, call: Call, number: str, line: Line) -> None:
        """Do what the webhooks say until there is nothing more to do."""
        form = self._form(number, call.phone) | {
            "CallSid": call.id,
            "Direction": "inbound",
            "CallStatus": "in-progress",
        }
        url: str | None = line.call_url
        call.answer()
        try:
            for _ in range(_TURNS):
                answer = await self._ask(url, form) if url else None
                if answer is None:
                    break
                url, more = await self._perform(call, answer, url or "")
                form = {name: value for name, value in form.items() if name != "Digits"} | more
            call.finish("over")
        except CallEndedError:
            pass
        finally:
            self._world.switchboard.remove(call)

    async def _perform(self, call: Call, twiml: Element, url: str) -> tuple[str | None, dict[str, str]]:
        """Go through the verbs; where to go on and with which digits, or None at the end."""
        for verb in twiml:
            if verb.tag in _SPEAKING:
                await call.hear(_words(verb))
            elif verb.tag == "Gather":
                digits = await self._gather(call, verb)
                if digits:
                    return urljoin(url, verb.get("action") or url), {"Digits": digits}
            elif verb.tag == "Redirect":
                return urljoin(url, (verb.text or "").strip()), {}
            elif verb.tag == "Hangup":
                return None, {}
        return None, {}

    async def _gather(self, call: Call, verb: Element) -> str:
        words = " ".join(_words(part) for part in verb if part.tag in _SPEAKING)
        pressed = await call.ask(words, seconds=float(verb.get("timeout", _GATHER_SECONDS))) or ""
        digits = pressed.partition(verb.get("finishOnKey", "#") or "\0")[0]
        return digits[: int(verb.get("numDigits") or len(digits) or 1)]

    async def _status(self, arrival: Arrival, source: str, callback: str, status: str, error: str) -> None:
        form = self._form(arrival.phone, source) | {
            "MessageSid": arrival.provider_id,
            "SmsSid": arrival.provider_id,
            "MessageStatus": status,
            "SmsStatus": status,
        }
        await self._ask(callback, form | ({"ErrorCode": error} if error else {}))

    def _form(self, to: str, sender: str) -> dict[str, str]:
        return {"To": to, "From": sender, "AccountSid": self._account.sid, "ApiVersion": "2010-04-01"}

    async def _ask(self, url: str, form: Mapping[str, str]) -> Element | None:
        """Post a callback; its TwiML, if it answers with any."""
        headers, body = signed(url, form, self._account)
        try:
            answer = await self._world.cloud.post(url, headers, body)
        except CloudRefusedError as problem:
            complain(problem)
            return None
        if not _OK <= answer.status <= _LAST_GOOD:
            complain(CloudRefusedError(f"{_bare(url)} answered a callback with HTTP {answer.status}"))
            return None
        try:
            return fromstring(answer.body) if answer.body.strip().startswith("<") else None  # noqa: S314 - our functions'
        except ParseError as problem:
            complain(CloudRefusedError(f"{_bare(url)} answered with what is no TwiML: {problem}"))
            return None


def _words(verb: Element) -> str:
    return re.sub(r"\s+", " ", "".join(verb.itertext())).strip()


def _bare(url: str) -> str:
    return url.partition("?")[0]
