"""The reconcile function on a real primary with its replica, and the directory's table on moto."""

from datetime import UTC, datetime

import pytest

from functions.core.adapters.directory.table import DirectoryTable
from functions.core.domain.directory.entries import EntryKey, EntryKind, User
from statline.contract.words import Channel
from tests.fakes.directory_changes import a_device, a_pager, a_phone, a_policy, a_team, a_user
from tests.integration.reconcile.scene import TABLE, Scene, logged, metrics

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


def test_the_router_finds_what_the_database_has(scene: Scene) -> None:
    scene.hospital.employ("u-1")
    scene.hospital.found_team("stroke", "u-1")
    scene.hospital.run(
        "UPDATE staff SET quiet_starts = '22:00', quiet_ends = '06:30', quiet_zone = 'America/Toronto' WHERE id = 'u-1'"
    )
    scene.run()
    directory = DirectoryTable(scene.dynamodb, TABLE, lambda tenant, what: pytest.fail(f"{what} of {tenant}"))
    key = EntryKey("northshore", EntryKind.USER, "u-1")
    user = directory.find([key])[key]
    assert isinstance(user, User)
    assert user.profile.quiet_hours is not None
    assert user.profile.quiet_hours.zone == "America/Toronto"
    (phone,) = user.phones
    assert (phone.number, phone.uses, phone.rank) == ("+14165550123", (Channel.SMS, Channel.VOICE), 1)
    (shift,) = directory.on_shift("northshore", "stroke", datetime.now(UTC))
    assert (shift.user, shift.role) == ("u-1", "lead")


def test_a_second_run_writes_nothing(scene: Scene) -> None:
    scene.hospital.employ(*PEOPLE)
    scene.run()
    answer = scene.run()
    assert (answer["repaired"], answer["deleted"]) == (0, 0)
    assert answer["entries"]["user"] == len(PEOPLE)


def test_a_row_that_changed_is_repaired_and_alone(scene: Scene) -> None:
    scene.hospital.employ(*PEOPLE)
    scene.run()
    scene.hospital.run("UPDATE staff_phone SET number = '+14165550199' WHERE staff_id = 'u-3'")
    assert scene.run()["repaired"] == 1


def test_what_came_by_queue_and_is_newer_stays(scene: Scene) -> None:
    scene.hospital.employ("u-1")
    scene.import_now(a_user("u-1", name="Newer Name", revision=9))
    scene.run()
    key = EntryKey("northshore", EntryKind.USER, "u-1")
    found = DirectoryTable(scene.dynamodb, TABLE, lambda *_: None).find([key])[key]
    assert isinstance(found, User)
    assert found.profile.name == "Newer Name"


def test_few_that_the_views_lack_are_deleted(scene: Scene) -> None:
    scene.hospital.employ(*PEOPLE)
    scene.import_long_ago(*map(a_user, PEOPLE), a_user("u-left"))
    assert scene.run()["deleted"] == 1
    assert scene.ids() == PEOPLE


def test_a_phone_that_was_handed_in_is_deleted_and_its_user_stays(scene: Scene) -> None:
    scene.hospital.employ(*PEOPLE)
    scene.import_long_ago(*(a_phone(user) for user in PEOPLE), a_phone("u-1", "old"))
    assert scene.run()["deleted"] == 1
    assert scene.ids("contact_point") == ["mobile"] * len(PEOPLE)
    assert scene.ids() == PEOPLE


def test_devices_pagers_and_policies_are_nobodys_but_the_queues(scene: Scene) -> None:
    scene.hospital.employ(*PEOPLE)
    scene.import_long_ago(a_device("u-1"), a_pager(), a_policy(sms_segments=2), *map(a_user, PEOPLE))
    scene.run({"allow_deletions_percent": 100})
    directory = DirectoryTable(scene.dynamodb, TABLE, lambda *_: None)
    user, pager, policy = (
        EntryKey("northshore", EntryKind.USER, "u-1"),
        EntryKey("northshore", EntryKind.PAGER, "4471"),
        EntryKey("northshore", EntryKind.POLICY),
    )
    found = directory.find([user, pager, policy])
    assert set(found) == {user, pager, policy}
    person = found[user]
    assert isinstance(person, User)
    assert person.devices == (a_device("u-1"),)


def test_an_empty_view_deletes_nothing_and_says_so(
    scene: Scene, capsys: pytest.CaptureFixture[str], caplog: pytest.LogCaptureFixture
) -> None:
    scene.import_long_ago(*map(a_user, PEOPLE))
    answer = scene.run()
    assert answer["deleted"] == 0
    assert answer["held_back"] == [{"tenant": "northshore", "kind": "user", "count": 10, "of": 10}]
    assert scene.ids() == PEOPLE
    assert metrics(capsys.readouterr().out)["DirectoryDeletionsHeldBack"] == 10
    assert "deletions held back" in logged(caplog)


def test_half_a_view_deletes_nothing_and_still_repairs(scene: Scene) -> None:
    scene.hospital.employ(*PEOPLE)
    scene.import_long_ago(*map(a_user, PEOPLE))
    scene.hospital.run("DELETE FROM staff WHERE id >= 'u-5'")
    scene.hospital.run("UPDATE staff SET full_name = 'Renamed' WHERE id = 'u-1'")
    answer = scene.run()
    assert (answer["held_back"][0]["count"], answer["deleted"]) == (5, 0)
    assert scene.ids() == PEOPLE
    assert answer["repaired"] >= 1


def test_a_person_may_let_one_run_delete_more(scene: Scene) -> None:
    scene.import_long_ago(*map(a_user, PEOPLE))
    answer = scene.run({"allow_deletions_percent": 100})
    assert (answer["deleted"], answer["held_back"], answer["entries"]["user"]) == (10, [], 0)
    assert scene.ids() == []


