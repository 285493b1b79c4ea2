"""Nothing leaves a region that its config does not declare."""

import json
import re
from collections.abc import Mapping
from pathlib import Path

import pytest

from infra.config.model import Deployment, RegionConfig
from infra.config.outside import Hop, OutsideHop
from infra.config.regions import REGIONS
from infra.residency import USED, ResidencyError, check_declared, check_templates
from tests.infra.templates import Template


def _of(templates: Mapping[str, Template], region: str) -> list[Template]:
    return [template for name, template in templates.items() if name.startswith(f"Statline-{region}-")]


def _declaring(deployment: Deployment, *hops: OutsideHop) -> Deployment:
    region = deployment.regions[0].model_copy(update={"outside": hops})
    return deployment.model_copy(update={"regions": (region,)})


def test_no_template_names_another_region_but_the_backups_the_one_for_copies(
    templates: Mapping[str, Template], config: RegionConfig, region: str
) -> None:
    found = _of(templates, region)
    assert len(found) >= 2
    for template in found:
        text = json.dumps(template.body)
        assert region in text
        assert [other for other in REGIONS if other not in {region, *_copies(config, template)} and other in text] == []


def _copies(config: RegionConfig, template: Template) -> set[str]:
    """Where copies of backups go: the backups' stacks may name that region, and no other stack."""
    if "-Backup" not in template.name or config.database is None or config.database.backup.copy_to is None:
        return set()
    return {config.database.backup.copy_to.region}


def test_no_stack_imports_from_another_region(templates: Mapping[str, Template], region: str) -> None:
    for template in _of(templates, region):
        imported = re.findall(r'"Fn::ImportValue": "(Statline-[a-z0-9-]+)-[A-Z]', json.dumps(template.body))
        assert {name for name in imported if name != f"Statline-{region}"} == set()


def test_the_manifest_names_every_outside_hop_of_a_region(config: RegionConfig) -> None:
    used = {hop for hop, is_used in USED.items() if is_used(config)}
    assert {hop.hop for hop in config.outside} == used >= {Hop.FCM, Hop.CARRIERS, Hop.ON_CALL}
    assert set(USED) == set(Hop)


def test_the_only_addresses_outside_aws_that_a_function_is_given_are_the_manifests(
    delivery: Template, config: RegionConfig
) -> None:
    variables = [
        delivery.name_of(value)
        for function in delivery.properties("AWS::Lambda::Function")
        for value in function["Environment"]["Variables"].values()
    ]
    assert config.canary is not None
    twilio = {"https://api.twilio.com"} if config.providers.sms.twilio is not None else set[str]()
    assert set(re.findall(r"https?://[^\"\s]+", " ".join(variables))) == {
        "https://fcm.googleapis.com",
        config.canary.dead_mans_switch,
        *twilio,
    }


def test_a_hop_that_is_not_declared_is_refused_by_name(deployment: Deployment) -> None:
    declared = [hop for hop in deployment.regions[0].outside if hop.hop is not Hop.CARRIERS]
    with pytest.raises(ResidencyError, match="ca-central-1 uses carriers and does not declare it"):
        check_declared(_declaring(deployment, *declared))


def test_a_dead_mans_switch_that_is_not_declared_is_refused_by_name(deployment: Deployment) -> None:
    declared = [hop for hop in deployment.regions[0].outside if hop.hop is not Hop.DEAD_MANS_SWITCH]
    with pytest.raises(ResidencyError, match="ca-central-1 uses dead-mans-switch and does not declare it"):
        check_declared(_declaring(deployment, *declared))


def test_twilio_that_is_not_declared_is_refused_by_name(deployment: Deployment) -> None:
    declared = [hop for hop in deployment.regions[0].outside if hop.hop is not Hop.TWILIO]
    with pytest.raises(ResidencyError, match="ca-central-1 uses twilio and does not declare it"):
        check_declared(_declaring(deployment, *declared))


def test_a_hop_that_nothing_uses_is_refused_so_that_the_manifest_stays_true(deployment: Deployment) -> None:
    extra = OutsideHop(hop=Hop.BACKUP_COPY, to="us-west-2", carries="encrypted snapshots")
    region = deployment.regions[1]
    declaring = region.model_copy(update={"outside": (*region.outside, extra)})
    with pytest.raises(ResidencyError, match="us-east-1 declares backup-copy and does not use it"):
        check_declared(deployment.model_copy(update={"regions": (declaring,)}))


@pytest.mark.parametrize(
    ("to", "words"),
    [
        ("us-east-1", "another region of CA only, not to us-east-1"),
        (
            "ca-central-1",
            r"copies go to ca-central-1, and its database.backup.copy_to.region is ca-west-1: say the same",
        ),
    ],
)
def test_copies_go_where_the_manifest_says_and_nowhere_out_of_the_country(
    deployment: Deployment, to: str, words: str
) -> None:
    others = [hop for hop in deployment.regions[0].outside if hop.hop is not Hop.BACKUP_COPY]
    declared = OutsideHop(hop=Hop.BACKUP_COPY, to=to, carries="encrypted snapshots")
    with pytest.raises(ResidencyError, match=words):
        check_declared(_declaring(deployment, *others, declared))


def test_a_stack_beside_the_backups_may_not_name_the_region_for_copies(tmp_path: Path, deployment: Deployment) -> None:
    for stack in ("Backup", "State"):
        (tmp_path / f"Statline-ca-central-1-{stack}.template.json").write_text('{"Where": "ca-west-1"}')
    with pytest.raises(ResidencyError) as refused:
        check_templates(sorted(tmp_path.iterdir()), deployment)
    assert [fault.split(":")[0] for fault in refused.value.faults] == ["Statline-ca-central-1-State.template.json"]


def test_a_template_that_names_another_region_fails_the_synth(tmp_path: Path, deployment: Deployment) -> None:
    template = tmp_path / "Statline-ca-central-1-Delivery.template.json"
    template.write_text('{"Resources": {"Stray": {"Queue": "arn:aws:sqs:us-east-1:111122223333:other"}}}')
    with pytest.raises(
        ResidencyError, match=f"{template.name}: names us-east-1, and ca-central-1 may refer to no other"
    ):
        check_templates([template], deployment)
