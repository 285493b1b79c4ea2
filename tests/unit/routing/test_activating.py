"""Which ladders an activation has, who is paged for each at first, and what is climbed."""

from typing import Any

import pytest

from functions.core.domain.delivering.sms_text import segments_of
from functions.core.domain.escalation.activation import MOST_RUNGS, Activation, LadderPlan
from functions.core.domain.routing.plan import Plan
from statline.contract.directory import DirectoryChange, TeamTarget
from statline.contract.words import Channel
from tests.fakes.activations import an_activation, somebody
from tests.fakes.directory_changes import (
    a_pager,
    a_policy,
    a_service,
    a_shift,
    a_step,
    a_team,
    a_user,
    an_escalation_policy,
)

PAGE: dict[str, Any] = {"kind": "page", "priority": "urgent"}
PAGER: dict[str, Any] = PAGE | {"recipients": [{"type": "pager", "number": "4471"}]}
CARDIOLOGY: list[DirectoryChange] = [
    a_team("cardio", roles=["lead"]), *somebody("u-8"), a_shift("u-8", "lead", "cardio"),
]  # fmt: skip
BOTH_TEAMS = [{"type": "team", "id": "stroke"}, {"type": "team", "id": "cardio"}]


def team(policy: str, *roles: str) -> DirectoryChange:
    return a_team(policy=policy, roles=roles or ("lead", "nurse"))


def activation(plan: Plan) -> Activation:
    assert plan.activation is not None
    return plan.activation


def ladders(plan: Plan) -> dict[str, LadderPlan]:
    return {ladder.role: ladder for ladder in activation(plan).ladders}


def people(plan: Plan) -> dict[str, tuple[str, ...]]:
    return {role: ladder.people for role, ladder in ladders(plan).items()}


def climbed(plan: Plan, role: str) -> list[tuple[str, list[str], int]]:
    """The rungs of a role: round and step, whom, how long."""
    rungs = ladders(plan)[role].rungs
    return [(f"{each.round}.{each.step}", [who.type for who in each.who], each.wait) for each in rungs]


def paged(plan: Plan) -> set[tuple[str, tuple[str, ...]]]:
    return {(delivery.key.recipient, delivery.roles) for delivery in plan.deliveries}


def troubles(plan: Plan) -> list[tuple[str, str]]:
    return [(each.recipient, each.trouble.value) for each in plan.troubles]


# who


def test_a_code_has_a_ladder_for_every_role_and_the_backup_is_not_paged_at_first() -> None:
    plan = an_activation()
    assert people(plan) == {"lead": ("u-1",), "nurse": ("u-2",), "imaging": ()}
    assert paged(plan) == {("u-1", ("lead",)), ("u-2", ("nurse",))}
    assert {delivery.key.channel for delivery in plan.deliveries} == set(Channel)


def test_a_role_that_nobody_is_on_shift_for_is_told_at_once() -> None:
    assert troubles(an_activation()) == [("role:imaging", "nobody_on_shift")]


def test_a_role_whose_people_nothing_reaches_is_told_at_once() -> None:
    plan = an_activation([a_user("u-7"), a_shift("u-7", "imaging")])
    assert troubles(plan) == [("role:imaging", "no_endpoint"), ("user:u-7", "no_endpoint")]
    assert people(plan)["imaging"] == ()


def test_a_role_that_only_a_shift_names_has_a_ladder_too() -> None:
    plan = an_activation([*somebody("u-7"), a_shift("u-7", "porter")])
    assert people(plan)["porter"] == ("u-7",)


def test_a_code_to_a_team_that_says_no_role_and_has_no_shift_has_one_ladder() -> None:
    plan = an_activation([a_team("empty")], recipients=[{"type": "team", "id": "empty"}])
    assert people(plan) == {"*": ()}
    assert plan.deliveries == ()
    assert troubles(plan) == [("team:empty", "nobody_on_shift"), ("role:*", "nobody_on_shift")]


def test_who_has_two_roles_covers_both() -> None:
    plan = an_activation([a_shift("u-1", "imaging")])
    assert paged(plan) == {("u-1", ("lead", "imaging")), ("u-2", ("nurse",))}


def test_with_several_teams_a_role_is_told_with_its_team() -> None:
    plan = an_activation(CARDIOLOGY, recipients=BOTH_TEAMS)
    assert set(people(plan)) == {"stroke/lead", "stroke/nurse", "stroke/imaging", "cardio/lead"}
    assert {role: ladder.team for role, ladder in ladders(plan).items()}["cardio/lead"] == "cardio"


