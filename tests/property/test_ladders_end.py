"""Random ladders against random answers, losses, duplicates, delays, deaths and outages, checked against a plain model.

The use cases are the real ones, from the first page's deliveries to the sweep. The clock is driven.
"""

import json
from collections import Counter
from datetime import timedelta
from typing import Any

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from functions.core.domain.delivering.states import SETTLED
from functions.core.domain.escalation.ladder import FIRST_LOOK_WITHIN
from functions.core.domain.escalation.step_name import activation_of
from functions.core.domain.routing.plan import Plan
from statline.contract.words import Answer, Channel, Via
from tests.fakes.activations import somebody
from tests.fakes.clock import NOON
from tests.fakes.directory_changes import TENANT, a_shift, a_step, a_team, an_escalation_policy
from tests.fakes.messages import a_body
from tests.property.ladders.plain import check
from tests.property.ladders.witnesses import ANSWERS
from tests.property.ladders.world import Message, World

USERS = tuple(f"u-{number}" for number in range(1, 7))
ROLES = ("lead", "nurse", "imaging")
PORTS = ("notifications", "ladders", "acknowledgements", "escalation", "outbox", "states", "directory", "book")
DAY = timedelta(hours=12)

targets = st.lists(
    st.sampled_from(["shift", "backup", {"type": "user", "id": "u-6"}]), min_size=1, max_size=2, unique_by=str
)
steps = st.builds(
    lambda who, wait, channels: a_step(*who, wait=wait, **({"channels": channels} if channels else {})),
    targets,
    st.sampled_from([15, 20, 60]),
    st.sampled_from([None, ["voice"], ["push"], ["sms", "voice"]]),
)
shifts = st.lists(
    st.tuples(st.sampled_from(USERS), st.sampled_from(ROLES), st.sampled_from(["primary", "primary", "backup"])),
    max_size=5,
    unique_by=lambda each: each[:2],
)


