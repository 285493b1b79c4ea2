"""``statline status``: what is read of a region, and what is told of what is not there."""

import io
import json
import signal
import threading
from datetime import timedelta
from typing import Any, cast

import pytest
from botocore.exceptions import ClientError, EndpointConnectionError
from rich.console import Console

from statline.alarms.model import MetricKey, key_of
from statline.cli.exits import Exit
from statline.cli.status.command import _looks
from statline.cli.status.model import Status
from statline.cli.status.reading import NoQueuesError, StatusReader
from statline.cli.status.view import as_json, lines, screen
from statline.contract.words import Channel, Priority
from tests.unit.cli.cloudwatch import NOW, CloudWatch, Counters, an_answer
from tests.unit.cli.scene import REGION, Scene

STAGES = ("ingress", "push", "sms", "voice")
STAT_PUSH = "Statline stat push is stalled"
WHOLE = "Statline stat delivery is impaired"


def _ours(name: str, **dimensions: str) -> MetricKey:
    return key_of("Statline", name, {"Region": REGION, **dimensions})


def _counts(**given: tuple[int, int]) -> dict[str, tuple[int, int]]:
    lanes = [f"{stage}-{lane}" for stage in STAGES for lane in Priority]
    names = [*lanes, *(f"{lane}-dlq" for lane in lanes), "directory-changes", "directory-changes-dlq", "quarantine"]
    return dict.fromkeys(names, (0, 0)) | {name.replace("_", "-"): count for name, count in given.items()}


def _healthy() -> CloudWatch:
    cloudwatch = CloudWatch(
        alarms=[an_answer(WHOLE, page="page", AlarmRule=f'ALARM("{STAT_PUSH}")'), an_answer(STAT_PUSH)]
    )
    for lane in Priority:
        cloudwatch.put(_ours("RoutedSeconds", Lane=lane), "p50", 0.2, step=600)
        cloudwatch.put(_ours("RoutedSeconds", Lane=lane), "p95", 0.4, step=600)
        for channel in Channel:
            about = {"Lane": lane.value, "Channel": channel.value}
            cloudwatch.put(_ours("OldestOutstandingSeconds", **about), "Maximum", 0, 0)
            cloudwatch.put(_ours("AcceptedSeconds", **about), "p50", 0.6, step=600)
            cloudwatch.put(_ours("AcceptedSeconds", **about), "p95", 1.9, step=600)
            cloudwatch.put(_ours("CanaryArrived", **about), "Minimum", 1, 1)
            cloudwatch.put(_ours("CanarySeconds", **about), "Maximum", 1.5)
    for provider in ("fcm", "sms", "connect"):
        cloudwatch.put(_ours("ProviderAccepted", Provider=provider), "Sum", 30, 45)
    cloudwatch.put(_ours("LaddersOverdue"), "Maximum", 0, 0)
    cloudwatch.put(_ours("DirectoryAgeSeconds"), "Maximum", 240)
    cloudwatch.put(_ours("VerifiedBackupAgeHours"), "Minimum", 13.5)
    cloudwatch.put(_ours("BackupOnPrimary"), "Maximum", 0)
    return cloudwatch


def _read(cloudwatch: CloudWatch, counts: dict[str, tuple[int, int]] | None = None) -> Status:
    sqs = Counters(_counts() if counts is None else counts)
    return StatusReader(REGION, cast("Any", sqs), cast("Any", cloudwatch), lambda: NOW).read()


def _printed(status: Status) -> str:
    console = Console(file=io.StringIO(), width=160)
    console.print(screen(status))
    return cast("io.StringIO", console.file).getvalue()


def test_a_region_that_is_well_says_so_and_misses_nothing() -> None:
    printed = _printed(_read(_healthy()))
    assert "none of 2 alarms speaks" in printed
    assert "fcm 75 calls, 0.0% not taken over" in printed
    assert "last verified backup: 13 h 30 min ago" in printed
    assert "compared with data of 5 min 30 s ago" in printed
    assert "does not run" not in printed
    assert "escalation: 0 ladders stand still; no step in the last hour; 0 not answered" in printed
    assert "twilio" not in printed


def test_ladders_that_stand_still_and_people_who_did_not_come_are_told() -> None:
    cloudwatch = _healthy()
    cloudwatch.put(_ours("LaddersOverdue"), "Maximum", 0, 3)
    cloudwatch.put(_ours("StepLateSeconds"), "Maximum", 70, 2)
    cloudwatch.put(_ours("LaddersExhausted"), "Sum", 1, 2)
    status = _read(cloudwatch)
    assert "escalation: 3 ladders stand still; the latest step of the last hour 1 min 10 s late; 3 not answered" in (
        _printed(status)
    )
    assert as_json(status)["escalation"] == {"late": 70, "overdue": 3, "unanswered": 3}


