"""A reconcile by hand: what the function is asked, and what its answers become."""

import io
import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import boto3
import pytest
from botocore.response import StreamingBody
from botocore.stub import Stubber

from functions.core.domain.directory.source_kind import SourceKind
from statline.cli.exits import Exit
from tests.unit.cli.scene import REGION, Scene

ANSWER = {
    "data_at": "2026-11-22T12:00:00+00:00",
    "entries": {kind.value: 1200 for kind in SourceKind},
    "repaired": 3,
    "deleted": 1,
    "held_back": [],
    "refused": 2,
    "disagreeing": 4,
}


@dataclass(frozen=True)
class Function:
    """Answers as it is told, and holds what it is asked to what the test expects."""

    stub: Stubber

    def answers(self, answer: Any, *, asked: dict[str, int], error: str | None = None) -> None:
        body = json.dumps(answer).encode()
        reply = {"StatusCode": 200, "Payload": StreamingBody(io.BytesIO(body), len(body))}
        self.stub.add_response(
            "invoke",
            {**reply, **({"FunctionError": error} if error else {})},
            {"FunctionName": "statline-reconcile", "Qualifier": "live", "Payload": json.dumps(asked)},
        )

    def refuses(self, code: str) -> None:
        self.stub.add_client_error("invoke", code)


@pytest.fixture
def function(scene: Scene, monkeypatch: pytest.MonkeyPatch) -> Iterator[Function]:
    client = boto3.client("lambda", region_name=REGION)
    monkeypatch.setattr(boto3, "client", lambda *_, **__: client)
    with Stubber(client) as stub:
        yield Function(stub)


def test_a_run_says_what_it_did(scene: Scene, function: Function) -> None:
    function.answers(ANSWER, asked={})
    result = scene.run("directory", "reconcile", "-r", REGION)
    assert result.exit_code == Exit.DONE, result.output
    assert "as of 2026-11-22 12:00:00Z" in result.stdout
    assert "repaired 3, deleted 1, refused 2 rows, 4 disagree" in result.stdout


def test_what_was_held_back_is_named_with_the_share_that_would_let_it_go(scene: Scene, function: Function) -> None:
    held = {"tenant": "northshore", "kind": "user", "count": 201, "of": 1000}
    function.answers({**ANSWER, "held_back": [held]}, asked={})
    result = scene.run("directory", "reconcile", "-r", REGION)
    assert result.exit_code == Exit.NO
    assert "northshore: 201 of 1,000 user entries" in result.stderr
    assert "--allow-deletions 21" in result.stderr


def test_a_larger_share_is_handed_on_for_this_run(scene: Scene, function: Function) -> None:
    function.answers(ANSWER, asked={"allow_deletions_percent": 21})
    assert scene.run("directory", "reconcile", "-r", REGION, "--allow-deletions", "21").exit_code == Exit.DONE


@pytest.mark.parametrize("share", ["-1", "101", "all"])
def test_a_share_that_is_none_asks_nobody(scene: Scene, share: str) -> None:
    assert scene.run("directory", "reconcile", "-r", REGION, "--allow-deletions", share).exit_code == Exit.INPUT


def test_a_run_that_failed_says_why(scene: Scene, function: Function) -> None:
    function.answers(
        {"errorType": "IncompleteRunError", "errorMessage": "2 views could not be read"}, asked={}, error="Unhandled"
    )
    result = scene.run("directory", "reconcile", "-r", REGION)
    assert result.exit_code == Exit.NO
    assert "IncompleteRunError: 2 views could not be read" in result.stderr


def test_an_answer_of_another_version_is_not_taken_for_a_success(scene: Scene, function: Function) -> None:
    function.answers({"done": True}, asked={})
    result = scene.run("directory", "reconcile", "-r", REGION)
    assert result.exit_code == Exit.NO
    assert "update it" in result.stderr


@pytest.mark.parametrize(
    ("code", "exit_code", "words"),
    [
        ("ResourceNotFoundException", Exit.NO, "has no reconcile"),
        ("TooManyRequestsException", Exit.NO, "running already"),
        ("AccessDeniedException", Exit.AWS, "AWS refused (AccessDeniedException)"),
    ],
)
def test_what_aws_refuses_is_said(scene: Scene, function: Function, code: str, exit_code: Exit, words: str) -> None:
    function.refuses(code)
    result = scene.run("directory", "reconcile", "-r", REGION)
    assert result.exit_code == exit_code
    assert words in result.stderr
