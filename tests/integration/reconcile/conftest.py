"""A hospital's database, started once for all tests of this folder, and the directory's table on moto, new for each."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest

from tests.contract.tables import REGION, a_table
from tests.hospital_base import Hospital, a_hospital
from tests.integration.reconcile.scene import TABLE, Scene, a_scene

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient


@pytest.fixture(scope="session")
def running() -> Iterator[Hospital]:
    with a_hospital() as hospital:
        yield hospital


@pytest.fixture
def hospital(running: Hospital) -> Hospital:
    running.empty()
    return running


@pytest.fixture
def dynamodb(monkeypatch: pytest.MonkeyPatch) -> Iterator["DynamoDBClient"]:
    monkeypatch.setenv("AWS_REGION", REGION)
    with a_table(TABLE) as client:
        yield client


@pytest.fixture
def scene(hospital: Hospital, dynamodb: "DynamoDBClient", monkeypatch: pytest.MonkeyPatch) -> Iterator[Scene]:
    with a_scene(hospital, dynamodb, monkeypatch) as scene:
        yield scene
