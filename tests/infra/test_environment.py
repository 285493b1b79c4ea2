"""The environment that infra gives a function is the one that the function reads."""

import pytest

from functions.canary.settings import TENANT, CanarySettings
from functions.core.adapters.environment import Settings, SettingsT, read_settings
from functions.dead_letters.settings import DeadLettersSettings
from functions.directory.settings import DirectorySettings
from functions.escalation.settings import EscalationSettings
from functions.events.settings import EventsSettings
from functions.keypad.settings import KeypadSettings
from functions.late_receipts.settings import LateReceiptsSettings
from functions.outstanding.settings import OutstandingSettings
from functions.push.settings import PushSettings
from functions.receipts.settings import ReceiptsSettings
from functions.roll_call.settings import RollCallSettings
from functions.router.settings import RouterSettings
from functions.sms.end_user_messaging import EndUserMessaging
from functions.sms.settings import SmsSettings
from functions.sms.twilio import Twilio
from functions.virtual_pager.settings import VirtualPagerSettings
from functions.voice.settings import VoiceSettings
from functions.webhooks.settings import WebhooksSettings
from infra.config.model import RegionConfig
from statline.contract.words import Channel, Priority
from tests.infra.templates import Template, imports

_SETTINGS: dict[str, type[Settings]] = {
    "router": RouterSettings,
    "push": PushSettings,
    "sms": SmsSettings,
    "voice": VoiceSettings,
    "events": EventsSettings,
    "directory": DirectorySettings,
    "dead-letters": DeadLettersSettings,
    "canary": CanarySettings,
    "outstanding": OutstandingSettings,
    "escalation": EscalationSettings,
    "late-receipts": LateReceiptsSettings,
    "receipts": ReceiptsSettings,
    "keypad": KeypadSettings,
    "virtual-pager": VirtualPagerSettings,
    "webhooks": WebhooksSettings,
    "roll-call": RollCallSettings,
}
_ONLY_WITH_TWILIO = {"webhooks"}
_SENDERS = ("receipts", "virtual-pager", "webhooks", "roll-call")
"""The functions of ours that send notifications as producers do, for every tenant."""


def _deployed(delivery: Template) -> set[str]:
    return {f["FunctionName"].removeprefix("statline-") for f in delivery.properties("AWS::Lambda::Function")}


def _environment(delivery: Template, function: str) -> dict[str, str]:
    variables = delivery.named("AWS::Lambda::Function", f"statline-{function}")["Properties"]["Environment"]
    return {name: delivery.name_of(value) for name, value in variables["Variables"].items()}


def _read(delivery: Template, function: str, model: type[SettingsT]) -> SettingsT:
    return read_settings(model, _environment(delivery, function))


@pytest.mark.parametrize("function", _SETTINGS)
def test_a_functions_environment_is_its_settings_and_nothing_else(delivery: Template, function: str) -> None:
    if function not in _deployed(delivery):
        assert function in _ONLY_WITH_TWILIO
        return
    model = _SETTINGS[function]
    assert set(_environment(delivery, function)) == {field.upper() for field in model.model_fields}
    read_settings(model, _environment(delivery, function))


def test_every_function_of_the_stack_is_held_to_its_settings(delivery: Template, config: RegionConfig) -> None:
    missing = _ONLY_WITH_TWILIO if config.providers.sms.twilio is None else set[str]()
    assert _deployed(delivery) == set(_SETTINGS) - missing


@pytest.mark.parametrize(
    "function", ["router", "push", "sms", "voice", "dead-letters", "escalation", "late-receipts", "receipts"]
)
def test_a_channels_queue_is_found_under_its_channel_and_lane(delivery: Template, function: str) -> None:
    queues = _read(delivery, function, _SETTINGS[function]).model_dump()["channel_queues"]
    assert queues == {
        channel: {priority: f"statline-{channel.value}-{priority.value}" for priority in Priority}
        for channel in Channel
    }


def test_the_router_knows_each_ingress_queues_lane_by_the_queues_arn(delivery: Template) -> None:
    settings = _read(delivery, "router", RouterSettings)
    assert settings.ingress_queues == {f"statline-ingress-{priority.value}": priority for priority in Priority}
    router = delivery.named("AWS::Lambda::Function", "statline-router")["Properties"]
    for name in imports(router["Environment"]["Variables"]["INGRESS_QUEUES"]):
        _, exported = delivery.exports[name]
        assert exported["Fn::GetAtt"][1] == "Arn"


def test_the_router_knows_the_configs_producers_and_our_own_senders_and_no_other(
    delivery: Template, config: RegionConfig
) -> None:
    known = dict(_read(delivery, "router", RouterSettings).producers)
    canary = known.pop(_role_of(delivery, "canary"))
    for sender in set(_SENDERS) & _deployed(delivery):
        own = known.pop(_role_of(delivery, sender))
        assert (own.name, own.tenants, set(own.lanes)) == (sender, ("*",), set(Priority))
    assert {sender: producer.model_dump() for sender, producer in known.items()} == {
        sender: producer.model_dump(exclude={"principal"}) for sender, producer in config.producers.items()
    }
    assert (canary.tenants, set(canary.lanes)) == ((TENANT,), set(Priority))


