"""What is measured: the functions as they are packaged, the settings that lead them to the stub, and their events."""

import sysconfig
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from functions.core.adapters.environment import Settings
from functions.core.domain.delivering.delivery import Delivery, Screen
from functions.dead_letters.settings import DeadLettersSettings
from functions.directory.settings import DirectorySettings
from functions.events.settings import EventsSettings
from functions.late_receipts.settings import LateReceiptsSettings
from functions.outstanding.settings import OutstandingSettings
from functions.push.settings import PushSettings
from functions.router.settings import Producer, RouterSettings
from functions.sms.settings import SmsSettings
from functions.voice.settings import VoiceSettings
from functions.webhooks.settings import WebhooksSettings
from infra.assets.target import target_of
from infra.assets.workshop import BuildingWorkshop
from infra.config.model import Runtime
from statline.contract.directory import DirectoryChange
from statline.contract.words import Channel, Priority
from tests.fakes import channel_settings
from tests.fakes.deliveries import a_delivery
from tests.fakes.directory_changes import TENANT, a_device, a_phone, a_policy, a_user
from tests.fakes.messages import a_body
from tests.perf.process import PROGRAMS, Event, Program

BASE_LAYER, PUSH_LAYER = "lambda", "lambda-push"
SENDER = "AIDABENCH"
BODY = "Bed 12 on 4 West is ready. Transport is booked for 14:30; please call the unit before you move the patient."
"""A routine text of the usual length."""
_NOTHING_RUNS_THERE = "http://127.0.0.1:9"
_PEOPLE = 200
_LIFE = timedelta(hours=1)


def functions(stub_url: str = _NOTHING_RUNS_THERE) -> Mapping[str, Program]:
    """Every function as Lambda gets it: its built package, then its layers."""
    workshop = BuildingWorkshop(target_of(Runtime(architecture="host")))
    layers = {lock: str(workshop.layer(lock).path / "python") for lock in (BASE_LAYER, PUSH_LAYER)}
    programs = {}
    for name, settings in _settings(stub_url).items():
        locks = (BASE_LAYER, PUSH_LAYER) if name == "push" else (BASE_LAYER,)
        programs[name] = Program(
            name=name,
            paths=(str(workshop.function(name).path), *(layers[lock] for lock in locks)),
            module=f"functions.{name}.handler",
            wiring=f"functions.{name}.wiring",
            environment=_aws(stub_url) | settings.to_environment(),
        )
    return programs


def bare_botocore(stub_url: str = _NOTHING_RUNS_THERE) -> Program:
    """botocore with two clients, out of the functions' own layer."""
    layer = BuildingWorkshop(target_of(Runtime(architecture="host"))).layer(BASE_LAYER).path / "python"
    return Program("bare botocore", (str(layer), str(PROGRAMS)), "bare_botocore", "bare_botocore", _aws(stub_url))


def peer(name: str, module: str, stub_url: str) -> Program:
    """A program to compare with, in the project's own environment: it may use boto3 and the whole of firebase-admin."""
    environment = _aws(stub_url) | _settings(stub_url)["router"].to_environment() | {"FCM_ENDPOINT": stub_url}
    return Program(name, (str(PROGRAMS), sysconfig.get_path("purelib")), module, module, environment)


def people() -> list[DirectoryChange]:
    """A directory: everybody has a device and a phone."""
    users = [f"u-{number}" for number in range(_PEOPLE)]
    reached = [change for user in users for change in (a_user(user), a_device(user), a_phone(user))]
    return [a_policy(), *reached]


def router_events(batches: int, size: int, *, stat: bool) -> list[Event]:
    """Batches of an ingress queue, a person each. A stat goes by three channels, a routine message by push."""
    priority = Priority.STAT if stat else Priority.ROUTINE
    channels = [channel.value for channel in Channel] if stat else [Channel.PUSH.value]
    now = datetime.now(UTC)

    def body(number: int) -> str:
        return a_body(
            id=f"bench-{number}",
            priority=priority.value,
            channels=channels,
            recipients=[{"type": "user", "id": f"u-{number % _PEOPLE}"}],
            content={"sensitivity": "operational", "title": "Bed ready", "body": BODY},
            sent_at=now.isoformat(),
            expires_at=(now + _LIFE).isoformat(),
        )

    return [_batch(_ingress(priority), [body(n * size + m) for m in range(size)]) for n in range(batches)]


