"""Pages of RDS's listings."""

from typing import Any

import pytest

from local.emulator.rds.paging import page
from local.emulator.rds.refusals import RefusedError

FOUND = [{"Id": f"{number:03d}"} for number in range(45)]


def ids(answer: dict[str, Any]) -> list[str]:
    return [one["Id"] for one in answer["Things"]]


def one_page(**request: Any) -> dict[str, Any]:
    return page("Things", FOUND, request, lambda one: str(one["Id"]))


def test_pages_together_hold_everything_once() -> None:
    seen: list[str] = []
    marker: dict[str, Any] = {}
    while True:
        answer = one_page(MaxRecords=20, **marker)
        seen += ids(answer)
        if "Marker" not in answer:
            break
        marker = {"Marker": answer["Marker"]}

    assert seen == [one["Id"] for one in FOUND]


def test_what_fits_a_page_has_no_marker() -> None:
    assert "Marker" not in one_page()


@pytest.mark.parametrize("request_", [{"MaxRecords": 19}, {"MaxRecords": 101}, {"Marker": "nobody's"}])
def test_a_page_that_rds_does_not_give_is_refused(request_: dict[str, Any]) -> None:
    with pytest.raises(RefusedError):
        one_page(**request_)
