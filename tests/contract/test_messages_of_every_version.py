"""Bodies that producers sent under each version of the contract stay readable for ever."""

import json
from pathlib import Path
from typing import Any

import pytest

from functions.core.domain.routing.planning import digest_of
from functions.core.domain.routing.reading import READERS, read_notification
from statline.contract.notification import Notification

FOLDERS = sorted((Path(__file__).parent / "messages").glob("v*"))
BODIES = [path for folder in FOLDERS for path in sorted(folder.glob("*.json"))]

DIGESTS = {
    "code-activation": "ff2d6bd79b71ccaaf0388deb7af0a5f2",
    "everything": "0fba9d311a27ee302315647e2bfca6fe",
    "patient-content": "3d9c2d4108d6bc8805fe64ab5e2f6c5e",
    "smallest": "6b20dd6b7cbca8e160ff2fbd3cf477bf",
}


def test_every_version_that_is_read_has_bodies_that_prove_it() -> None:
    assert {int(folder.name.removeprefix("v")) for folder in FOLDERS} == set(READERS)


@pytest.mark.parametrize("path", BODIES, ids=lambda path: f"{path.parent.name}/{path.stem}")
def test_a_body_of_an_earlier_day_is_read_as_it_was_meant(path: Path) -> None:
    said: dict[str, Any] = json.loads(path.read_text())
    read = read_notification(path.read_text())
    assert isinstance(read, Notification)
    assert (read.tenant, read.id, read.kind, read.priority) == tuple(
        said[n] for n in ("tenant", "id", "kind", "priority")
    )
    assert read.content.title == said["content"]["title"]
    assert len(read.recipients) == len(said["recipients"])


@pytest.mark.parametrize("path", BODIES, ids=lambda path: f"{path.parent.name}/{path.stem}")
def test_the_digest_of_a_body_stays_the_same_over_deployments(path: Path) -> None:
    """Or a message that waits over a deployment is refused as another one with its id."""
    read = read_notification(path.read_text())
    assert isinstance(read, Notification)
    assert digest_of(read) == DIGESTS[path.stem]
