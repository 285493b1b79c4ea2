"""A call to a line at Twilio, request by request: what the caller is asked, and told.

What was asked travels in the address that the digits come to, which Twilio signs: nothing is kept here. So does the
moment of a page, and the same request again is the same page.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime

from functions.core.domain.paging.pager_call import PagerCall, PagerPrompt, Wants, digits_of
from functions.core.domain.paging.pager_words import spoken
from functions.core.domain.ports.clock import Clock
from functions.core.services.page_by_number import PageByNumber
from functions.webhooks import twiml
from functions.webhooks.request import Request

DIGITS = "/twilio/call/digits"
_AGAIN = "1"
_MOMENT = "%Y%m%dT%H%M%S.%fZ"
"""A moment in UTC, in letters that nobody on the way writes differently: a signature covers the whole address."""
WITHHELD = frozenset({"+266696687", "+7378742833", "+2562533", "+8656696", "+86282452253"})
"""What Twilio writes for a caller who withholds the number: ANONYMOUS, RESTRICTED and so on, in a keypad's letters."""


@dataclass(frozen=True, slots=True)
class Calls:
    """Answers callers."""

    page: PageByNumber
    clock: Clock

    def greet(self, request: Request) -> str:
        """A call comes in."""
        call = _call_of(request)
        return self._next(self.page.ask(call.line), call)

    def hear(self, request: Request) -> str:
        """Digits come in, for what the caller was asked last."""
        call, again = _call_of(request), request.query.get("again") == _AGAIN
        keyed = digits_of(request.field("Digits"))
        if request.query.get("wants") == Wants.PAGER:
            call = replace(call, pager=keyed)
            return self._next(self.page.ask(call.line, call.pager, again=again), call, again=True)
        call = replace(call, callback=keyed)
        return self._next(self.page.check(call, again=again), call, again=True)

    def _next(self, prompt: PagerPrompt, call: PagerCall, *, again: bool = False) -> str:
        match prompt.wants:
            case Wants.NOTHING:
                return twiml.say(prompt.said)
            case Wants.PAGE:
                return twiml.say(spoken(self.page.at_once(call)))
            case Wants.PAGER:
                return twiml.ask(prompt.said, DIGITS, _asked(prompt.wants, again=again))
            case Wants.CALLBACK:
                # The first question for the number comes after a pager's number was understood, at whichever try.
                once_more = call.at is not None
                at = call.at or self.clock()
                asked = _asked(prompt.wants, again=once_more) | {"pager": call.pager, "at": at.strftime(_MOMENT)}
                return twiml.ask(prompt.said, DIGITS, asked)


def _asked(wants: Wants, *, again: bool) -> dict[str, str]:
    return {"wants": wants.value} | ({"again": _AGAIN} if again else {})


def _call_of(request: Request) -> PagerCall:
    caller = request.field("From")
    return PagerCall(
        line=request.field("To"),
        caller="" if caller in WITHHELD else caller,
        id=request.field("CallSid"),
        pager=request.query.get("pager", ""),
        at=_moment(request.query),
    )


def _moment(query: Mapping[str, str]) -> datetime | None:
    """The moment that we wrote into the address. It is signed, so nobody else wrote it."""
    return datetime.fromisoformat(query["at"]).astimezone(UTC) if "at" in query else None
