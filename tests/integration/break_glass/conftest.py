from collections.abc import Iterator

import pytest

from tests.integration.break_glass.ward import Ward
from tests.postgres import primary
from tests.unit.cli.scene import Scene, scene

__all__ = ["scene"]


@pytest.fixture(scope="module")
def ward() -> Iterator[Ward]:
    with primary() as server:
        it = Ward(server)
        it.prepare()
        yield it


@pytest.fixture
def region(scene: Scene) -> Scene:
    """A region whose table of backups is there."""
    scene.dynamodb.create_table(
        TableName="statline-backups",
        BillingMode="PAY_PER_REQUEST",
        KeySchema=[{"AttributeName": "pk", "KeyType": "HASH"}, {"AttributeName": "sk", "KeyType": "RANGE"}],
        AttributeDefinitions=[
            {"AttributeName": "pk", "AttributeType": "S"},
            {"AttributeName": "sk", "AttributeType": "S"},
        ],
    )
    return scene
