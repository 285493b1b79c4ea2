"""The benchmark counts write units itself: it must count as DynamoDB does."""

import pytest

from tests.perf.item_size import item_bytes, write_units


@pytest.mark.parametrize(
    ("item", "size"),
    [
        ({"pk": {"S": "abc"}}, 5),
        ({"pk": {"S": "é"}}, 4),
        ({"n": {"N": "1234"}}, 4),
        ({"n": {"N": "-123"}}, 4),
        ({"b": {"BOOL": True}}, 2),
        ({"b": {"B": "AAAA"}}, 4),
        ({"l": {"L": [{"S": "a"}, {"S": "b"}]}}, 1 + 3 + 4),
        ({"m": {"M": {"k": {"S": "abc"}}}}, 1 + 3 + 1 + 4),
    ],
)
def test_an_item_is_as_large_as_dynamodb_takes_it_to_be(item: dict[str, dict[str, object]], size: int) -> None:
    assert item_bytes(item) == size


@pytest.mark.parametrize(("length", "units"), [(1, 1), (1022, 1), (1023, 2), (2046, 2), (2047, 3)])
def test_every_begun_kilobyte_is_a_write_unit(length: int, units: int) -> None:
    assert write_units({"pk": {"S": "x" * length}}) == units


def test_a_row_in_the_index_costs_the_indexs_write_too() -> None:
    assert write_units({"pk": {"S": "a"}, "due_shard": {"S": "3"}, "due_at": {"N": "1"}}) == 2
