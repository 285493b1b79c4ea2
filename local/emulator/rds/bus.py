"""What RDS puts on the default event bus: told one after another by a thread of its own, so that no call waits."""

import contextvars
import json
import logging
import queue
import threading
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from ministack.core.responses import new_uuid
from ministack.services import eventbridge, rds

from local.emulator.rds import store
from local.emulator.rds.messages import DETAIL_TYPES, LISTED_AS, MESSAGES, About, event_id
from local.emulator.rds.states import Kind
from local.emulator.rds.store import Record

logger = logging.getLogger("rds")
_ABOUT: Mapping[About, Kind] = {About.INSTANCE: Kind.INSTANCE, About.SNAPSHOT: Kind.SNAPSHOT}
_waiting: "queue.SimpleQueue[tuple[contextvars.Context, dict[str, Any]]]" = queue.SimpleQueue()


def moment(at: datetime | None = None) -> str:
    """A moment, or now, as RDS writes it."""
    return (at or datetime.now(UTC)).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def announce(number: int | None, kind: Kind, record: Record) -> None:
    """Say that an event of that number happened to the resource; None says nothing."""
    if number is None:
        return
    message = MESSAGES[number]
    name = str(record.get("_told_of") or store.identifier_of(kind, record))
    arn = store.arn_of(_ABOUT[message.about], name)
    text = message.text.format(name=name, source=record.get("_copied_from"), region=record.get("_copied_from_region"))
    detail = {
        "EventCategories": [message.category],
        "SourceType": message.about,
        "SourceArn": arn,
        "Date": moment(),
        "Message": text,
        "SourceIdentifier": name,
        "EventID": event_id(number),
    }
    _remember(detail, message.about)
    put("aws.rds", DETAIL_TYPES[message.about], detail, arn)


def put(source: str, detail_type: str, detail: Mapping[str, Any], *resources: str) -> None:
    """Put an event on the default bus of the region that this thread works for."""
    entry = {"Source": source, "DetailType": detail_type, "Detail": json.dumps(detail), "Resources": list(resources)}
    _waiting.put((contextvars.copy_context(), entry))


def _remember(detail: Mapping[str, Any], about: About) -> None:
    """Keep it for `DescribeEvents`, which is the emulator's own."""
    kept = {name: detail[name] for name in ("SourceIdentifier", "SourceArn", "Message", "EventCategories")}
    rds._events[new_uuid()] = {**kept, "SourceType": LISTED_AS[about], "Date": datetime.now(UTC).timestamp()}


def _tell() -> None:
    while True:
        context, entry = _waiting.get()
        try:
            context.run(eventbridge._put_events, {"Entries": [entry]}, allow_aws_source=True)
        except Exception:  # one target that fails must not silence RDS
            logger.exception("An event of RDS reached nobody")


def install() -> None:
    """Start telling."""
    threading.Thread(target=_tell, daemon=True, name="rds-bus").start()
