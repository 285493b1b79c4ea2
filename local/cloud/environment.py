"""Environments of processes: the emulator's own, and those of its clients."""

import json
import os
from pathlib import Path

from local.clock import VARIABLE as CLOCK
from local.cloud.model import ACCOUNT, Cloud, CloudError
from local.databases.programs import PROGRAMS_VARIABLE, NoPostgresError, programs

ADMIN = "admin"
DEFAULT_REGION = "ca-central-1"
# The emulator's root key: it may do everything, and the emulator does not look at its signature.
_ADMIN_KEYS = {"AWS_ACCESS_KEY_ID": "test", "AWS_SECRET_ACCESS_KEY": "test"}
_INHERITED = ("PATH", "LANG", "LC_ALL", "TZ")
_PACE = "STATLINE_RDS_PACE"
"""How long RDS takes for everything: 0.1 is a tenth of what it takes otherwise. Tests want it short."""
FIGURES_PERIOD = "STATLINE_FIGURES_PERIOD"
"""Seconds between two figures of SQS, Lambda, SNS and Step Functions; 60, as on AWS, where it is not set."""


def keys_file(cloud: Cloud) -> Path:
    """Where the access keys of the cloud's producers are kept (mode 600)."""
    return cloud.directory / "keys.json"


def known_producers(cloud: Cloud) -> tuple[str, ...]:
    """Return the names of the producers that have keys."""
    return tuple(sorted(_stored_keys(cloud)))


def _stored_keys(cloud: Cloud) -> dict[str, dict[str, str]]:
    file = keys_file(cloud)
    stored: dict[str, dict[str, str]] = json.loads(file.read_text()) if file.exists() else {}
    return stored


def remember_keys(cloud: Cloud, user: str, keys: dict[str, str]) -> None:
    """Keep a producer's access key for `aws_environment`."""
    stored = {**_stored_keys(cloud), user: keys}
    file = keys_file(cloud)
    draft = file.with_suffix(".draft")
    draft.touch(mode=0o600)
    draft.write_text(json.dumps(stored, indent=2) + "\n")
    draft.replace(file)  # whoever reads meanwhile reads the whole of it


def _keys(cloud: Cloud, user: str) -> dict[str, str]:
    if user == ADMIN:
        return _ADMIN_KEYS
    stored = _stored_keys(cloud)
    if user not in stored:
        known = ", ".join((ADMIN, *sorted(stored)))
        message = f"The cloud {cloud.name!r} has no user {user!r}. It knows: {known}."
        raise CloudError(message)
    return stored[user]


def aws_environment(cloud: Cloud, user: str = ADMIN, region: str = DEFAULT_REGION) -> dict[str, str]:
    """Return the variables with which any AWS SDK or the AWS command line talks to this cloud as that user.

    Only the variables that matter to AWS: merge them with what else the process needs. CloudError when the user is
    neither `admin` nor a producer of this cloud.
    """
    certificate = str(cloud.certificate)
    return {
        "AWS_ENDPOINT_URL": cloud.endpoint,
        "AWS_CA_BUNDLE": certificate,
        "NODE_EXTRA_CA_CERTS": certificate,
        "AWS_REGION": region,
        "AWS_DEFAULT_REGION": region,
        "AWS_CONFIG_FILE": os.devnull,
        "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
        "AWS_EC2_METADATA_DISABLED": "true",
        "AWS_PAGER": "",
        **provider_endpoints(cloud),
        **_keys(cloud, user),
    }


def provider_endpoints(cloud: Cloud) -> dict[str, str]:
    """Return the variables that lead botocore to the provider sandbox, for the services that it plays."""
    if not cloud.sandbox_url:
        return {}
    return {
        "AWS_ENDPOINT_URL_CONNECT": cloud.sandbox_url,
        "AWS_ENDPOINT_URL_PI": cloud.insights_url,
        "AWS_ENDPOINT_URL_PINPOINT_SMS_VOICE_V2": cloud.sandbox_url,
        "AWS_ENDPOINT_URL_SERVICE_QUOTAS": cloud.sandbox_url,
    }


def inherited() -> dict[str, str]:
    """Return what a child may keep of this process's environment: no AWS profile, no Python path."""
    return {name: os.environ[name] for name in _INHERITED if name in os.environ}


def _postgres() -> str:
    """Where PostgreSQL's programs are: the emulator's interpreter does not know the package that has them."""
    try:
        return str(programs())
    except NoPostgresError as missing:
        raise CloudError(str(missing)) from missing


def emulator_environment(cloud: Cloud, key_file: Path, function_python: Path) -> dict[str, str]:
    """Return the emulator's environment. Its function processes inherit it, so it holds nothing else."""
    return {
        **inherited(),
        "HOME": str(cloud.directory / "home"),
        "TMPDIR": str(cloud.directory / "tmp"),
        "BIND_HOST": "127.0.0.1",
        "MINISTACK_HOST": "127.0.0.1",
        "GATEWAY_PORT": str(cloud.port),
        "MINISTACK_ACCOUNT_ID": ACCOUNT,
        "AUTH": "true",
        "USE_SSL": "1",
        "MINISTACK_SSL_CERT": str(cloud.certificate),
        "MINISTACK_SSL_KEY": str(key_file),
        "AWS_CA_BUNDLE": str(cloud.certificate),
        "IOT_MTLS_ENABLED": "0",
        "SFTP_ENABLED": "0",
        # A socket that does not exist: the emulator must not look for Docker.
        "DOCKER_HOST": f"unix://{cloud.directory}/no-docker.sock",
        "PERSIST_STATE": "1",
        "STATE_DIR": str(cloud.directory / "state"),
        "S3_PERSIST": "1",
        "S3_DATA_DIR": str(cloud.directory / "s3"),
        "LOG_LEVEL": "WARNING",
        "PYTHONDONTWRITEBYTECODE": "1",
        "STATLINE_FUNCTION_PYTHON": str(function_python),
        PROGRAMS_VARIABLE: _postgres(),
        "STATLINE_DATABASES": str(cloud.directory / "databases"),
        _PACE: os.environ.get(_PACE, "1"),
        CLOCK: str(cloud.clock),
        FIGURES_PERIOD: os.environ.get(FIGURES_PERIOD, "60"),
        **provider_endpoints(cloud),
    }