def test_a_sweep_that_says_nothing_is_told_with_where_to_look() -> None:
    cloudwatch = _healthy()
    cloudwatch.put(_ours("LaddersOverdue"), "Maximum")
    printed = _printed(_read(cloudwatch))
    assert "nobody says whether ladders stand still" in printed
    assert "statline-escalation does not sweep, see its log" in printed


def test_a_provider_that_is_demoted_is_told_and_the_one_that_takes_its_place() -> None:
    cloudwatch = _healthy()
    cloudwatch.put(_ours("ProviderDemoted", Provider="sms"), "Maximum", 0, 1)
    cloudwatch.put(_ours("ProviderDemoted", Provider="twilio"), "Maximum", 0, 0)
    cloudwatch.put(_ours("ProviderAccepted", Provider="twilio"), "Sum", 12)
    printed = " ".join(_printed(_read(cloudwatch)).split())
    assert "sms 75 calls, 0.0% not taken over, DEMOTED" in printed
    assert "twilio 12 calls, 0.0% not taken over" in printed
    assert printed.count("DEMOTED") == 1


def test_what_lies_in_the_queues_of_escalation_and_receipts_is_told() -> None:
    counts = _counts() | {"escalation": (4, 0), "receipts-dlq": (2, 0)}
    assert "beside the lanes: escalation 4, receipts-dlq 2" in _printed(_read(_healthy(), counts))


def test_everything_is_asked_in_few_calls() -> None:
    cloudwatch = _healthy()
    _read(cloudwatch)
    assert cloudwatch.calls.count("GetMetricData") == 1
    assert cloudwatch.calls.count("DescribeAlarms") == 1


def test_figures_that_come_in_pages_are_all_there() -> None:
    cloudwatch = _healthy()
    cloudwatch.page = 20
    assert all(way.outstanding == 0 for way in _read(cloudwatch).ways)


def test_a_stall_is_told_with_its_alarm_its_cause_and_what_to_do_first() -> None:
    cloudwatch = _healthy()
    rule = f'ALARM("{STAT_PUSH}")'
    cloudwatch.alarms = [
        an_answer(WHOLE, "ALARM", minutes=2, page="page", AlarmRule=rule),
        an_answer(STAT_PUSH, "ALARM", minutes=3),
        an_answer("Statline quarantine is not empty", "ALARM", minutes=90, page="ticket"),
    ]
    cloudwatch.put(_ours("OldestOutstandingSeconds", Lane="stat", Channel="push"), "Maximum", 0, 95)
    status = _read(cloudwatch)
    printed = _printed(status)
    assert "1 page and 1 other" in printed
    assert f"page: {WHOLE}, for 2 min 0 s" in printed
    assert f"because of: {STAT_PUSH} (3 min 0 s)" in printed
    assert "First: Look at the log." in printed
    assert printed.index(WHOLE) < printed.index("quarantine")
    (stalled,) = [way for way in status.ways if way.outstanding]
    assert (stalled.lane, stalled.channel, stalled.outstanding) == (Priority.STAT, Channel.PUSH, 95)


def test_what_a_composite_holds_back_is_told_as_held_back_and_pages_nobody() -> None:
    held: dict[str, Any] = {
        "AlarmRule": f'ALARM("{STAT_PUSH}")',
        "ActionsSuppressedBy": "Alarm",
        "ActionsSuppressor": f"arn:aws:cloudwatch:{REGION}:111122223333:alarm:{WHOLE}",
    }
    cloudwatch = _healthy()
    cloudwatch.alarms = [
        an_answer("Statline delivery is impaired", "ALARM", page="page", **held),
        an_answer(WHOLE, "ALARM", page="page", AlarmRule=f'ALARM("{STAT_PUSH}")'),
        an_answer(STAT_PUSH, "ALARM"),
    ]
    printed = _printed(_read(cloudwatch))
    assert "1 page and 1 other" in printed
    assert f"held back by {WHOLE}" in printed


def test_an_alarm_that_nobody_is_told_of_is_told_here() -> None:
    cloudwatch = _healthy()
    cloudwatch.alarms = [an_answer(STAT_PUSH, "ALARM")]
    assert f"told by nobody: {STAT_PUSH}" in _printed(_read(cloudwatch))


def test_alarms_that_are_not_ours_are_left_out() -> None:
    cloudwatch = _healthy()
    cloudwatch.alarms = [an_answer("billing", "ALARM", page="page")]
    assert _read(cloudwatch).alarms == 0


def test_a_canary_that_did_not_arrive_is_lost() -> None:
    cloudwatch = _healthy()
    cloudwatch.put(_ours("CanaryArrived", Lane="urgent", Channel="sms"), "Minimum", 1, 0)
    printed = _printed(_read(cloudwatch))
    (row,) = (line for line in printed.splitlines() if line.split()[:2] == ["urgent", "sms"])
    assert "lost" in row


