import pytest

from tests.unit.delivering.ward import Ward


@pytest.fixture
def ward() -> Ward:
    return Ward()
