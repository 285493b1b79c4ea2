"""A call to a line, step by step: what the contact flow asks the function, and what it is to say next.

The flow (``infra/contact_flows/pager_line.json``) invokes the function at every step and speaks what it answers.
Connect may invoke it twice for one step; only the step ``page`` does anything, and twice is once, because its moment
was fixed by the step before.
"""

from collections.abc import Callable, Mapping
from datetime import datetime
from enum import StrEnum
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

from functions.core.domain.paging.pager_call import PagerCall, PagerPrompt, digits_of
from functions.core.domain.paging.pager_words import spoken
from functions.core.domain.ports.clock import Clock
from functions.core.services.page_by_number import PageByNumber

Answer = dict[str, str]
"""Words only: Connect takes a flat map of strings."""


class Step(StrEnum):
    """Where the flow is."""

    GREET = "greet"
    PAGER = "pager"
    """A pager's number was keyed in."""
    PAGER_AGAIN = "pager_again"
    CALLBACK = "callback"
    """A number to call back was keyed in, or nothing."""
    CALLBACK_AGAIN = "callback_again"
    PAGE = "page"


class _Part(BaseModel):
    """Connect sends more than is read here, and may send more tomorrow."""

    model_config = ConfigDict(frozen=True, extra="ignore", hide_input_in_errors=True)


class Phone(_Part):
    """A phone's number; a withheld one is empty, or a word."""

    address: Annotated[str | None, Field(alias="Address")] = None


class Contact(_Part):
    """The call. ``caller`` is null where Connect knows nothing of it."""

    id: Annotated[str, Field(alias="ContactId")]
    caller: Annotated[Phone | None, Field(alias="CustomerEndpoint")] = None
    line: Annotated[Phone, Field(alias="SystemEndpoint")]


class Said(_Part):
    """The step, and what the caller has keyed in so far; ``at`` is the moment that the step before fixed.

    An attribute that was never set comes as null or empty.
    """

    step: Annotated[Step, Field(alias="statline_step")]
    pager: Annotated[str | None, Field(alias="statline_pager")] = None
    callback: Annotated[str | None, Field(alias="statline_callback")] = None
    at: Annotated[datetime | Literal[""] | None, Field(alias="statline_at")] = None


class Details(_Part):
    """See Connect's input of a Lambda function."""

    contact: Annotated[Contact, Field(alias="ContactData")]
    said: Annotated[Said, Field(alias="Parameters")]


class Conversation:
    """Answers the steps of calls."""

    def __init__(self, page: PageByNumber, clock: Clock) -> None:
        self._page = page
        self._clock = clock

    def __call__(self, details: Details) -> Answer:
        """What is said next, and what is waited for. Raises nothing temporary: the caller is told."""
        return _STEPS[details.said.step](self, _call_of(details))

    def _ask(self, call: PagerCall) -> Answer:
        return _prompt(self._page.ask(call.line, call.pager))

    def _ask_again(self, call: PagerCall) -> Answer:
        return _prompt(self._page.ask(call.line, call.pager, again=True))

    def _check(self, call: PagerCall) -> Answer:
        return _prompt(self._page.check(call)) | self._moment()

    def _check_again(self, call: PagerCall) -> Answer:
        return _prompt(self._page.check(call, again=True)) | self._moment()

    def _moment(self) -> Answer:
        return {"statline_at": self._clock().isoformat()}

    def _send(self, call: PagerCall) -> Answer:
        answer = self._page.at_once(call)
        return {
            "statline_said": spoken(answer),
            "statline_reference": answer.reference,
            "statline_paged": "true" if answer.paged else "false",
            "statline_trace": answer.trace,
        }


_STEPS: Mapping[Step, Callable[[Conversation, PagerCall], Answer]] = {
    Step.GREET: Conversation._ask,
    Step.PAGER: Conversation._ask,
    Step.PAGER_AGAIN: Conversation._ask_again,
    Step.CALLBACK: Conversation._check,
    Step.CALLBACK_AGAIN: Conversation._check_again,
    Step.PAGE: Conversation._send,
}


def _call_of(details: Details) -> PagerCall:
    contact, said = details.contact, details.said
    return PagerCall(
        line=contact.line.address or "",
        caller=(contact.caller.address if contact.caller else None) or "",
        id=contact.id,
        pager=digits_of(said.pager or ""),
        callback=digits_of(said.callback or ""),
        at=said.at or None,
    )


def _prompt(prompt: PagerPrompt) -> Answer:
    return {"statline_said": prompt.said, "statline_wants": prompt.wants}
