"""The step that a platform team does once per region after the first deploy: put the Firebase service account in."""

import boto3

from infra.config.model import RegionConfig
from local.cloud.environment import ADMIN, aws_environment
from local.cloud.model import Cloud

_WRITTEN_BY_THE_SANDBOX = "sandbox/service-account.json"


def put_service_account(cloud: Cloud, region: RegionConfig) -> None:
    """Put the provider sandbox's service account into the region's secret, unless it is there."""
    account = (cloud.directory / _WRITTEN_BY_THE_SANDBOX).read_text()
    variables = aws_environment(cloud, ADMIN, region.region)
    secrets = boto3.client(
        "secretsmanager",
        endpoint_url=cloud.endpoint,
        verify=str(cloud.certificate),
        region_name=region.region,
        aws_access_key_id=variables["AWS_ACCESS_KEY_ID"],
        aws_secret_access_key=variables["AWS_SECRET_ACCESS_KEY"],
    )
    name = region.providers.push.service_account
    if secrets.get_secret_value(SecretId=name)["SecretString"] != account:
        secrets.put_secret_value(SecretId=name, SecretString=account)
