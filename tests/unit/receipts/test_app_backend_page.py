"""What docs/app-backend.md tells an app's backend to send is what the receipts function takes."""

import json
import re
from pathlib import Path

import pytest

from functions.core.domain.receipts.receipt_states import Receipt
from functions.push.fcm_message import push_message
from functions.receipts.reading import read_word
from functions.receipts.settings import AppSender
from statline.contract.receipts import APP_WORD, MAXIMUM_RECEIPT_BYTES, AppAnswer
from tests.fakes.clock import NOON
from tests.fakes.deliveries import a_delivery
from tests.unit.receipts.messages import APP

PAGE = (Path(__file__).parents[3] / "docs" / "app-backend.md").read_text(encoding="utf-8")
EXAMPLES = re.findall(r"```json\n(.*?)```", PAGE, re.DOTALL)
APPS = {APP: AppSender(name="ward-app", tenants=("northshore",))}


def test_the_examples_are_a_receipt_and_an_answer() -> None:
    assert [type(read_word(example, APP, APPS)) for example in EXAMPLES] == [Receipt, AppAnswer]


@pytest.mark.parametrize("example", EXAMPLES, ids=["receipt", "answer"])
def test_a_field_more_than_the_page_has_is_refused(example: str) -> None:
    APP_WORD.validate_json(example)
    with pytest.raises(ValueError, match="Extra inputs"):
        APP_WORD.validate_python(json.loads(example) | {"note": "x"})


def test_the_page_names_all_that_a_push_brings_and_the_largest_message() -> None:
    data = json.loads(push_message(a_delivery(), NOON))["data"]
    assert set(data) <= set(re.findall(r"`([a-z_]+)`", PAGE))
    assert f"{MAXIMUM_RECEIPT_BYTES:,} bytes" in PAGE
