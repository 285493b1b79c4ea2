"""A call or a text to a line becomes a page to whoever holds the pager now, and the caller is told what is true.

Nothing is claimed before it is so: the caller hears "was paged" after the page is on its queue, and only where the
router, asked the same question over the same directory, would reach somebody. What is not known for certain is told as
not confirmed.
"""

from collections.abc import Set
from dataclasses import dataclass
from datetime import datetime

from functions.core.domain.delivering.delivery import trace_of
from functions.core.domain.directory.entries import EntryKey, EntryKind, Snapshot
from functions.core.domain.errors import TemporaryError
from functions.core.domain.escalation.climbing import Region, plan_of_step, teams_of, users_of
from functions.core.domain.paging import pager_words as words
from functions.core.domain.paging.page import Page, owner_key, page_of, reaches, reference_of, steps_of
from functions.core.domain.paging.pager_call import (
    Callback,
    PagerAnswer,
    PagerCall,
    PagerPrompt,
    Wants,
    callback_of,
    pager_and_text,
)
from functions.core.domain.ports.clock import Clock
from functions.core.domain.ports.directory import Directory
from functions.core.domain.ports.routing import Doors
from functions.core.domain.routing.plan import Plan
from functions.core.domain.routing.planning import plan_of
from functions.core.services.route import read_snapshot
from statline.contract.directory import LineChange, PagerChange, ServiceChange, TeamChange, TenantPolicyChange
from statline.contract.words import Channel


@dataclass(frozen=True, slots=True)
class _Line:
    """What the directory says of a line and one pager: the pager, the team or service that holds it, what else to do.

    number: the pager's as it was asked for; empty where none was.
    """

    number: str
    pager: PagerChange | None
    owner: TeamChange | ServiceChange | None
    instead: str


