"""What an instance class can do is known before anything is deployed, or asked for in one line."""

from pathlib import Path
from typing import Any

import pytest
import yaml
from moto.ec2.models.instance_types import INSTANCE_TYPES

from infra.config.database_sources import CreatedDatabase
from infra.config.instance_classes import INSTANCE_CLASSES
from infra.config.reader import FOLDER, ConfigError, read_deployment


@pytest.mark.parametrize("name", INSTANCE_CLASSES)
def test_the_table_says_what_ec2_says_of_the_same_type(name: str) -> None:
    # moto carries a copy of what `aws ec2 describe-instance-types` answers.
    answered = INSTANCE_TYPES[name.removeprefix("db.")]
    disk = answered["EbsInfo"]["EbsOptimizedInfo"]
    limits = INSTANCE_CLASSES[name]
    assert limits.vcpus == answered["VCpuInfo"]["DefaultVCpus"]
    assert limits.memory_gib == answered["MemoryInfo"]["SizeInMiB"] / 1024
    assert (limits.sustained_iops, limits.iops) == (disk["BaselineIops"], disk["MaximumIops"])


def _read(folder: Path, **changes: Any) -> None:
    content = yaml.safe_load((FOLDER / "example.yaml").read_text())
    (folder / "certificates").symlink_to(FOLDER / "certificates")
    content["regions"][0]["database"]["create"] |= changes
    (folder / "changed.yaml").write_text(yaml.safe_dump(content))
    read_deployment("changed", folder=folder)


def test_a_class_that_nobody_knows_is_refused_in_one_line_that_says_how_to_give_its_limits(tmp_path: Path) -> None:
    with pytest.raises(ConfigError) as refused:
        _read(tmp_path, instance_class="db.z9q.large")
    (fault,) = refused.value.faults
    assert "regions[0].database.create.instance_class: the limits of db.z9q.large are not known" in fault
    assert "limits: { vcpus:" in fault
    assert "m7g" in fault


def test_limits_that_are_given_by_hand_count(tmp_path: Path) -> None:
    limits = {"vcpus": 4, "memory_gib": 16, "iops": 20_000}
    _read(tmp_path, instance_class="db.z9q.large", limits=limits)
    database = CreatedDatabase.model_validate(
        {
            "instance_class": "db.z9q.large",
            "limits": limits,
            "storage_gib": 100,
            "availability_zones": ["ca-central-1a", "ca-central-1b"],
        }
    )
    assert [instance.limits.vcpus for instance in database.instances] == [4, 4]
    assert not database.instances[0].limits.bursts
