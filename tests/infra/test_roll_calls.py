"""A roll call of the config is called at its local time, and by nobody else."""

import json

import pytest
from pydantic import ValidationError

from infra.config.model import RegionConfig
from infra.config.roll_calls import RollCall
from tests.infra.templates import Template, references


def test_each_roll_call_of_the_config_has_its_schedule(delivery: Template, config: RegionConfig) -> None:
    schedules = delivery.properties("AWS::Scheduler::Schedule")
    assert len(schedules) == len(config.roll_calls)
    for call, schedule in zip(config.roll_calls, schedules, strict=True):
        assert schedule["ScheduleExpression"] == call.cron
        assert schedule["ScheduleExpressionTimezone"] == call.zone
        assert schedule["FlexibleTimeWindow"] == {"Mode": "OFF"}
        assert json.loads(schedule["Target"]["Input"]) == {
            "tenant": call.tenant,
            "team": call.team,
            "at": "<aws.scheduler.scheduled-time>",
        }
        alias = delivery.resources("AWS::Lambda::Alias")[next(references(schedule["Target"]["Arn"]))]
        assert delivery.name_of(alias["Properties"]["FunctionName"]) == "statline-roll-call"


def test_the_scheduler_may_call_the_roll_and_nothing_else(delivery: Template, config: RegionConfig) -> None:
    callers = [key for key in delivery.resources("AWS::IAM::Role") if key.startswith("RollCaller")]
    assert len(callers) == (1 if config.roll_calls else 0)
    for caller in callers:
        (statement,) = delivery.statements(caller)
        assert statement["Action"] == "lambda:InvokeFunction"
        trust = delivery.resources("AWS::IAM::Role")[caller]["Properties"]["AssumeRolePolicyDocument"]["Statement"]
        assert trust[0]["Principal"] == {"Service": "scheduler.amazonaws.com"}
        assert trust[0]["Condition"] == {"StringEquals": {"aws:SourceAccount": config.account.id}}


@pytest.mark.parametrize(
    ("at", "days", "cron"),
    [
        ("07:15", None, "cron(15 7 ? * MON,TUE,WED,THU,FRI,SAT,SUN *)"),
        ("00:00", ("sat", "sun"), "cron(0 0 ? * SAT,SUN *)"),
        ("23:05", ("mon",), "cron(5 23 ? * MON *)"),
    ],
)
def test_a_time_of_the_day_becomes_the_schedulers_expression(at: str, days: tuple[str, ...] | None, cron: str) -> None:
    given = {"tenant": "northshore", "team": "code-blue", "at": at, "zone": "America/Toronto"}
    assert RollCall.model_validate(given if days is None else {**given, "days": days}).cron == cron


def test_a_day_that_is_there_twice_is_refused() -> None:
    with pytest.raises(ValidationError, match="days: mon is there twice"):
        RollCall(tenant="northshore", team="t", at="07:15", zone="America/Toronto", days=("mon", "mon"))
