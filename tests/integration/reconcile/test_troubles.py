"""What the reconcile function does when the replica is not what it should be."""

import pytest

from functions.core.adapters.directory.freshness import DirectoryTableFreshness
from functions.core.services.reconcile import OutOfTimeError
from functions.database.access import DatabaseAccess
from functions.database.errors import NotAReplicaError
from functions.reconcile.handler import IncompleteRunError, InvocationRefusedError
from functions.reconcile.settings import ReconcileSettings
from tests.fakes.clock import NOON
from tests.fakes.directory_changes import a_user
from tests.hospital_base import access
from tests.integration.reconcile.scene import TABLE, TENANTS, Scene, logged, metrics


@pytest.fixture
def misled(scene: Scene) -> Scene:
    """The setting `replica` names the primary."""
    scene.configure(_settings(access(scene.hospital.servers.primary)))
    return scene


def _settings(replica: DatabaseAccess) -> ReconcileSettings:
    return ReconcileSettings(directory_table=TABLE, replica=replica, tenants=TENANTS, most_deletions_percent=20)


def test_a_primary_is_refused_and_nothing_is_written(misled: Scene) -> None:
    misled.hospital.employ("u-1")
    with pytest.raises(NotAReplicaError, match="let the setting `replica` name the replica"):
        misled.run()
    assert misled.ids() == []


def test_a_run_that_fails_says_how_old_the_directory_is_all_the_same(
    misled: Scene, capsys: pytest.CaptureFixture[str]
) -> None:
    DirectoryTableFreshness(misled.dynamodb, TABLE).compared(NOON)
    with pytest.raises(NotAReplicaError):
        misled.run()
    assert metrics(capsys.readouterr().out)["DirectoryAgeSeconds"] > 3600


def test_a_directory_that_was_never_compared_has_no_age(misled: Scene, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(NotAReplicaError):
        misled.run()
    assert "DirectoryAgeSeconds" not in metrics(capsys.readouterr().out)


def test_a_view_that_is_not_there_leaves_the_others_compared_and_the_run_failed(
    scene: Scene, capsys: pytest.CaptureFixture[str], caplog: pytest.LogCaptureFixture
) -> None:
    scene.hospital.employ("u-1")
    scene.hospital.found_team("stroke")
    scene.import_long_ago(a_user("u-9"))
    scene.hospital.run("DROP VIEW statline_users")
    with pytest.raises(IncompleteRunError, match="2 views"):
        scene.run({"allow_deletions_percent": 100})
    assert (scene.ids("team"), scene.ids("contact_point"), scene.ids()) == (["stroke"], ["mobile"], ["u-9"])
    assert "view not read" in logged(caplog)
    assert "DirectoryAgeSeconds" not in metrics(capsys.readouterr().out)


@pytest.mark.parametrize(
    ("view", "columns", "lacks"),
    [
        (
            "statline_shifts",
            "tenant, team_id, id, staff_id AS user_id, role, starts_at, ends_at, version AS revision",
            "duty",
        ),
        ("statline_teams", "tenant, id, title AS name, roles, version AS revision", "policy"),
    ],
)
def test_a_view_from_before_a_column_came_is_named_with_what_it_lacks_and_what_to_do(
    scene: Scene, caplog: pytest.LogCaptureFixture, view: str, columns: str, lacks: str
) -> None:
    table = {"statline_shifts": "rota", "statline_teams": "care_team"}[view]
    scene.hospital.employ("u-1")
    scene.hospital.run(f"DROP VIEW {view}")
    scene.hospital.run(f"CREATE VIEW {view} AS SELECT {columns} FROM {table}")  # noqa: S608 - this test's own names
    scene.hospital.run(f"GRANT SELECT ON {view} TO statline_directory")
    with pytest.raises(IncompleteRunError, match="2 views"):
        scene.run()
    assert scene.ids() == ["u-1"]
    said = logged(caplog)
    assert f"{view} cannot be read for northshore" in said
    assert f'column "{lacks}" does not exist' in said
    assert "docs/directory.md has the columns" in said


def test_a_run_whose_time_is_over_ends_and_the_next_one_goes_on(scene: Scene) -> None:
    scene.hospital.employ("u-1")
    scene.import_long_ago(a_user("u-9"))
    with pytest.raises(OutOfTimeError):
        scene.run({"allow_deletions_percent": 100}, seconds=0)
    assert scene.ids() == ["u-9"]
    scene.run({"allow_deletions_percent": 100})
    assert scene.ids() == ["u-1"]


@pytest.mark.parametrize("percent", [-1, 101, "all"])
def test_a_share_that_there_is_not_is_refused(scene: Scene, percent: object) -> None:
    with pytest.raises(InvocationRefusedError, match="0 to 100"):
        scene.run({"allow_deletions_percent": percent})


def test_what_a_schedule_says_besides_is_passed_over(scene: Scene) -> None:
    assert scene.run({"source": "aws.scheduler", "detail": {}})["repaired"] == 0