def test_people_who_are_named_beside_a_team_have_one_ladder_of_their_own() -> None:
    named = [{"type": "user", "id": "u-7"}, {"type": "user", "id": "u-1"}]
    plan = an_activation(somebody("u-7"), recipients=[{"type": "team", "id": "stroke"}, *named])
    assert people(plan) == {"lead": ("u-1",), "nurse": ("u-2",), "imaging": (), "*": ("u-7",)}


@pytest.mark.parametrize(("kind", "priority"), [("message", "stat"), ("system", "stat"), ("page", "routine")])
def test_what_nobody_is_to_answer_has_no_ladder_and_no_role(kind: str, priority: str) -> None:
    plan = an_activation(kind=kind, priority=priority)
    assert plan.activation is None
    assert {delivery.roles for delivery in plan.deliveries} == {()}
    assert "Reply" not in str(plan)


def test_a_roll_call_asks_everybody_for_themselves_and_nobody_climbs() -> None:
    plan = an_activation([a_user("u-7"), a_shift("u-7", "porter")], kind="roll_call", priority="urgent")
    assert people(plan) == {"person/u-1": ("u-1",), "person/u-2": ("u-2",), "person/u-7": ()}
    assert not any(ladder.rungs for ladder in activation(plan).ladders)
    assert troubles(plan) == [("user:u-7", "no_endpoint")]


# by what


def test_a_code_without_a_policy_asks_the_shift_again_and_then_the_backup_twice() -> None:
    plan = an_activation()
    assert climbed(plan, "lead") == [
        ("1.1", ["shift"], 60),
        ("1.2", ["backup"], 60),
        ("2.1", ["shift"], 60),
        ("2.2", ["backup"], 60),
    ]
    again, backup, *_ = ladders(plan)["lead"].rungs
    assert (again.channels, backup.channels) == ((Channel.SMS, Channel.VOICE), tuple(Channel))
    assert ladders(plan)["lead"].first_wait == 60


def test_a_code_to_people_without_a_policy_asks_them_again() -> None:
    plan = an_activation(recipients=[{"type": "user", "id": "u-1"}, {"type": "user", "id": "u-2"}])
    assert climbed(plan, "*") == [("1.1", ["user", "user"], 60), ("2.1", ["user", "user"], 60)]


def test_the_teams_policy_is_climbed_round_by_round_to_its_final_step() -> None:
    final = a_step({"type": "user", "id": "chief"}, wait=300, channels=["voice"])
    policy = an_escalation_policy(
        "slow", a_step("shift", wait=20), a_step("backup", wait=40), first_wait=90, repeats=1, final=final
    )
    plan = an_activation([team("slow"), policy])
    assert climbed(plan, "lead") == [
        ("1.1", ["shift"], 20),
        ("1.2", ["backup"], 40),
        ("2.1", ["shift"], 20),
        ("2.2", ["backup"], 40),
        ("2.3", ["user"], 300),
    ]
    lead = ladders(plan)["lead"]
    assert (lead.policy, lead.first_wait, lead.rungs[-1].channels) == ("slow", 90, (Channel.VOICE,))
    assert lead.rungs[0].channels == tuple(Channel)


def test_a_policy_goes_on_with_the_next_and_never_in_a_circle() -> None:
    policies = [
        an_escalation_policy("one", a_step("shift", wait=15), then="two"),
        an_escalation_policy("two", a_step("backup", wait=30), then="one"),
    ]
    plan = an_activation([team("one"), *policies])
    assert climbed(plan, "lead") == [("1.1", ["shift"], 15), ("2.1", ["backup"], 30)]


def test_a_ladder_has_a_highest_rung_whatever_its_policies_add_up_to() -> None:
    steps = [a_step("shift") for _ in range(10)]
    policies = [an_escalation_policy(f"p-{number}", *steps, repeats=5, then=f"p-{number + 1}") for number in range(4)]
    plan = an_activation([team("p-0"), *policies])
    assert len(ladders(plan)["lead"].rungs) == MOST_RUNGS


@pytest.mark.parametrize(
    ("fields", "expected"),
    [({"policy": "of-message"}, "of-message"), ({}, "of-pager")],
)
def test_the_messages_policy_comes_before_the_pagers_and_that_before_the_teams(
    fields: dict[str, Any], expected: str
) -> None:
    policies = [an_escalation_policy(name) for name in ("of-message", "of-pager", "of-team")]
    holds = a_pager(holder="team", holder_id="stroke", policy="of-pager")
    plan = an_activation([team("of-team"), holds, *policies], **PAGER | fields)
    assert {ladder.policy for ladder in ladders(plan).values()} == {expected}


def test_a_pager_without_a_policy_climbs_by_its_teams() -> None:
    holds = a_pager(holder="team", holder_id="stroke")
    plan = an_activation([team("climb"), holds, an_escalation_policy()], **PAGER)
    assert ladders(plan)["lead"].policy == "climb"