@dataclass(frozen=True, slots=True)
class PageByNumber:
    """The use case, with its ports. ``channels`` are the ones that the region has."""

    directory: Directory
    doors: Doors
    clock: Clock
    channels: Set[Channel]

    def __call__(self, call: PagerCall) -> PagerAnswer:
        """Page, and answer what the caller is told. The same call again is the same page and the same answer.

        Raises `TemporaryError` where it is not known whether anybody is paged: call again, or say so (`at_once`).
        """
        keyed, text = (call.pager, call.text) if call.pager else self._in_the_text(call)
        line = self._line(call.line, keyed)
        if line is None:
            return PagerAnswer(words.NO_SUCH_LINE.format(instead=words.instead(None)))
        if line.pager is None:
            return PagerAnswer(_no_pager(call, line))
        callback = callback_of(call.callback, call.caller, call.line) or callback_of("", call.caller, call.line)
        if callback is None and not text:
            return PagerAnswer(words.NO_CALLBACK.format(instead=line.instead))
        return self._page(call, line, Page(line.pager, text, callback))

    def at_once(self, call: PagerCall) -> PagerAnswer:
        """As above for a caller who waits on the line: what is temporary is told as not confirmed."""
        try:
            return self(call)
        except TemporaryError:
            return PagerAnswer(words.OUT_OF_ORDER.format(instead=self._instead(call.line)))

    def ask(self, line: str, pager: str = "", *, again: bool = False) -> PagerPrompt:
        """What a caller on the line is asked next. ``again``: what was keyed in is the second try, and the last."""
        try:
            found = self._line(line, pager)
        except TemporaryError:
            return PagerPrompt(words.OUT_OF_ORDER.format(instead=words.instead(None)), Wants.NOTHING)
        if found is None:
            return PagerPrompt(words.NO_SUCH_LINE.format(instead=words.instead(None)), Wants.NOTHING)
        if found.pager is not None:
            holder = words.holder_of(found.pager, found.owner)
            return PagerPrompt(words.ASK_CALLBACK.format(holder=holder), Wants.CALLBACK)
        if again or (found.number and not pager):  # to ask for another number helps nobody where the line has its own
            nobody = words.NO_SUCH_PAGER if found.number else words.NO_PAGER_KEYED
            return PagerPrompt(nobody.format(pager=_spelled(found.number), instead=found.instead), Wants.NOTHING)
        asked = words.ASK_PAGER_AGAIN if found.number else words.ASK_PAGER
        return PagerPrompt(asked.format(pager=_spelled(found.number)), Wants.PAGER)

    @staticmethod
    def check(call: PagerCall, *, again: bool = False) -> PagerPrompt:
        """Whether a caller on the line is asked once more for the number to call back."""
        if callback_of(call.callback, call.caller, call.line) or again:
            return PagerPrompt("", Wants.PAGE)
        return PagerPrompt(words.ASK_CALLBACK_AGAIN, Wants.CALLBACK)

    def _in_the_text(self, call: PagerCall) -> tuple[str, str]:
        """The pager's number that a text begins with, where the line has none of its own."""
        line = self._line_entry(call.line)
        return ("", call.text.strip()) if line and line.pager else pager_and_text(call.text)

    def _line(self, number: str, pager: str) -> _Line | None:
        """The line and its pager, or the one that was asked for; None where the number is no line of ours."""
        line = self._line_entry(number)
        if line is None:
            return None
        asked = line.pager or pager
        policy_key = EntryKey(line.tenant, EntryKind.POLICY)
        pager_key = EntryKey(line.tenant, EntryKind.PAGER, asked)
        found = self.directory.find([policy_key, *([pager_key] if asked else [])])
        entry, policy = found.get(pager_key), found.get(policy_key)
        switchboard = policy.switchboard if isinstance(policy, TenantPolicyChange) else None
        known = entry if isinstance(entry, PagerChange) else None
        return _Line(asked, known, self._owner(known), words.instead(switchboard))

    def _line_entry(self, number: str) -> LineChange | None:
        key = EntryKey("", EntryKind.LINE, number)
        line = self.directory.find([key]).get(key)
        return line if isinstance(line, LineChange) else None

    def _owner(self, pager: PagerChange | None) -> TeamChange | ServiceChange | None:
        key = owner_key(pager) if pager else None
        owner = self.directory.find([key]).get(key) if key else None
        return owner if isinstance(owner, TeamChange | ServiceChange) else None

    def _page(self, call: PagerCall, line: _Line, page: Page) -> PagerAnswer:
        now = self.clock()
        message = page_of(call, page, now)
        if message.expires_at <= now:
            return PagerAnswer(words.TOO_LATE.format(instead=line.instead))
        snapshot = read_snapshot(self.directory, [message], now)
        plan = plan_of(message, snapshot, producer="", now=now, channels=self.channels)
        holds = reaches(plan)
        stands_in = not holds and self._reaches_by_policy(plan, now)
        if plan.deliveries or _climbs(plan):
            # Sent also where nobody can be reached now: its ladder ends, which alarms, and a shift may begin meanwhile.
            self.doors.send(message)
        reference = reference_of(message)
        template = words.PAGED if holds else words.PASSED_ON if stands_in else words.NOBODY
        said = template.format(
            holder=words.holder_of(page.pager, line.owner),
            nobody=words.nobody_at(page.pager, line.owner),
            reference=reference,
            minutes=words.MINUTES,
            instead=line.instead,
        )
        trace = trace_of(message.tenant, message.id)
        if template is words.NOBODY:
            return PagerAnswer(said, trace=trace)
        return PagerAnswer(words.sentence(said) + _given(call, page.callback), reference, paged=True, trace=trace)

    def _reaches_by_policy(self, plan: Plan, now: datetime) -> bool:
        """Whether one of the policy's steps would page anybody: the same question that escalation asks then."""
        steps = steps_of(plan)
        teams = dict.fromkeys((plan.tenant, team) for step in steps for team in teams_of(step))
        shifts = {team: tuple(self.directory.on_shift(*team, now)) for team in teams}
        users = dict.fromkeys(user for step in steps for user in users_of(step, Snapshot({}, shifts)))
        snapshot = Snapshot(self.directory.find(list(users)) if users else {}, shifts)
        region = Region(self.channels)
        return any(reaches(plan_of_step(step, snapshot, region, now)) for step in steps)

    def _instead(self, number: str) -> str:
        """What else to do, as far as it can be found out."""
        try:
            line = self._line(number, "")
        except TemporaryError:
            return words.instead(None)
        return line.instead if line else words.instead(None)


def _no_pager(call: PagerCall, line: _Line) -> str:
    """Why nobody is paged: a number that is no pager's, or none at all."""
    if line.number:
        return words.NO_SUCH_PAGER.format(pager=line.number, instead=line.instead)
    said = words.NO_PAGER_SAID if call.text else words.NO_PAGER_KEYED
    return said.format(instead=line.instead)


def _climbs(plan: Plan) -> bool:
    return plan.activation is not None and any(ladder.rungs for ladder in plan.activation.ladders)


def _given(call: PagerCall, callback: Callback | None) -> str:
    """Which number was given, told to who cannot read it anywhere: a caller on the line."""
    if call.text or callback is None:
        return ""
    return f" The number to call back is {_spelled(callback.extension or callback.number.removeprefix('+'))}."


def _spelled(number: str) -> str:
    """Digit by digit, so that a voice does not say four thousand."""
    return " ".join(number)
