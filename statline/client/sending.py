"""Sends notifications to their lanes' ingress queues."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import groupby

import boto3

from statline.client.checking import body_of, refuse_cut_sms
from statline.client.connecting import post_to
from statline.client.errors import ClientError
from statline.client.posting import Answer, Letter, NotPosted, Post, Posted
from statline.client.reports import NotSent, SendReport, Sent
from statline.contract.notification import Notification
from statline.contract.stand_down import StandDown
from statline.contract.words import Priority

FAIR_LANES = frozenset({Priority.ROUTINE})
"""The lanes whose queues are fair queues: each tenant is a message group there."""


@dataclass(frozen=True, slots=True)
class _Ready:
    """One notification whose body may be sent; ``place`` is where the caller had it."""

    place: int
    notification: Notification
    letter: Letter


class StatlineClient:
    """A producer's way in, for one region.

    Args:
        region: The tenant's home region.
        session: A boto3 session; the usual chain of credentials when unsaid.
        queues: The queues' URLs by lane; looked up as ``statline-ingress-<lane>`` when unsaid.
        owner: The account that runs Statline, where it is not the caller's own.
        strict_sms_segments: Refuse a text that would take more segments as an SMS, instead of having it cut.
        post: Where letters go; made from the other arguments when unsaid.
    """

    def __init__(
        self,
        region: str,
        *,
        session: boto3.Session | None = None,
        queues: Mapping[Priority, str] | None = None,
        owner: str | None = None,
        strict_sms_segments: int | None = None,
        post: Post | None = None,
    ) -> None:
        self._post = post or post_to(region, session=session, owner=owner)
        self._queues = dict(queues or {})
        self._strict_sms_segments = strict_sms_segments

    def send(self, notifications: Iterable[Notification]) -> SendReport:
        """Send each notification to its lane, ten to a call, and say of each whether its queue took it.

        Raises nothing for a message that is not taken: the report has it. Stat goes first.
        """
        outcomes: dict[int, Sent | NotSent] = {}
        ready: list[_Ready] = []
        for place, notification in enumerate(notifications):
            try:
                ready.append(_Ready(place, notification, self._letter(notification)))
            except ClientError as cause:
                outcomes[place] = _not_sent(notification, NotPosted(str(cause), cause.retryable))
        ready.sort(key=lambda each: _ORDER[each.notification.priority])
        for lane, group in groupby(ready, key=lambda each: each.notification.priority):
            waiting = list(group)
            for each, answer in zip(waiting, self._send_lane(lane, waiting), strict=True):
                outcomes[each.place] = _outcome(each.notification, answer)
        in_order = [outcomes[place] for place in sorted(outcomes)]
        return SendReport(
            sent=tuple(outcome for outcome in in_order if isinstance(outcome, Sent)),
            failed=tuple(outcome for outcome in in_order if isinstance(outcome, NotSent)),
        )

    def stand_down(self, activation: str, *, tenant: str, priority: Priority = Priority.STAT) -> SendReport:
        """Call an activation off: nobody is paged any more, and who was paged hears so.

        Args:
            activation: The notification's id.
            tenant: Its tenant.
            priority: Its priority: the stand-down goes by the same lane.
        """
        word = StandDown(tenant=tenant, id=activation, kind="stand_down", sent_at=datetime.now(UTC))
        group = tenant if priority in FAIR_LANES else None
        try:
            url = self._queues.get(priority) or self._post.url(f"statline-ingress-{priority}")
        except ClientError as cause:
            return SendReport((), (NotSent(tenant, activation, str(cause), cause.retryable),))
        (answer,) = self._post.send(url, [Letter(word.model_dump_json(), group)])
        if isinstance(answer, Posted):
            return SendReport((Sent(tenant, activation, answer.message_id),), ())
        return SendReport((), (NotSent(tenant, activation, answer.reason, answer.retryable),))

    def _letter(self, notification: Notification) -> Letter:
        if self._strict_sms_segments is not None:
            refuse_cut_sms(notification, segments=self._strict_sms_segments)
        group = notification.tenant if notification.priority in FAIR_LANES else None
        return Letter(body_of(notification), group)

    def _send_lane(self, lane: Priority, waiting: Sequence[_Ready]) -> list[Answer]:
        try:
            url = self._queues.get(lane) or self._post.url(f"statline-ingress-{lane}")
        except ClientError as cause:
            return [NotPosted(str(cause), cause.retryable)] * len(waiting)
        return list(self._post.send(url, [each.letter for each in waiting]))


_ORDER: Mapping[Priority, int] = {Priority.STAT: 0, Priority.URGENT: 1, Priority.ROUTINE: 2}


def _outcome(notification: Notification, answer: Answer) -> Sent | NotSent:
    match answer:
        case Posted(message_id=message_id):
            return Sent(notification.tenant, notification.id, message_id)
        case NotPosted():
            return _not_sent(notification, answer)


def _not_sent(notification: Notification, answer: NotPosted) -> NotSent:
    return NotSent(notification.tenant, notification.id, answer.reason, answer.retryable)
