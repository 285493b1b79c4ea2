"""The use case over fakes: every letter ends applied, aside, or back in the queue."""

import json
from dataclasses import dataclass, field
from typing import Any

import pytest

from functions.core.domain.delivering.delivery import digest
from functions.core.domain.directory.dead_address import DeadAddress
from functions.core.domain.errors import (
    ChangeDoesNotFitError,
    QueueUnavailableError,
    StoreUnavailableError,
)
from functions.core.services.directory_changes import BadChange, DirectoryChanges, Done, Letter
from statline.contract.directory import CANARY_TENANT, DeviceChange, DirectoryChange
from tests.fakes.directory_changes import a_device, a_phone
from tests.fakes.directory_writer import FakeDirectoryWriter


@dataclass
class KeptAside:
    """A quarantine in memory. ``failing`` is raised instead, once."""

    letters: list[tuple[str, str]] = field(default_factory=list)
    failing: Exception | None = None

    def keep(self, body: str, reason: str) -> None:
        if self.failing:
            failing, self.failing = self.failing, None
            raise failing
        self.letters.append((body, reason))


@dataclass
class Heard:
    """A log in memory."""

    lines: list[tuple[str, str]] = field(default_factory=list)

    def change_kept_aside(self, message_id: str, reason: BadChange) -> None:
        self.lines.append((message_id, reason))

    def change_put_off(self, message_id: str, cause: Exception) -> None:
        self.lines.append((message_id, type(cause).__name__))


@dataclass
class Scene:
    writer: FakeDirectoryWriter = field(default_factory=FakeDirectoryWriter)
    quarantine: KeptAside = field(default_factory=KeptAside)
    log: Heard = field(default_factory=Heard)

    def apply(self, *bodies: str) -> list[Done]:
        letters = [Letter(f"m-{number}", body) for number, body in enumerate(bodies)]
        return DirectoryChanges(self.writer, self.quarantine, self.log).apply(letters)


@pytest.fixture
def scene() -> Scene:
    return Scene()


def _user(revision: int = 1, **rest: Any) -> str:
    return json.dumps({"kind": "user", "tenant": "northshore", "id": "u-1", "name": "A", "revision": revision} | rest)


def test_a_change_is_applied_and_an_older_one_is_not(scene: Scene) -> None:
    assert scene.apply(_user(2), _user(1), _user(3)) == [Done.APPLIED, Done.OLDER, Done.APPLIED]


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        ("Jane Doe", BadChange.NOT_JSON),
        ("", BadChange.NOT_JSON),
        ("[]", BadChange.INVALID),
        ("{}", BadChange.INVALID),
        (_user(kind="patient"), BadChange.INVALID),
        (_user(surprise="Jane Doe"), BadChange.INVALID),
        (_user(version=2), BadChange.INVALID),
        (_user(revision=0), BadChange.INVALID),
    ],
)
def test_a_change_that_cannot_be_used_is_kept_with_its_reason(scene: Scene, body: str, reason: BadChange) -> None:
    assert scene.apply(body) == [Done.KEPT_ASIDE]
    assert scene.quarantine.letters == [(body, reason)]
    assert scene.log.lines == [("m-0", reason)]


@pytest.mark.parametrize("change", [a_phone(), a_device()], ids=["phone", "device"])
def test_nobodys_phone_can_be_rehearsed_but_the_canarys(scene: Scene, change: DirectoryChange) -> None:
    said = change.model_dump(mode="json")
    of_a_person = json.dumps(said | {"rehearsed": True})
    of_the_canary = json.dumps(said | {"rehearsed": True, "tenant": CANARY_TENANT})
    assert scene.apply(of_a_person, of_the_canary) == [Done.KEPT_ASIDE, Done.APPLIED]
    assert scene.quarantine.letters == [(of_a_person, BadChange.INVALID)]


def test_a_bad_change_is_no_other_changes_trouble(scene: Scene) -> None:
    assert scene.apply("{}", _user()) == [Done.KEPT_ASIDE, Done.APPLIED]


def test_a_change_that_outgrows_its_entry_is_kept_aside(scene: Scene) -> None:
    scene.writer.failing = [ChangeDoesNotFitError("too much")]
    assert scene.apply(_user()) == [Done.KEPT_ASIDE]
    assert scene.quarantine.letters == [(_user(), BadChange.DOES_NOT_FIT)]


def test_only_the_change_that_met_a_temporary_trouble_comes_again(scene: Scene) -> None:
    scene.writer.failing = [StoreUnavailableError("throttled")]
    assert scene.apply(_user(1), _user(2)) == [Done.AGAIN, Done.APPLIED]
    assert scene.log.lines == [("m-0", "StoreUnavailableError")]


def test_a_change_that_meets_an_error_of_ours_holds_up_no_other_one(scene: Scene) -> None:
    scene.writer.failing = [OverflowError("date value out of range")]
    assert scene.apply(_user(1), _user(2)) == [Done.AGAIN, Done.APPLIED]
    assert scene.log.lines == [("m-0", "OverflowError")]


def test_a_bad_change_that_cannot_be_kept_aside_comes_again(scene: Scene) -> None:
    scene.quarantine.failing = QueueUnavailableError("away")
    assert scene.apply("{}") == [Done.AGAIN]


def test_a_dead_token_leaves_the_directory_and_an_earlier_one_does_not(scene: Scene) -> None:
    device = DeviceChange(
        kind="device",
        tenant="northshore",
        revision=1,
        user="u-1",
        id="d-1",
        token="token-of-the-new-app",
        platform="ios",
    )

    def report(token: str) -> str:
        dead = DeadAddress(tenant="northshore", user="u-1", device="d-1", token_digest=digest(token))
        return dead.model_dump_json()

    assert scene.apply(device.model_dump_json()) == [Done.APPLIED]
    assert scene.apply(report("token-of-the-old-app")) == [Done.OLDER]
    assert scene.apply(report(device.token)) == [Done.APPLIED]
