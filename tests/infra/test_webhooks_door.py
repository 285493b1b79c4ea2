"""The one door to the internet: there only where Twilio is, open at four places, and it logs nobody's number."""

import json

import pytest

from infra.config.model import Deployment, RegionConfig
from tests.infra.conftest import Synthesize
from tests.infra.templates import Template, read_templates, references


@pytest.fixture
def door(delivery: Template, config: RegionConfig) -> Template:
    if config.providers.sms.twilio is None:
        pytest.skip(f"{config.region} has no Twilio")
    return delivery


def test_a_region_without_twilio_has_no_door_to_the_internet(delivery: Template, config: RegionConfig) -> None:
    assert bool(delivery.resources("AWS::ApiGatewayV2::Api")) == (config.providers.sms.twilio is not None)
    assert not delivery.resources("AWS::ApiGateway::RestApi")
    assert not delivery.resources("AWS::Lambda::Url")


def test_the_door_has_four_places_and_all_lead_to_who_checks_signatures(door: Template) -> None:
    routes = {route["RouteKey"] for route in door.properties("AWS::ApiGatewayV2::Route")}
    assert routes == {
        "POST /twilio/status",
        "POST /twilio/text",
        "POST /twilio/call",
        "POST /twilio/call/digits",
    }
    (integration,) = door.properties("AWS::ApiGatewayV2::Integration")
    alias = door.resources("AWS::Lambda::Alias")[next(references(integration["IntegrationUri"]))]
    assert door.name_of(alias["Properties"]["FunctionName"]) == "statline-webhooks"
    assert integration["PayloadFormatVersion"] == "2.0"


def test_a_flood_ends_at_the_door(door: Template) -> None:
    (stage,) = door.properties("AWS::ApiGatewayV2::Stage")
    limits = stage["DefaultRouteSettings"]
    assert 50 <= limits["ThrottlingRateLimit"] <= 1000
    assert limits["ThrottlingBurstLimit"] <= 1000


def test_the_doors_log_names_neither_callers_nor_deliveries(door: Template) -> None:
    (stage,) = door.properties("AWS::ApiGatewayV2::Stage")
    words = set(json.loads(stage["AccessLogSettings"]["Format"]).values())
    assert words <= {
        "$context.requestId",
        "$context.requestTime",
        "$context.routeKey",
        "$context.status",
        "$context.responseLatency",
        "$context.integrationErrorMessage",
    }
    group = next(references(stage["AccessLogSettings"]["DestinationArn"]))
    assert "KmsKeyId" in door.resources("AWS::Logs::LogGroup")[group]["Properties"]


def test_a_domain_of_yours_is_what_twilio_is_told_and_what_signatures_are_checked_with(
    synthesize: Synthesize, deployment: Deployment
) -> None:
    first = deployment.regions[0]
    twilio = first.providers.sms.twilio
    assert twilio is not None
    own = twilio.model_copy(update={"public_url": "https://statline.example.org"})
    sms = first.providers.sms.model_copy(update={"twilio": own})
    region = first.model_copy(update={"providers": first.providers.model_copy(update={"sms": sms}), "database": None})
    hops = tuple(hop for hop in region.outside if hop.hop != "backup-copy")
    trial = deployment.model_copy(update={"regions": (region.model_copy(update={"outside": hops}),)})
    delivery = read_templates(synthesize(trial))["Statline-ca-central-1-Delivery"]
    functions = {f["FunctionName"]: f["Environment"]["Variables"] for f in delivery.properties("AWS::Lambda::Function")}
    assert functions["statline-webhooks"]["PUBLIC_URL"] == "https://statline.example.org"
    assert "https://statline.example.org/twilio/status" in json.dumps(functions["statline-sms"]["TWILIO"])
