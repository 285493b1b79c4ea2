"""Who gets a message onto the receipts queue, as IAM sees it: nothing in a provider's envelope can be checked."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

import pytest

from infra.config.model import RegionConfig
from tests.infra.simulation.resolving import Resolver
from tests.infra.simulation.simulator import EVERYTHING, Document, Principal, Question, Request, Verdict, ask
from tests.infra.templates import Template

_QUEUES = ("statline-receipts", "statline-receipts-dlq")
_TOPICS = ("statline-sms-events", "statline-inbound-texts")
_KINDS = {"AWS::SQS::QueuePolicy": "Queues", "AWS::SNS::TopicPolicy": "Topics"}


@pytest.fixture
def policies(state: Template, config: RegionConfig) -> dict[str, Document]:
    """The policies of the state stack's queues and topics, by the names of these."""
    resolver = Resolver(state, config.region, config.account.id)
    return {
        str(resolver.resolve(resource)).rpartition("/")[2].rpartition(":")[2]: resolver.resolve(
            policy["PolicyDocument"]
        )
        for kind, of in _KINDS.items()
        for policy in state.properties(kind)
        for resource in policy[of]
    }


@dataclass(frozen=True)
class _Try:
    """Somebody tries to get a message onto a queue or a topic.

    known: what else IAM knows of the call. asked: whether the policy of the queue or the topic is asked at all.
    """

    who: Principal
    where: str
    known: Mapping[str, str] = field(default_factory=dict)
    asked: bool = True


Tried = Callable[..., list[Verdict]]


@pytest.fixture
def tried(policies: Mapping[str, Document], config: RegionConfig) -> Tried:
    """What IAM says to each."""

    def verdicts(*tries: _Try) -> list[Verdict]:
        return ask(
            [Question(one.who, _request(one, config), policies[one.where] if one.asked else None) for one in tries]
        )

    return verdicts


def _request(one: _Try, config: RegionConfig) -> Request:
    service, action = ("sns", "Publish") if one.where in _TOPICS else ("sqs", "SendMessage")
    resource = f"arn:aws:{service}:{config.region}:{config.account.id}:{one.where}"
    return Request(f"{service}:{action}", resource, {"aws:SecureTransport": "true", **one.known})


def _somebody(config: RegionConfig) -> Principal:
    """Who may do everything in the account."""
    return Principal(f"arn:aws:iam::{config.account.id}:role/administrator", config.account.id, (EVERYTHING,))


def _as_user(unique_id: str) -> dict[str, str]:
    return {"aws:PrincipalIsAWSService": "false", "aws:userid": unique_id}


def _of_service(service: str, where: str, source: str, config: RegionConfig) -> _Try:
    arn = f"arn:aws:{source.replace(':', f':{config.region}:{config.account.id}:', 1)}"
    known = {"aws:PrincipalIsAWSService": "true", "aws:SourceArn": arn, "aws:SourceAccount": config.account.id}
    return _Try(Principal(f"{service}.amazonaws.com", config.account.id, ()), where, known)


def test_whoever_may_do_everything_in_the_account_puts_no_providers_words_anywhere(
    tried: Tried, config: RegionConfig
) -> None:
    known = _as_user("AROASOMEBODYELSE00000:me")
    verdicts = tried(*(_Try(_somebody(config), where, known) for where in (*_QUEUES, *_TOPICS)))
    assert set(verdicts) == {Verdict.DENIED}


@pytest.mark.parametrize("queue", _QUEUES)
def test_our_topics_and_our_rule_get_through_and_nobody_elses(tried: Tried, config: RegionConfig, queue: str) -> None:
    sources = [("sns", f"sns:{topic}") for topic in _TOPICS] + [("events", "events:rule/statline-calls")]
    ours = [_of_service(service, queue, source, config) for service, source in sources]
    others = [
        _of_service(service, queue, source.replace("statline-", "anybodys-"), config) for service, source in sources
    ]
    assert set(tried(*ours)) == {Verdict.ALLOWED}
    assert set(tried(*others)) == {Verdict.NOT_ALLOWED}


def test_end_user_messaging_speaks_to_the_topics_and_no_other_service(tried: Tried, config: RegionConfig) -> None:
    source = "sms-voice:configuration-set/statline"
    assert set(tried(*(_of_service("sms-voice", topic, source, config) for topic in _TOPICS))) == {Verdict.ALLOWED}
    assert set(tried(*(_of_service("s3", topic, source, config) for topic in _TOPICS))) == {Verdict.NOT_ALLOWED}


def test_our_functions_that_have_the_right_to_tell_get_through_and_no_others(
    tried: Tried, config: RegionConfig, roles: dict[str, Principal]
) -> None:
    known = _as_user("AROASOMEFUNCTION00000:statline")
    ours = {name: role for name, role in roles.items() if name.startswith("Delivery/")}
    allowed = tried(*(_Try(role, "statline-receipts", known, asked=False) for role in ours.values()))
    let_in = tried(*(_Try(role, "statline-receipts", known) for role in ours.values()))
    through = {name for name, verdict in zip(ours, let_in, strict=True) if verdict is Verdict.ALLOWED}
    assert through == {name for name, verdict in zip(ours, allowed, strict=True) if verdict is Verdict.ALLOWED}
    assert through <= {"Delivery/WebhooksRole", "Delivery/KeypadRole"}
    assert ("Delivery/WebhooksRole" in through) is (config.providers.sms.twilio is not None)
    assert set(tried(*(_Try(role, "statline-receipts-dlq", known) for role in ours.values()))) == {Verdict.DENIED}


def test_an_app_that_the_config_names_gets_through_by_its_unique_id_and_not_into_the_dead_letters(
    tried: Tried, config: RegionConfig
) -> None:
    ids = [unique_id for app in config.apps for unique_id in (app, f"{app}:its-session")]
    others = [f"{app}LONGER:its-session" for app in config.apps]
    backend = _somebody(config)
    assert set(tried(*(_Try(backend, "statline-receipts", _as_user(one)) for one in ids))) <= {Verdict.ALLOWED}
    assert set(tried(*(_Try(backend, "statline-receipts", _as_user(one)) for one in others))) <= {Verdict.DENIED}
    assert set(tried(*(_Try(backend, "statline-receipts-dlq", _as_user(one)) for one in ids))) <= {Verdict.DENIED}
    assert config.apps or config.region == "us-east-1"