def test_the_canary_is_known_by_the_id_that_sqs_stamps_on_what_its_role_sends(delivery: Template) -> None:
    producers = delivery.named("AWS::Lambda::Function", "statline-router")["Properties"]["Environment"]["Variables"]
    assert {"Fn::GetAtt": [_role_of(delivery, "canary"), "RoleId"]} in producers["PRODUCERS"]["Fn::Join"][1]


def test_the_canary_goes_through_every_lane_and_channel_of_the_region(delivery: Template) -> None:
    settings = _read(delivery, "canary", CanarySettings)
    assert settings.ingress_queues == {priority: f"statline-ingress-{priority.value}" for priority in Priority}
    channels = _read(delivery, "router", RouterSettings).channel_queues
    assert set(settings.addresses) == set(channels) == set(_read(delivery, "outstanding", OutstandingSettings).channels)


def test_a_functions_environment_fits_into_what_lambda_gives_it(delivery: Template) -> None:
    """Queues' URLs and ARNs count as long as AWS makes them, and a role's id."""
    longer = len("https://sqs.ca-central-1.amazonaws.com/111122223333/")
    for function in _deployed(delivery):
        environment = _environment(delivery, function)
        size = sum(len(name) + len(text) + longer * text.count("statline-") for name, text in environment.items())
        assert size < 4_096, function


def _role_of(delivery: Template, function: str) -> str:
    role: str = delivery.named("AWS::Lambda::Function", f"statline-{function}")["Properties"]["Role"]["Fn::GetAtt"][0]
    return role


def test_stat_sends_from_numbers_that_no_other_lane_uses(delivery: Template) -> None:
    for numbers in (
        _read(delivery, "sms", SmsSettings).originations,
        _read(delivery, "voice", VoiceSettings).source_numbers,
    ):
        assert numbers[Priority.STAT] not in {numbers[Priority.URGENT], numbers[Priority.ROUTINE]}


def test_who_wakes_a_ladder_knows_the_queue_of_looks(delivery: Template) -> None:
    for function in ("router", "push", "sms", "voice", "escalation", "receipts", "keypad"):
        assert _environment(delivery, function)["ESCALATION_QUEUE"] == "statline-escalation"
    for channel in ("push", "sms", "voice"):
        assert _environment(delivery, channel)["RECEIPT_DEADLINES_QUEUE"] == "statline-receipt-deadlines"


def test_twilio_is_the_second_way_of_texts_where_the_config_has_it_and_nowhere_else(
    delivery: Template, config: RegionConfig
) -> None:
    provider = config.providers.sms.twilio
    sms, router = _read(delivery, "sms", SmsSettings), _read(delivery, "router", RouterSettings)
    climbing = _read(delivery, "escalation", EscalationSettings)
    assert (provider is None) == (sms.twilio is None) == (router.second_providers == {})
    assert climbing.second_providers == router.second_providers
    watched = _read(delivery, "outstanding", OutstandingSettings).providers
    assert {channel: names[1] for channel, names in watched.items()} == router.second_providers
    if provider is not None and sms.twilio is not None:
        assert router.second_providers == {Channel.SMS: "twilio"}
        assert sms.twilio.originations == provider.originations
        assert sms.twilio.secret == provider.secret == _read(delivery, "webhooks", WebhooksSettings).twilio_secret


def test_twilio_reports_to_the_door_that_checks_its_signature(delivery: Template, config: RegionConfig) -> None:
    sms = delivery.named("AWS::Lambda::Function", "statline-sms")["Properties"]["Environment"]["Variables"]["TWILIO"]
    if config.providers.sms.twilio is None:
        assert sms == "null"
        return
    (api,) = delivery.resources("AWS::ApiGatewayV2::Api")
    assert {"Fn::GetAtt": [api, "ApiEndpoint"]} in sms["Fn::Join"][1]
    told = _read(delivery, "sms", SmsSettings).twilio
    assert told is not None
    assert told.status_callback.endswith("/twilio/status")


def test_the_backends_of_apps_are_the_configs_and_no_other(delivery: Template, config: RegionConfig) -> None:
    apps = _read(delivery, "receipts", ReceiptsSettings).apps
    assert {sender: (app.name, app.tenants) for sender, app in apps.items()} == {
        sender: (app.name, app.tenants) for sender, app in config.apps.items()
    }


def test_a_provider_is_called_in_the_settings_what_it_calls_itself(config: RegionConfig) -> None:
    """A delivery's provider, the standing in the table and the metric all go by this name."""
    named = {Channel.SMS: (EndUserMessaging.name, Twilio.name)}
    assert config.providers.in_turn in ({}, named)
    assert set(config.providers.calls_per_minute) >= {
        name for names in config.providers.in_turn.values() for name in names
    }
