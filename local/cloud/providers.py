"""The steps that a platform team does at the providers after the first deploy: secrets, and whose number is whose."""

import json
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from infra.config.model import RegionConfig
from local.cloud.clients import client_of
from local.cloud.model import ACCOUNT, Cloud, CloudError
from local.sandbox.client import SandboxClient
from local.sandbox.end_user_messaging.preflight import number_of
from local.sandbox.people.lines import Line

if TYPE_CHECKING:
    from mypy_boto3_secretsmanager import SecretsManagerClient

_SERVICE_ACCOUNT, _TWILIO = "sandbox/service-account.json", "sandbox/twilio.json"
"""Both are written by the sandbox."""
_INBOUND_TEXTS, _PAGER_LINE, _WEBHOOKS = "statline-inbound-texts", "statline-pager-line", "statline-webhooks"


def set_up_providers(cloud: Cloud, region: RegionConfig) -> None:
    """Put the providers' secrets into the region, and lead its numbers to what the stacks made. Again changes nothing.

    Raises CloudError where the stacks lack what a number is to lead to.
    """
    providers = region.providers
    _put(cloud, region, providers.push.service_account, _SERVICE_ACCOUNT)
    if providers.sms.twilio is not None:
        _put(cloud, region, providers.sms.twilio.secret, _TWILIO)
    lines: dict[str, tuple[Line, ...]] = {}
    for number, line in (*_texting(region), *_calling(region), *_at_twilio(cloud, region)):
        lines[number] = (*lines.get(number, ()), line)
    SandboxClient(cloud.sandbox_url).set_lines(lines)


def _put(cloud: Cloud, region: RegionConfig, name: str, written: str) -> None:
    """Put what the sandbox wrote into a secret, unless it is there."""
    content = (cloud.directory / written).read_text()
    secrets: SecretsManagerClient = client_of(cloud, "secretsmanager", region=region.region)
    if secrets.get_secret_value(SecretId=name)["SecretString"] != content:
        secrets.put_secret_value(SecretId=name, SecretString=content)


def _texting(region: RegionConfig) -> Iterator[tuple[str, Line]]:
    """The numbers at End User Messaging: what is texted to them goes to the region's topic."""
    topic = f"arn:aws:sns:{region.region}:{ACCOUNT}:{_INBOUND_TEXTS}"
    sms = region.providers.sms
    named = {number_of(identity): identity for identity in sms.originations.values()} | dict(sms.lines)
    for number, identity in named.items():
        yield number, Line(provider="sms", region=region.region, identity=identity, topic=topic)


def _calling(region: RegionConfig) -> Iterator[tuple[str, Line]]:
    """The numbers at Amazon Connect that people may call."""
    voice = region.providers.voice
    if voice is None:
        return
    for number in region.providers.sms.lines:
        yield number, Line(provider="connect", region=region.region, flow=_PAGER_LINE, instance=voice.instance_arn)


def _at_twilio(cloud: Cloud, region: RegionConfig) -> Iterator[tuple[str, Line]]:
    """The numbers at Twilio: texts and calls are posted to the region's webhooks."""
    twilio = region.providers.sms.twilio
    if twilio is None:
        return
    address = twilio.public_url or _address_of_webhooks(cloud, region)
    webhooks = Line(provider="twilio", text_url=f"{address}/twilio/text", call_url=f"{address}/twilio/call")
    for number in sorted({*twilio.originations.values()}):
        yield number, webhooks


def _address_of_webhooks(cloud: Cloud, region: RegionConfig) -> str:
    apis: Any = client_of(cloud, "apigatewayv2", region=region.region)
    for api in apis.get_apis()["Items"]:
        if api["Name"] == _WEBHOOKS:
            return str(api["ApiEndpoint"])
    message = f"{region.region}: the stacks made no HTTP API {_WEBHOOKS}, which Twilio is to call."
    raise CloudError(message)


def twilio_account(cloud: Cloud) -> dict[str, str]:
    """The account at the sandbox's Twilio: ``account_sid`` and ``auth_token``."""
    account: dict[str, str] = json.loads((cloud.directory / _TWILIO).read_text())
    return account