def test_what_came_by_queue_a_moment_ago_is_not_taken_for_gone(scene: Scene) -> None:
    scene.hospital.employ(*PEOPLE)
    scene.import_now(a_user("u-new"))
    assert scene.run({"allow_deletions_percent": 100})["deleted"] == 0
    assert "u-new" in scene.ids()


def test_what_was_stored_before_moments_were_kept_counts_as_old(scene: Scene) -> None:
    scene.import_now(a_team("stroke"))
    scene.dynamodb.update_item(
        TableName=TABLE,
        Key={"pk": {"S": "T#northshore#team#stroke"}, "sk": {"S": "SELF"}},
        UpdateExpression="REMOVE #self.#at",
        ExpressionAttributeNames={"#self": "self", "#at": "at"},
    )
    assert scene.run({"allow_deletions_percent": 100})["deleted"] == 1


def test_another_tenants_entries_are_not_looked_at(scene: Scene) -> None:
    scene.import_long_ago(a_user("u-1", tenant="elsewhere"))
    answer = scene.run({"allow_deletions_percent": 100})
    assert (answer["deleted"], answer["entries"]["user"]) == (0, 0)


def test_a_row_that_breaks_the_contract_is_named_and_holds_up_no_other(
    scene: Scene, capsys: pytest.CaptureFixture[str], caplog: pytest.LogCaptureFixture
) -> None:
    scene.hospital.employ(*PEOPLE)
    scene.run()
    scene.hospital.run("UPDATE staff_phone SET number = 'ask Jane Doe' WHERE staff_id = 'u-2'")
    scene.hospital.run("UPDATE staff SET full_name = 'Renamed' WHERE id = 'u-9'")
    answer = scene.run({"allow_deletions_percent": 100})
    assert (answer["refused"], answer["repaired"], answer["deleted"]) == (1, 1, 0)
    assert "u-2/mobile" in logged(caplog)
    assert "Jane" not in logged(caplog)
    assert metrics(capsys.readouterr().out)["DirectoryRowsRefused"] == 1


def test_an_id_that_may_be_a_name_is_not_said(scene: Scene, caplog: pytest.LogCaptureFixture) -> None:
    scene.hospital.employ("Jane Doe")
    assert scene.run()["refused"] == 2
    assert "row of a view refused" in logged(caplog)
    assert "Jane" not in logged(caplog)


def test_a_shift_without_an_end_is_refused_and_the_others_are_read(scene: Scene) -> None:
    scene.hospital.employ("u-1", "u-2")
    scene.hospital.found_team("stroke", "u-1", "u-2")
    scene.hospital.run("UPDATE rota SET ends_at = 'infinity' WHERE staff_id = 'u-1'")
    assert scene.run()["refused"] == 1
    assert scene.ids("shift") == ["s-u-2"]


def test_a_shift_that_has_ended_is_neither_repaired_nor_deleted(scene: Scene) -> None:
    scene.hospital.employ("u-1")
    scene.hospital.found_team("stroke", "u-1")
    scene.hospital.run("UPDATE rota SET starts_at = now() - interval '9 h', ends_at = now() - interval '1 h'")
    answer = scene.run({"allow_deletions_percent": 100})
    assert (answer["entries"]["shift"], answer["deleted"]) == (0, 0)
    assert scene.ids("shift") == []


def test_a_row_whose_revision_was_not_raised_is_told(scene: Scene, caplog: pytest.LogCaptureFixture) -> None:
    scene.hospital.employ("u-1")
    scene.import_long_ago(a_user("u-1", name="Another Name"))
    assert scene.run()["disagreeing"] == 1
    assert "u-1" in logged(caplog)
    assert "Another" not in logged(caplog)


def test_what_a_reconcile_deleted_comes_back_with_the_row(scene: Scene) -> None:
    scene.hospital.employ(*PEOPLE)
    scene.import_long_ago(*map(a_user, PEOPLE), a_user("u-left", revision=7))
    scene.run()
    scene.dynamodb.update_item(
        TableName=TABLE,
        Key={"pk": {"S": "T#northshore#user#u-left"}, "sk": {"S": "SELF"}},
        UpdateExpression="SET #self.#at = :long_ago",
        ExpressionAttributeNames={"#self": "self", "#at": "at"},
        ExpressionAttributeValues={":long_ago": {"N": "1700000000"}},
    )
    scene.hospital.employ("u-left")
    scene.run()
    assert "u-left" in scene.ids()
    scene.hospital.run("UPDATE staff SET full_name = 'Goes on' WHERE id = 'u-left'")
    assert scene.run()["repaired"] == 1


def test_the_figures_of_a_run_are_published(scene: Scene, capsys: pytest.CaptureFixture[str]) -> None:
    scene.hospital.employ("u-1", "u-2", "u-3")
    scene.run()
    found = metrics(capsys.readouterr().out)
    assert 0 <= found["DirectoryAgeSeconds"] < 60
    assert (found["DirectoryRepaired"], found["DirectoryDeletionsHeldBack"]) == (6, 0)
    assert (found["DirectoryEntries/user"], found["DirectoryEntries/shift"]) == (3, 0)


def test_more_rows_than_a_page_has_are_all_read(scene: Scene) -> None:
    scene.hospital.run(
        "INSERT INTO staff (tenant, id, full_name)"
        " SELECT 'northshore', 'u-' || n, 'Person ' || n FROM generate_series(1, 2500) n"
    )
    assert scene.run()["entries"]["user"] == 2500
