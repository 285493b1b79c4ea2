"""What is simulated is what the templates have; what they lack is said with the way to it."""

import json
from datetime import UTC
from pathlib import Path

import pytest

from statline.drills.deployment import Deployment, deployment_of, read_deployment, regions_in
from statline.drills.errors import TemplatesError
from statline.drills.play import play
from statline.drills.reading import read_incident
from statline.drills.region import Region
from tests.unit.drills.conftest import DRILLS


def test_a_folder_without_templates_says_how_to_make_them(tmp_path: Path) -> None:
    with pytest.raises(TemplatesError, match=r"no synthesized templates here. Make them in the checkout with"):
        read_deployment(tmp_path)


def test_another_region_is_refused_with_those_that_are_there(assembly: Path) -> None:
    with pytest.raises(TemplatesError, match=r"no templates of eu-west-1; it has ca-central-1, us-east-1"):
        read_deployment(assembly, "eu-west-1")


def test_the_regions_of_a_folder_are_those_of_its_stacks(assembly: Path) -> None:
    assert regions_in(assembly) == ["ca-central-1", "us-east-1"]


def test_a_broken_template_is_named(tmp_path: Path) -> None:
    path = tmp_path / "Statline-ca-central-1-Monitoring.template.json"
    path.write_text("{")

    with pytest.raises(TemplatesError, match=r"Statline-ca-central-1-Monitoring.template.json: this is no template"):
        read_deployment(tmp_path)


def test_templates_without_alarms_are_refused() -> None:
    with pytest.raises(TemplatesError, match=r"ca-central-1: the templates have no alarms"):
        deployment_of([{"Resources": {}}], "ca-central-1")


def test_the_database_is_as_large_as_the_alarms_texts_tell(canada: Deployment, states: Deployment) -> None:
    assert canada.databases["primary"].identifier == "statline-primary"
    assert states.databases["replica"].identifier == "clinical-reporting-replica"
    assert (canada.databases["primary"].iops, canada.databases["primary"].connections) == (12_000, 800)
    assert states.databases["primary"].connections == 1600
    assert canada.rates["sms"] == 6_000


def test_a_region_without_a_database_has_no_drill_on_one(assembly: Path) -> None:
    templates = [json.loads(path.read_text()) for path in assembly.glob("Statline-ca-central-1-*.template.json")]
    for template in templates:
        resources = template["Resources"]
        for name in [name for name, one in resources.items() if _reads_rds(one)]:
            del resources[name]
    deployment = deployment_of(templates, "ca-central-1")

    with pytest.raises(TemplatesError, match=r"ca-central-1 has no database that alarms watch"):
        play(read_incident("10-january-backup", DRILLS), deployment)


def _reads_rds(resource: dict[str, object]) -> bool:
    text = json.dumps(resource)
    return "CloudWatch::" in str(resource["Type"]) and ("AWS/RDS" in text or "Statline database" in text)


def test_an_alarm_on_what_nothing_publishes_is_no_drill(canada: Deployment, assembly: Path) -> None:
    templates = [
        json.loads(path.read_text().replace("OldestOutstandingSeconds", "OldestSomething"))
        for path in assembly.glob("Statline-ca-central-1-*.template.json")
    ]
    deployment = deployment_of(templates, "ca-central-1")

    with pytest.raises(
        TemplatesError, match=r"does not publish: Statline OldestSomething .* Add it to statline/drills"
    ):
        play(read_incident("stuck-consumer", DRILLS), deployment)


def test_every_metric_that_an_alarm_reads_is_published(canada: Deployment, states: Deployment) -> None:
    for deployment in (canada, states):
        region = Region(deployment, began=0.0, zone=UTC, seed=1)
        assert region.history.unpublished == frozenset()
