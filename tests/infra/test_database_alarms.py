"""The database's alarms know what each instance can do, and say once what is wrong with it."""

from collections.abc import Mapping
from typing import Any

import pytest

from infra.config.database import Instance
from infra.config.instance_classes import INSTANCE_CLASSES
from infra.config.model import RegionConfig
from infra.constructs.alarms.database_disk import disk_alarms
from tests.infra.alarms import Alarm, children, composites_of, rule, severity
from tests.infra.templates import Template

_GIB = 2**30


@pytest.fixture
def monitoring(templates: Mapping[str, Template], region: str) -> Template:
    return templates[f"Statline-{region}-Monitoring"]


@pytest.fixture
def alarms(monitoring: Template) -> dict[str, Alarm]:
    return {alarm["AlarmName"]: alarm for alarm in monitoring.properties("AWS::CloudWatch::Alarm")}


@pytest.fixture
def instances(config: RegionConfig) -> tuple[Instance, Instance]:
    assert config.database is not None
    return config.database.primary, config.database.replica


@pytest.mark.parametrize("limit", ["is near its IOPS limit or silent", "is near its instance limit"])
def test_the_iops_alarms_are_shares_of_what_is_provisioned_and_of_what_the_class_lets_through(
    alarms: dict[str, Alarm], instances: tuple[Instance, Instance], *, limit: str
) -> None:
    for instance in instances:
        most = instance.limits.iops if "instance" in limit else instance.iops
        alarm = alarms[f"Statline database {instance.role} {limit}"]
        result, reads, writes = sorted(alarm["Metrics"], key=lambda metric: "MetricStat" in metric)
        assert result["Expression"] == f"100 * ({reads['Id']} + {writes['Id']}) / {most}"
        assert (result["ReturnData"], reads["ReturnData"], writes["ReturnData"]) == (True, False, False)
        for metric, name in ((reads, "ReadIOPS"), (writes, "WriteIOPS")):
            assert metric["MetricStat"]["Metric"]["MetricName"] == name
            assert metric["MetricStat"]["Metric"]["Dimensions"] == [
                {"Name": "DBInstanceIdentifier", "Value": instance.identifier}
            ]
        assert (alarm["Threshold"], alarm["DatapointsToAlarm"], alarm["EvaluationPeriods"]) == (80, 2, 2)


def test_every_figure_of_the_server_has_its_limit_from_the_instance(
    alarms: dict[str, Alarm], instances: tuple[Instance, Instance]
) -> None:
    above, below = "GreaterThanThreshold", "LessThanThreshold"
    for instance in instances:
        limits = instance.limits
        expected: dict[str, tuple[Any, ...]] = {
            "waits for its disk": ("DiskQueueDepth", "Average", above, 32, (2, 2)),
            "reads slowly": ("ReadLatency", "Average", above, 0.02, (3, 3)),
            "writes slowly": ("WriteLatency", "Average", above, 0.02, (3, 3)),
            "has little disk burst left": ("EBSIOBalance%", "Minimum", below, 20, (3, 3)),
            "has more work than processors": ("DBLoad", "Average", above, limits.vcpus, (3, 3)),
            "runs out of connections": (
                "DatabaseConnections", "Maximum", above, instance.max_connections * 0.8, (2, 2),
            ),
            "runs out of memory": ("FreeableMemory", "Minimum", below, limits.memory_gib * _GIB * 0.05, (5, 5)),
            "runs out of storage": ("FreeStorageSpace", "Minimum", below, instance.storage_gib * _GIB * 0.1, (5, 5)),
        }  # fmt: skip
        for name, (figure, statistic, operator, threshold, datapoints) in expected.items():
            alarm = alarms[f"Statline database {instance.role} {name}"]
            assert (alarm["MetricName"], alarm["Statistic"]) == (figure, statistic)
            assert alarm["Dimensions"] == [{"Name": "DBInstanceIdentifier", "Value": instance.identifier}]
            assert alarm["ComparisonOperator"] == operator, name
            assert alarm["Threshold"] == pytest.approx(threshold), name
            assert (alarm["DatapointsToAlarm"], alarm["EvaluationPeriods"]) == datapoints, name
            assert alarm["Period"] == 60


def test_a_class_that_does_not_burst_has_no_alarm_on_its_burst(instances: tuple[Instance, Instance]) -> None:
    primary, _ = instances
    large = Instance(
        role=primary.role,
        identifier=primary.identifier,
        iops=primary.iops,
        storage_gib=primary.storage_gib,
        max_connections=primary.max_connections,
        limits=INSTANCE_CLASSES["db.m7g.8xlarge"],
    )
    assert any("burst" in row.name for row in disk_alarms(primary))
    assert not any("burst" in row.name for row in disk_alarms(large))


def test_a_database_that_publishes_nothing_is_in_trouble_and_says_so_once(alarms: dict[str, Alarm]) -> None:
    silent = {
        name
        for name, alarm in alarms.items()
        if name.startswith("Statline database") and alarm["TreatMissingData"] == "breaching"
    }
    assert silent == {
        "Statline database primary is near its IOPS limit or silent",
        "Statline database replica is near its IOPS limit or silent",
        "Statline database replica lags",
    }


def test_the_primarys_trouble_wakes_somebody_and_the_replicas_is_a_ticket(
    monitoring: Template, alarms: dict[str, Alarm]
) -> None:
    composites = composites_of(monitoring)
    for role, whole, heard_as in (
        ("primary", "Statline database is in trouble", "page"),
        ("replica", "Statline database replica is in trouble", "ticket"),
    ):
        of_role = {name for name in alarms if name.startswith(f"Statline database {role}")}
        storage = f"Statline database {role} runs out of storage"
        assert children(monitoring, composites[whole]) == of_role - {storage}
        assert severity(monitoring, composites[whole]) == heard_as
        assert severity(monitoring, alarms[storage]) == heard_as, "it goes on for days, and hides nothing meanwhile"


def test_a_primary_in_trouble_while_it_is_backed_up_is_saturated_by_a_backup(monitoring: Template) -> None:
    composites = composites_of(monitoring)
    saturated = composites["Statline database is saturated by a backup"]
    trouble = rule(monitoring, composites["Statline database is in trouble"])
    assert rule(monitoring, saturated) == f'(ALARM("Statline backup on the primary") AND {trouble})'
    assert severity(monitoring, saturated) == "page"