def test_a_policy_that_is_not_there_is_told_and_the_next_best_is_climbed() -> None:
    plan = an_activation([team("climb"), an_escalation_policy()], policy="gone")
    assert ("policy:gone", "unknown_policy") in troubles(plan)
    assert ladders(plan)["lead"].policy == "climb"


def test_a_page_whose_only_policy_is_not_there_climbs_all_the_same() -> None:
    plan = an_activation([team("gone")], **PAGE)
    assert ("policy:gone", "unknown_policy") in troubles(plan)
    assert [rung[0] for rung in climbed(plan, "lead")] == ["1.1", "1.2", "2.1", "2.2"]


def test_a_page_without_a_policy_waits_for_one_answer_and_nobody_climbs() -> None:
    plan = an_activation(**PAGE)
    assert people(plan) == {"*": ("u-1", "u-2")}
    assert climbed(plan, "*") == []


def test_where_one_is_enough_there_is_one_ladder() -> None:
    plan = an_activation([team("any"), an_escalation_policy("any", one_is_enough=True)])
    assert people(plan) == {"*": ("u-1", "u-2")}
    assert paged(plan) == {("u-1", ("*",)), ("u-2", ("*",))}
    assert ladders(plan)["*"].team == "stroke"


def test_where_one_is_enough_for_several_teams_its_steps_ask_all_of_them() -> None:
    policy = an_escalation_policy("any", a_step("shift"), one_is_enough=True)
    plan = an_activation([*CARDIOLOGY, policy], recipients=BOTH_TEAMS, policy="any")
    assert people(plan) == {"*": ("u-1", "u-2", "u-8")}
    (rung,) = ladders(plan)["*"].rungs
    assert rung.who == (TeamTarget(type="team", id="stroke"), TeamTarget(type="team", id="cardio"))


def test_a_team_for_which_one_is_enough_keeps_its_ladder_apart_from_others() -> None:
    changes = [team("any"), an_escalation_policy("any", one_is_enough=True), *CARDIOLOGY]
    assert people(an_activation(changes, recipients=BOTH_TEAMS)) == {
        "stroke/*": ("u-1", "u-2"),
        "cardio/lead": ("u-8",),
    }


# pagers


@pytest.mark.parametrize(
    "pager",
    [
        a_pager(holder="service", holder_id="cardiology", policy="climb"),
        a_pager(holder="user", holder_id="u-99", policy="climb"),
    ],
    ids=["closed service", "unknown person"],
)
def test_a_pager_that_nobody_holds_now_climbs_by_its_policy(pager: DirectoryChange) -> None:
    target = a_step({"type": "user", "id": "u-1"})
    plan = an_activation([pager, a_service(), an_escalation_policy("climb", target)], **PAGER)
    assert people(plan) == {"*": ()}
    assert climbed(plan, "*") == [("1.1", ["user"], 60)]
    assert "pager:4471" in {name for name, _ in troubles(plan)}


def test_a_pager_that_nobody_holds_and_that_has_no_policy_comes_to_nothing() -> None:
    plan = an_activation([a_pager(holder="service", holder_id="cardiology"), a_service()], **PAGER)
    assert (plan.activation, plan.deliveries) == (None, ())


# texts


def test_a_text_asks_for_an_answer_and_says_which_activation_it_is_of() -> None:
    plan = an_activation()
    (text,) = {d.screen.body for d in plan.deliveries if d.key.channel is Channel.SMS and d.key.recipient == "u-1"}
    assert f"\nReply 1 to accept, 2 to decline. {activation(plan).code}\nRef " in text


def test_the_screens_for_later_steps_lack_only_the_reference() -> None:
    plan = an_activation()
    screens = activation(plan).screens
    assert set(screens) == set(Channel)
    for delivery in plan.deliveries:
        assert delivery.screen.body.startswith(screens[delivery.key.channel].body)
    assert "Ref" not in screens[Channel.SMS].body


@pytest.mark.parametrize("body", ["very long " * 60, "\N{ANATOMICAL HEART} sehr lang " * 60])
def test_whatever_is_cut_the_question_stays(body: str) -> None:
    content = {"sensitivity": "operational", "title": "Code stroke", "body": body}
    plan = an_activation([a_policy(sms_segments=1)], content=content)
    texts = [delivery.screen for delivery in plan.deliveries if delivery.key.channel is Channel.SMS]
    assert texts
    for text in texts:
        assert text.cut
        assert f"Reply 1 to accept, 2 to decline. {activation(plan).code}" in text.body
        assert segments_of(text.body) == 1