def channel_events(channel: Channel, batches: int, size: int) -> list[Event]:
    """Batches of a channel's routine queue."""
    bodies = [_delivery(channel, n).model_dump_json(exclude_defaults=True) for n in range(batches * size)]
    return [_batch(f"arn:{channel}-routine", bodies[n * size : (n + 1) * size]) for n in range(batches)]


def _delivery(channel: Channel, number: int) -> Delivery:
    now = datetime.now(UTC)
    return a_delivery(
        channel,
        notification=f"bench-{number}",
        recipient=f"u-{number % _PEOPLE}",
        screen=Screen(title="Bed ready", body=BODY),
        sent_at=now,
        routed_at=now,
        expires_at=now + _LIFE,
    )


def _batch(queue: str, bodies: list[str]) -> Event:
    return {"Records": [_record(queue, number, body) for number, body in enumerate(bodies)]}


def _record(queue: str, number: int, body: str) -> Event:
    return {
        "messageId": f"m-{number}",
        "receiptHandle": f"r-{number}",
        "body": body,
        "attributes": {"SenderId": SENDER},
        "eventSourceARN": queue,
    }


def _ingress(lane: Priority) -> str:
    return f"arn:ingress-{lane}"


def _aws(stub_url: str) -> dict[str, str]:
    return {
        "AWS_ENDPOINT_URL": stub_url,
        "AWS_REGION": "ca-central-1",
        "AWS_DEFAULT_REGION": "ca-central-1",
        "AWS_ACCESS_KEY_ID": "bench",
        "AWS_SECRET_ACCESS_KEY": "bench",
        "AWS_EC2_METADATA_DISABLED": "true",
    }


def _settings(stub_url: str) -> Mapping[str, Settings]:
    queues = {channel: {lane: f"{stub_url}/{channel}-{lane}" for lane in Priority} for channel in Channel}
    quarantine = f"{stub_url}/quarantine"
    channel: dict[str, Any] = {
        "state_table": "states",
        "channel_queues": queues,
        "escalation_queue": f"{stub_url}/escalation",
        "receipt_deadlines_queue": f"{stub_url}/receipt-deadlines",
    }
    return {
        "router": RouterSettings(
            directory_table="directory",
            state_table="states",
            quarantine_queue=quarantine,
            ingress_queues={_ingress(lane): lane for lane in Priority},
            channel_queues=queues,
            escalation_queue=f"{stub_url}/escalation",
            producers={SENDER: Producer(name="bench", tenants=(TENANT,), lanes=tuple(Priority))},
        ),
        "push": PushSettings(
            directory_changes_queue=f"{stub_url}/directory-changes",
            fcm_secret="fcm",
            fcm_endpoint=stub_url,
            **channel,
        ),
        "sms": SmsSettings.model_validate(channel_settings.SMS.model_dump() | channel),
        "voice": VoiceSettings.model_validate(channel_settings.VOICE.model_dump() | channel),
        "events": EventsSettings(event_bus="statline", lost_events_queue=f"{stub_url}/lost-events"),
        "directory": DirectorySettings(directory_table="directory", quarantine_queue=quarantine),
        "dead_letters": DeadLettersSettings(
            state_table="states",
            channel_queues=queues,
            quarantine_queue=quarantine,
            escalation_queue=f"{stub_url}/escalation",
        ),
        "late_receipts": LateReceiptsSettings(state_table="states", channel_queues=queues),
        "webhooks": WebhooksSettings(
            receipts_queue=f"{stub_url}/receipts",
            directory_table="directory",
            ingress_queues={lane: f"{stub_url}/ingress-{lane}" for lane in Priority},
            channels=tuple(Channel),
            twilio_secret="twilio",
        ),
        "outstanding": OutstandingSettings(
            state_table="states", ticks_queue=f"{stub_url}/outstanding-ticks", channels=tuple(Channel)
        ),
    }
