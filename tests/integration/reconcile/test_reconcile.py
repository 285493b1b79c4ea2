"""The reconcile function on a real primary with its replica, and the directory's table on moto."""

import json
from datetime import datetime

import pytest

from functions.core.domain.errors import TemporaryError
from functions.database.errors import DatabaseUnavailableError, NotAReplicaError
from functions.reconcile.handler import IncompleteRunError, InvocationRefusedError
from functions.reconcile.settings import ReconcileSettings
from tests.fakes.directory_changes import a_device, a_pager, a_phone, a_policy, a_team, a_user
from tests.hospital_base import access
from tests.integration.reconcile.scene import TABLE, TENANTS, Scene, metrics

PEOPLE = [f"u-{number}" for number in range(10)]


def test_what_the_database_has_is_in_the_directory_after_one_run(scene: Scene) -> None:
    scene.hospital.employ("u-1", "u-2")
    scene.hospital.employ("u-1", tenant="lakeside")
    scene.hospital.found_team("stroke", "u-1", "u-2")
    answer = scene.run()
    assert answer["repaired"] == 9
    assert answer["entries"] == {"user": 3, "contact_point": 3, "team": 1, "shift": 2}
    assert scene.ids("shift") == ["s-u-1", "s-u-2"]
    assert scene.ids(tenant="lakeside") == ["u-1"]


def test_a_second_run_writes_nothing(scene: Scene) -> None:
    scene.hospital.employ(*PEOPLE)
    scene.run()
    answer = scene.run()
    assert (answer["repaired"], answer["deleted"]) == (0, 0)
    assert answer["entries"]["user"] == len(PEOPLE)