def test_missing_figures_are_told_with_what_they_may_mean() -> None:
    printed = _printed(_read(CloudWatch()))
    for words in (
        "nobody measures any lane: statline-outstanding does not run",
        "none was looked for on any lane: statline-canary does not run",
        "nothing was accepted lately on any lane",
        "statline-reconcile does not run",
        "statline-backup-watch does not run",
        "fcm no calls",
        "there are no alarms: is Monitoring deployed?",
    ):
        assert words in printed


def test_a_figure_of_long_ago_is_none() -> None:
    cloudwatch = _healthy()
    key = _ours("OldestOutstandingSeconds", Lane="stat", Channel="push")
    cloudwatch.figures[key, "Maximum"] = [(NOW - timedelta(minutes=9), 0.0)]
    assert "nobody measures stat push" in _printed(_read(cloudwatch))


def test_a_provider_that_answers_with_errors_shows_their_share() -> None:
    cloudwatch = _healthy()
    cloudwatch.put(_ours("ProviderUnknown", Provider="fcm"), "Sum", 25)
    assert "fcm 100 calls, 25.0% not taken over" in _printed(_read(cloudwatch))


def test_queues_are_counted_with_their_dead_letters() -> None:
    status = _read(_healthy(), _counts(push_urgent=(7, 2), push_urgent_dlq=(3, 0), quarantine=(4, 0)))
    (way,) = [way for way in status.ways if (way.lane, way.channel) == (Priority.URGENT, Channel.PUSH)]
    assert (way.queue.waiting, way.queue.in_flight, way.queue.dead) == (7, 2, 3)
    assert "quarantine 4" in _printed(status)


def test_a_region_without_a_channel_has_no_rows_for_it() -> None:
    counts = {name: count for name, count in _counts().items() if not name.startswith("voice")}
    status = _read(_healthy(), counts)
    assert {way.channel for way in status.ways} == {Channel.PUSH, Channel.SMS}
    assert [one.name for one in status.providers] == ["fcm", "sms"]


def test_a_region_without_queues_says_so() -> None:
    with pytest.raises(NoQueuesError, match=REGION):
        _read(CloudWatch(), {})


def test_as_data_it_is_complete_and_plain() -> None:
    data = json.loads(json.dumps(as_json(_read(_healthy()))))
    assert data["region"] == REGION
    assert data["ways"][0]["outstanding"] == 0
    assert data["backup_age"] == 13.5


def test_off_a_terminal_a_look_is_a_line() -> None:
    (line,) = lines(_read(_healthy()))
    assert line == "2026-11-22T12:00:30Z ca-central-1 speaking=0 oldest=0s queued=0 dead=0"


def test_a_look_that_fails_ends_no_watch() -> None:
    cloudwatch = _healthy()
    sqs = Counters(_counts())
    reader = StatusReader(REGION, cast("Any", sqs), cast("Any", cloudwatch), lambda: NOW)
    first = reader.read()
    cloudwatch.failing = [
        EndpointConnectionError(endpoint_url="x"),
        ClientError({"Error": {"Code": "Throttling", "Message": ""}}, "DescribeAlarms"),
    ]
    stop = threading.Event()
    seen = []
    for look in _looks(reader, first, stop, 0):
        seen.append(look)
        if len(seen) == 4:
            stop.set()
    assert [type(look) for look in seen] == [Status, str, str, Status]
    assert "Throttling" in str(seen[1])


def test_the_command_reads_a_region(scene: Scene) -> None:
    for name in _counts():
        scene.sqs.create_queue(QueueName=f"statline-{name}")
    done = scene.run("status", "-r", REGION)
    assert done.exit_code == Exit.DONE, done.output
    assert f"{REGION}, " in done.output
    assert json.loads(scene.run("status", "-r", REGION, "--json").output)["region"] == REGION


def test_the_command_says_where_nothing_is_deployed(scene: Scene) -> None:
    done = scene.run("status", "-r", REGION)
    assert done.exit_code == Exit.NO
    assert "none of Statline's queues" in done.output


def test_a_watch_ends_cleanly_with_ctrl_c(scene: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in _counts():
        scene.sqs.create_queue(QueueName=f"statline-{name}")
    read, looks = StatusReader.read, []

    def read_and_press(reader: StatusReader) -> Status:
        looks.append(read(reader))
        if len(looks) == 2:
            signal.raise_signal(signal.SIGINT)
        return looks[-1]

    monkeypatch.setattr(StatusReader, "read", read_and_press)
    done = scene.run("status", "-r", REGION, "--watch", "--every", "1")
    assert done.exit_code == Exit.DONE, done.output
    assert len([line for line in done.output.splitlines() if "speaking=0" in line]) == 2
