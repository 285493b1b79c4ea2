"""`AWS/SNS`: what each topic was told, and what of it reached its subscribers."""

import json
import urllib.error
from collections.abc import Callable
from typing import Any

from ministack.services import sns, sqs

from local.emulator.figures import tallies

_NAMESPACE = "AWS/SNS"
_GOOD = range(200, 300)


def _count(topic_arn: str, name: str) -> None:
    _arn, _aws, _sns, region, account, topic = topic_arn.split(":", 5)
    tallies.add(_NAMESPACE, name, 1, {"TopicName": topic}, scope=(account, region))


def _outcome(topic_arn: str, *, delivered: bool) -> None:
    _count(topic_arn, "NumberOfNotificationsDelivered" if delivered else "NumberOfNotificationsFailed")


def _with_published(fan_out: Callable[..., None]) -> Callable[..., None]:
    def fan_out_and_count(topic_arn: str, *rest: Any, **settings: Any) -> None:
        if sns._topic_by_arn_any_scope(topic_arn):
            _count(topic_arn, "NumberOfMessagesPublished")
        fan_out(topic_arn, *rest, **settings)

    return fan_out_and_count


def _with_outcome_at_a_queue(deliver: Callable[..., None]) -> Callable[..., None]:
    def deliver_and_count(endpoint: str, *rest: Any, topic_arn: str = "", **settings: Any) -> None:
        deliver(endpoint, *rest, topic_arn=topic_arn, **settings)
        if topic_arn:
            account = topic_arn.split(":")[4]
            queue = sqs._queue_by_arn(endpoint)
            may = queue and sqs.queue_policy_allows(endpoint, "sns.amazonaws.com", topic_arn, account)
            _outcome(topic_arn, delivered=bool(may))

    return deliver_and_count


def _with_outcome_at_a_function(deliver: Callable[..., None]) -> Callable[..., None]:
    def deliver_and_count(endpoint: str, envelope: str, topic_arn: str, *rest: Any) -> None:
        deliver(endpoint, envelope, topic_arn, *rest)
        function, _config, _name = sns._lambda_svc._get_func_record_for_ref(endpoint)
        _outcome(topic_arn, delivered=bool(function))

    return deliver_and_count


def _with_outcome_on_the_web(post: Callable[..., int]) -> Callable[..., int]:
    def post_and_count(endpoint: str, payload: str, kind: str) -> int:
        try:
            status = post(endpoint, payload, kind)
        except (urllib.error.URLError, OSError, ValueError):
            _tell(payload, kind, delivered=False)
            raise
        _tell(payload, kind, delivered=status in _GOOD)
        return status

    return post_and_count


def _tell(payload: str, kind: str, *, delivered: bool) -> None:
    """A raw payload does not say which topic it is of: it is not counted."""
    if kind != "Notification":
        return
    try:
        topic_arn = str(json.loads(payload)["TopicArn"])
    except (ValueError, KeyError, TypeError):
        return
    _outcome(topic_arn, delivered=delivered)


def install() -> None:
    """Count what topics are told."""
    sns._fanout = _with_published(sns._fanout)
    sns._deliver_to_sqs = _with_outcome_at_a_queue(sns._deliver_to_sqs)
    sns._deliver_to_lambda = _with_outcome_at_a_function(sns._deliver_to_lambda)
    sns._http_post_sync = _with_outcome_on_the_web(sns._http_post_sync)
