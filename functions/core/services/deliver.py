"""Deliver a batch: claim, look for an acknowledgement, call the provider, record. One use case for every channel.

The order of the writes is the safety: a claim is stored before a call starts, UNKNOWN is stored before a second call
starts, a stat's next way is on its queue before FAILED is stored, and its receipt's deadline before ACCEPTED is.
docs/state.md walks through every gap.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from functions.core.domain.delivering.claiming import (
    Leave,
    Wait,
    Write,
    after_outcome,
    next_step,
    reconciled,
)
from functions.core.domain.delivering.delivery import Delivery, DeliveryKey, next_way
from functions.core.domain.delivering.outcomes import Accepted, NeverRetry, Outcome
from functions.core.domain.delivering.record import DeliveryRecord, Worker
from functions.core.domain.delivering.states import State
from functions.core.domain.errors import StoreUnavailableError
from functions.core.domain.ports.clock import Clock
from functions.core.domain.ports.delivering import DeliveryStates, Outbox
from functions.core.domain.ports.directory import AddressBook
from functions.core.domain.routing.lanes import LANES, LEASE, PROVIDER_TIMEOUT
from functions.core.services.follow_up import FollowUp
from functions.core.services.providers import Providers
from functions.core.services.verdicts import MOMENT, Answered, Verdict, come_again, hidden_for, unanswered, was_settled

ROUNDS = 5
"""How often a worker asks again when others write the same record, before it puts the message back."""


@dataclass(frozen=True, slots=True)
class _Claim:
    delivery: Delivery
    record: DeliveryRecord

    @property
    def provider(self) -> str:
        """The one that the claim names: it is called, whoever else is preferred by now."""
        return self.record.attempts[-1].provider


@dataclass(frozen=True, slots=True)
class _Asked:
    """A delivery whose next step is asked for. ``ours``: it was this worker that wrote what was ``found``."""

    delivery: Delivery
    found: DeliveryRecord | None
    ours: bool = False


@dataclass(frozen=True, slots=True)
class DeliverBatch:
    """The use case, with its ports."""

    states: DeliveryStates
    providers: Providers
    outbox: Outbox
    follow_up: FollowUp
    address_book: AddressBook
    clock: Clock

    def __call__(self, batch: Sequence[Delivery], worker_name: str) -> list[Verdict]:
        """Bring each delivery of a batch as far as it goes now, and say for each what becomes of its message.

        ``worker_name`` must be a name that no other call has. Raises `StoreUnavailableError` when the state table
        takes not one claim: nobody was called, and the whole batch comes back. A delivery of whose record alone the
        table gives no answer comes back by itself, and finds out how far it got.
        """
        once = {delivery.key: delivery for delivery in batch}
        verdicts: dict[DeliveryKey, Verdict] = {}
        claims = self._claim(list(once.values()), worker_name, verdicts)
        claims = self._silence(claims, verdicts)
        calls = self._still_in_time(claims, verdicts)
        if calls:
            self._call(calls, verdicts)
        self._follow_up(verdicts)
        return [self._verdict_of(delivery, once, verdicts) for delivery in batch]

    @staticmethod
    def _verdict_of(
        delivery: Delivery, once: dict[DeliveryKey, Delivery], verdicts: dict[DeliveryKey, Verdict]
    ) -> Verdict:
        """A second copy in the same batch waits out the lease of the first."""
        if once[delivery.key] is delivery:
            return verdicts[delivery.key]
        return Verdict(delivery, None, LEASE)

    def _claim(self, batch: list[Delivery], worker_name: str, verdicts: dict[DeliveryKey, Verdict]) -> list[_Claim]:
        """Claim what can be claimed; the rest gets its verdict."""
        claims: list[_Claim] = []
        asking = [_Asked(delivery, None) for delivery in batch]
        for _ in range(ROUNDS):
            writes = self._steps(asking, worker_name, verdicts)
            stored = self.states.write([record for _, record in writes])
            if writes and not verdicts and not claims and not any(stored):
                raise StoreUnavailableError("the delivery-state table took not one claim of the batch")
            asking = []
            for (delivery, wanted), now_stored in zip(writes, stored, strict=True):
                if now_stored is None:
                    verdicts[delivery.key] = unanswered(delivery)
                elif now_stored == wanted and wanted.state is State.SENDING:
                    claims.append(_Claim(delivery, wanted))
                else:
                    asking.append(_Asked(delivery, now_stored, ours=now_stored == wanted))
            if not asking:
                return claims
        for asked in asking:
            verdicts[asked.delivery.key] = Verdict(asked.delivery, asked.found, MOMENT, asked.ours)
        return claims

    def _steps(
        self, asking: list[_Asked], worker_name: str, verdicts: dict[DeliveryKey, Verdict]
    ) -> list[tuple[Delivery, DeliveryRecord]]:
        writes: list[tuple[Delivery, DeliveryRecord]] = []
        now = self.clock()
        for asked in asking:
            delivery, found = asked.delivery, asked.found
            worker = Worker(worker_name, self.providers.name_for(delivery), now)
            match next_step(delivery, found, worker):
                case Write(record=record) if self._next_way_is_open(delivery, record):
                    writes.append((delivery, record))
                case Write():
                    verdicts[delivery.key] = Verdict(delivery, found, MOMENT, asked.ours)
                case Wait(until=until):
                    verdicts[delivery.key] = Verdict(delivery, found, until - now, asked.ours)
                case Leave(record=record):
                    verdicts[delivery.key] = Verdict(delivery, record, None, asked.ours)
        return writes

    def _silence(self, claims: list[_Claim], verdicts: dict[DeliveryKey, Verdict]) -> list[_Claim]:
        """Cancel claims whose role was acknowledged. Read after the claim: no call starts once the word was seen.

        Where the word cannot be read, nobody with a role is called: the claim is let go, and made again later.
        """
        if not any(claim.delivery.roles for claim in claims):
            return claims
        now = self.clock()
        try:
            acknowledged = self.states.acknowledged([claim.delivery for claim in claims])
        except StoreUnavailableError:
            unsure = [claim for claim in claims if claim.delivery.roles]
            self._settle([(claim, _let_go(claim, now, patiently=True)) for claim in unsure], verdicts)
            return [claim for claim in claims if not claim.delivery.roles]
        silenced = [claim for claim, seen in zip(claims, acknowledged, strict=True) if seen]
        self._settle([(c, c.record.moved(State.CANCELLED, now, reason="acknowledged")) for c in silenced], verdicts)
        return [claim for claim, seen in zip(claims, acknowledged, strict=True) if not seen]

    def _still_in_time(self, claims: list[_Claim], verdicts: dict[DeliveryKey, Verdict]) -> list[_Claim]:
        """Let go of what has expired, and of claims whose lease may end before the provider's answer comes."""
        now = self.clock()
        calls, lapsed = [], []
        for claim in claims:
            if now >= claim.delivery.expires_at:
                lapsed.append((claim, claim.record.moved(State.EXPIRED, now, reason="expired_before_call")))
            elif claim.record.lease_until and now + PROVIDER_TIMEOUT > claim.record.lease_until:
                lapsed.append((claim, _let_go(claim, now)))
            else:
                calls.append(claim)
        self._settle(lapsed, verdicts)
        return calls

    def _settle(self, moves: list[tuple[_Claim, DeliveryRecord]], verdicts: dict[DeliveryKey, Verdict]) -> None:
        """Store what follows a claim that started no call. A record that somebody else moved stays as it is."""
        if not moves:
            return
        stored = self.states.write([record for _, record in moves])
        for (claim, _), record in zip(moves, stored, strict=True):
            verdicts[claim.delivery.key] = self._verdict(claim.delivery, record)

    def _call(self, calls: list[_Claim], verdicts: dict[DeliveryKey, Verdict]) -> None:
        """Call the providers, store what they answered, and say so in the verdicts, whatever the table took of it."""
        asked = [(claim.provider, claim.delivery) for claim in calls]
        outcomes = self.providers.send(asked)
        now = self.clock()
        answers = list(zip(calls, outcomes, strict=True))
        untaken = self.follow_up.await_receipts([c.delivery for c, told in answers if isinstance(told, Accepted)])
        self._record(answers, now, verdicts)
        for claim, outcome in answers:
            key = claim.delivery.key
            verdicts[key] = replace(verdicts[key], answered=Answered(outcome, now, claim.provider))
        come_again(untaken, verdicts)
        self.providers.learn(asked, outcomes)

    def _follow_up(self, verdicts: dict[DeliveryKey, Verdict]) -> None:
        """See to what follows from the verdicts; a message stays where a queue of ours did not take that."""
        found = [(each.delivery, each.record) for each in verdicts.values() if each.record and each.acted]
        before = [(each.delivery, each.record) for each in verdicts.values() if each.record and was_settled(each)]
        come_again(self.follow_up.after(found, before), verdicts)

    def _record(
        self, answers: list[tuple[_Claim, Outcome]], now: datetime, verdicts: dict[DeliveryKey, Verdict]
    ) -> None:
        """Store what the provider's answers mean, also where a receipt or another worker was there first."""
        self._report_dead(answers)
        writing: list[tuple[_Claim, Outcome, DeliveryRecord]] = []
        for claim, outcome in answers:
            record = after_outcome(claim.record, outcome, now)
            self._open_early(claim.delivery, record)
            if self._next_way_is_open(claim.delivery, record):
                writing.append((claim, outcome, record))
            else:
                verdicts[claim.delivery.key] = Verdict(claim.delivery, claim.record, MOMENT)
        for _ in range(ROUNDS):
            writing = self._write_answers(writing, now, verdicts)
            if not writing:
                return
        for claim, _, record in writing:
            verdicts[claim.delivery.key] = Verdict(claim.delivery, record, MOMENT)

    def _write_answers(
        self,
        writing: list[tuple[_Claim, Outcome, DeliveryRecord]],
        now: datetime,
        verdicts: dict[DeliveryKey, Verdict],
    ) -> list[tuple[_Claim, Outcome, DeliveryRecord]]:
        """One round of writing; answers what another's record has overtaken, with what is still to be added to it."""
        overtaken = []
        stored = self.states.write([record for _, _, record in writing])
        for (claim, outcome, record), now_stored in zip(writing, stored, strict=True):
            if now_stored is None or now_stored == record:
                addition = None
            else:
                addition = reconciled(now_stored, claim.record, outcome, now)
            if addition is None:
                verdicts[claim.delivery.key] = self._verdict(claim.delivery, now_stored)
            else:
                overtaken.append((claim, outcome, addition))
        return overtaken

    def _next_way_is_open(self, delivery: Delivery, record: DeliveryRecord) -> bool:
        """Before a stat is FAILED, put its next way on that way's queue. False where the queue did not take it."""
        way = next_way(delivery) if record.state is State.FAILED else None
        return way is None or not self.outbox.send([way])

    def _open_early(self, delivery: Delivery, record: DeliveryRecord) -> None:
        """Open a stat's next way while its provider still says "later". Where no queue takes it, FAILED will."""
        way = next_way(delivery) if record.attempt == LANES[delivery.priority].next_way_at else None
        if way is not None and record.state in {State.RETRYING, State.UNKNOWN}:
            self.outbox.send([way])

    def _report_dead(self, answers: list[tuple[_Claim, Outcome]]) -> None:
        """A rehearsed device stays in the directory: without it, rehearsals were refused and no longer failed here."""
        told = [c.delivery for c, outcome in answers if isinstance(outcome, NeverRetry) and outcome.address_is_dead]
        dead = [delivery for delivery in told if not delivery.rehearsed]
        if dead:
            self.address_book.report_dead(dead)

    def _verdict(self, delivery: Delivery, record: DeliveryRecord | None) -> Verdict:
        if record is None:
            return unanswered(delivery)
        return Verdict(delivery, record, hidden_for(delivery, record, self.clock()), acted=True)


def _let_go(claim: _Claim, now: datetime, *, patiently: bool = False) -> DeliveryRecord:
    """What follows a claim whose call was certainly not started; ``patiently``: the next one is a lane's wait away."""
    wait = LANES[claim.record.priority].retry_after(claim.record.attempt) if patiently else timedelta()
    not_started = claim.record.with_outcome("not_started")
    return not_started.moved(State.RETRYING, now, reason="not_started", not_before=now + wait)
