"""The step that a platform team does once per region after the first deploy: put the Firebase service account in."""

from typing import TYPE_CHECKING

from infra.config.model import RegionConfig
from local.cloud.clients import client_of
from local.cloud.model import Cloud

if TYPE_CHECKING:
    from mypy_boto3_secretsmanager import SecretsManagerClient

_WRITTEN_BY_THE_SANDBOX = "sandbox/service-account.json"


def put_service_account(cloud: Cloud, region: RegionConfig) -> None:
    """Put the provider sandbox's service account into the region's secret, unless it is there."""
    account = (cloud.directory / _WRITTEN_BY_THE_SANDBOX).read_text()
    secrets: SecretsManagerClient = client_of(cloud, "secretsmanager", region=region.region)
    name = region.providers.push.service_account
    if secrets.get_secret_value(SecretId=name)["SecretString"] != account:
        secrets.put_secret_value(SecretId=name, SecretString=account)