class Activations(RuleBasedStateMachine):
    """Random lives of activations."""

    @initialize(
        shifts=shifts,
        steps=st.lists(steps, min_size=1, max_size=3),
        policy=st.fixed_dictionaries(
            {
                "first_wait": st.sampled_from([15, 45]),
                "repeats": st.integers(0, 1),
                "one_is_enough": st.booleans(),
            }
        ),
    )
    def begin(self, shifts: list[tuple[str, str, str]], steps: list[dict[str, Any]], policy: dict[str, Any]) -> None:
        self.world = World()
        self.codes: list[str] = []
        day: dict[str, Any] = {"starts_at": NOON - DAY, "ends_at": NOON + DAY}
        self.world.directory.changes = [
            a_team(roles=["lead", "nurse"]),
            an_escalation_policy("climb", *steps, **policy),
            *somebody(*USERS),
            *(a_shift(user, role, duty=duty, **day) for user, role, duty in shifts),
        ]

    @rule(minutes=st.sampled_from([2, 20]), policy=st.sampled_from(["climb", None]))
    def activate(self, minutes: int, policy: str | None) -> None:
        if len(self.codes) == 3:
            return
        now = self.world.clock()
        body = a_body(
            id=f"code-{len(self.codes)}",
            kind="code",
            priority="stat",
            recipients=[{"type": "team", "id": "stroke"}],
            policy=policy,
            sent_at=now.isoformat(),
            expires_at=(now + timedelta(minutes=minutes)).isoformat(),
        )
        self.codes.append(f"code-{len(self.codes)}")
        self.world.ingress.append(Message(body, now))

    @rule(seconds=st.sampled_from([0, 1, 4, 14, 30, 61, 200]))
    def wait(self, seconds: float) -> None:
        self.world.run(seconds)

    @precondition(lambda self: self.codes)
    @rule(which=st.integers(0, 2), who=st.integers(0, 5), answer=st.sampled_from(Answer), via=st.sampled_from(Via))
    def say(self, which: int, who: int, answer: Answer, via: Via) -> None:
        self.world.say(self._code(which), self._paged(which, who), answer, via)

    @precondition(lambda self: self.codes)
    @rule(which=st.integers(0, 2), who=st.integers(0, 5), steps=st.integers(0, 8))
    def say_and_die(self, which: int, who: int, steps: int) -> None:
        """The function that heard a key press dies in the middle of it, and nobody presses again."""
        self.world.faults.arm(steps)
        self.world.say(self._code(which), self._paged(which, who), Answer.ACCEPT, Via.KEY)
        self.world.faults.disarm()

    @precondition(lambda self: self.codes)
    @rule(which=st.integers(0, 2), who=st.integers(0, 5), answer=st.sampled_from(Answer), steps=st.integers(0, 40))
    def say_while_somebody_works(self, which: int, who: int, answer: Answer, steps: int) -> None:
        """An answer comes between any two steps of a worker."""
        code, user = self._code(which), self._paged(which, who)
        self.world.faults.arm(steps, lambda: self.world.say(code, user, answer, Via.APP))
        self.world.run(20)
        self.world.faults.disarm()

    @precondition(lambda self: self.codes)
    @rule(steps=st.integers(0, 60), seconds=st.sampled_from([0, 5, 61]))
    def die(self, steps: int, seconds: float) -> None:
        """Whoever works next dies at any of its steps: a channel's worker, one that looks, the sweep."""
        self.world.faults.arm(steps)
        self.world.run(seconds)
        self.world.faults.disarm()

    @precondition(lambda self: self.codes)
    @rule(steps=st.integers(0, 40))
    def meet_another(self, steps: int) -> None:
        """A second worker takes what is visible while the first is in the middle of it."""
        for message in self.world.looks[:2]:
            self.world.looks.append(type(message)(message.body, self.world.clock()))
        self.world.faults.arm(steps, self.world.escalate)
        self.world.run(1)
        self.world.faults.disarm()

    @rule(channel=st.sampled_from(Channel), answer=st.sampled_from(sorted(ANSWERS)))
    def answer(self, channel: Channel, answer: str) -> None:
        self.world.answers[channel] = answer

    @rule(answer=st.sampled_from(sorted(ANSWERS)))
    def all_answer(self, answer: str) -> None:
        self.world.answers = dict.fromkeys(Channel, answer)

    @rule(port=st.sampled_from(PORTS), seconds=st.sampled_from([3, 40]))
    def away(self, port: str, seconds: float) -> None:
        """A table or a queue of ours does not answer for a time."""
        self.world.faults.away[port] = self.world.clock() + timedelta(seconds=seconds)

    @precondition(lambda self: self.world.looks)
    @rule(which=st.integers(0, 5))
    def lose(self, which: int) -> None:
        """A timer that never comes."""
        timers = [message for message in self.world.looks if message.body.wake_at]
        if timers:
            lost = timers[which % len(timers)]
            self.world.looks = [message for message in self.world.looks if message is not lost]
            self.world.faults.struck.append(max(lost.visible_at, self.world.clock()))

    @precondition(lambda self: self.world.ingress)
    @rule()
    def lose_the_first_looks(self) -> None:
        """What the router has sent to the escalation queue never comes: not one ladder is open, and no timer armed."""
        before = list(self.world.looks)
        self.world.route()
        sent = self.world.looks[len(before) :]
        first = [look for look in sent if not self.world.ladders.of(look.body.tenant, look.body.activation)]
        if first:
            self.world.looks = [look for look in self.world.looks if look not in first]
            now = self.world.clock()
            self.world.faults.struck += [now, now + FIRST_LOOK_WITHIN]

    @precondition(lambda self: self.world.looks)
    @rule(which=st.integers(0, 5))
    def duplicate(self, which: int) -> None:
        message = self.world.looks[which % len(self.world.looks)]
        self.world.looks.append(type(message)(message.body, message.visible_at))

    @rule(seconds=st.sampled_from([0, 0, 2]))
    def delay(self, seconds: float) -> None:
        """The queue takes its time with what is sent from now on."""
        self.world.delayed = timedelta(seconds=seconds)

    @precondition(lambda self: self.codes)
    @rule(which=st.integers(0, 2), really=st.sampled_from([True, False, False]))
    def stand_down(self, which: int, really: bool) -> None:
        if really:
            now = self.world.clock().isoformat()
            word = {"tenant": TENANT, "id": self._code(which), "kind": "stand_down", "sent_at": now}
            self.world.ingress.append(Message(json.dumps(word), self.world.clock()))

    def _code(self, which: int) -> str:
        return self.codes[which % len(self.codes)]

    def _paged(self, which: int, who: int) -> str:
        """Somebody whom the activation has paged by now; anybody, where it has paged nobody."""
        plans = [plan for (_, name), plan in self._plans().items() if activation_of(name) == self._code(which)]
        people = sorted({delivery.key.recipient for plan in plans for delivery in plan.deliveries}) or USERS
        return people[who % len(people)]

    def _plans(self) -> dict[tuple[str, str], Plan]:
        return self.world.notifications.plans

    @invariant()
    def no_call_starts_after_its_worker_could_see_the_acknowledgement(self) -> None:
        if hasattr(self, "world"):
            assert self.world.late_calls == []

    def teardown(self) -> None:
        """Left alone with healthy workers, every ladder ends, as the plain model says."""
        if not hasattr(self, "world"):
            return
        self.world.faults.disarm()
        self.world.delayed = timedelta()
        self.world.run(25 * 60)
        for code in self.codes:
            plan = self._plans().get((TENANT, code))
            if plan is None:
                assert code in {refusal.notification for refusal in self.world.notifications.refusals.values()}
                continue
            assert plan.activation is not None
            for ladder in plan.activation.ladders:
                check(self.world, plan, ladder)
        self._each_delivery_was_taken_once()
        self._nothing_is_left_over()

    def _each_delivery_was_taken_once(self) -> None:
        taken = Counter(call.delivery.key for call in self.world.calls if call.answer == "accepted" and call.told)
        assert not [key for key, times in taken.items() if times > 1]

    def _nothing_is_left_over(self) -> None:
        assert self.world.looks == self.world.ingress == []
        assert set(self.world.notifications.first_looks.values()) <= {None}
        assert {record.state for record in self.world.states.stored.values()} <= SETTLED


TestActivations = Activations.TestCase
TestActivations.settings = settings(
    max_examples=100, stateful_step_count=30, deadline=None, suppress_health_check=[HealthCheck.too_slow]
)
