"""What a layer does not need at run time. What is not in the package does not have to be unzipped at a cold start."""

import shutil
from collections.abc import Iterator
from pathlib import Path

AWS_SERVICES = frozenset(
    {
        "cloudtrail",
        "cloudwatch",
        "connect",
        "dynamodb",
        "events",
        "pi",
        "pinpoint-sms-voice-v2",
        "rds",
        "s3",
        "secretsmanager",
        "sns",
        "sqs",
        "stepfunctions",
        "sts",
    }
)
"""The services whose models botocore keeps. A function that calls another one adds it here."""

_FOLDERS = ("bin", "**/tests", "**/test", "**/testing/_tests")
_FILES = (".lock", "**/*.pyi", "**/*.pyx", "**/*.c", "**/*.h", "botocore/data/*/*/examples-1.json*")
# RECORD and its like name what the installer put where on this machine: they would differ from one to the next.
_INSTALLER_FILES = (
    "*.dist-info/RECORD",
    "*.dist-info/INSTALLER",
    "*.dist-info/REQUESTED",
    "*.dist-info/direct_url.json",
)


def prune(packages: Path) -> None:
    """Remove from a folder of installed packages what no function reads."""
    for folder in _found(packages, _FOLDERS):
        shutil.rmtree(folder, ignore_errors=True)
    for file in _found(packages, (*_FILES, *_INSTALLER_FILES)):
        file.unlink(missing_ok=True)
    for service in _unused_services(packages):
        shutil.rmtree(service)


def _found(packages: Path, patterns: tuple[str, ...]) -> list[Path]:
    return [path for pattern in patterns for path in packages.glob(pattern)]


def _unused_services(packages: Path) -> Iterator[Path]:
    data = packages / "botocore" / "data"
    if data.is_dir():
        yield from (path for path in list(data.iterdir()) if path.is_dir() and path.name not in AWS_SERVICES)
