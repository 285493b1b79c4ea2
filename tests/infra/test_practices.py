"""The stacks pass cfn-lint and cdk-nag's packs, and what stands of their findings has its reason."""

import json
import subprocess
import sys
from pathlib import Path

import pytest
from aws_cdk import App, Stack
from aws_cdk import aws_sqs as sqs

from infra.acknowledgements.database import database_acknowledgements
from infra.acknowledgements.delivery import delivery_acknowledgements
from infra.acknowledgements.model import Acknowledgement, StaleAcknowledgementError, acknowledge, check_practices
from infra.acknowledgements.reconcile import RECONCILE
from infra.acknowledgements.state import state_acknowledgements
from infra.assets.build import ROOT
from infra.config.model import RegionConfig
from tests.infra.synthesizing import assembly_of


@pytest.fixture(params=["example", "laptop"])
def linted(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The assembly of a deployment that comes with the repository."""
    return assembly_of(request.param, tmp_path_factory)


@pytest.mark.parametrize(
    ("name", "stacks"),
    [
        ("example", "*"),
        # Its other region has the same stacks, and cfn-lint looks at every one as if it stood in us-east-1.
        ("laptop", "Statline-ca-central-1-*"),
    ],
)
def test_cfn_lint_finds_nothing(name: str, stacks: str, tmp_path_factory: pytest.TempPathFactory) -> None:
    templates = sorted(map(str, assembly_of(name, tmp_path_factory).glob(f"{stacks}.template.json")))
    assert len(templates) > 5
    done = subprocess.run(
        [Path(sys.executable).with_name("cfn-lint"), *templates],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr


def test_cdk_nag_finds_nothing_that_is_not_acknowledged(linted: Path) -> None:
    report = json.loads((linted / "validation-report.json").read_text())
    conclusions = {plugin["pluginName"]: plugin["conclusion"] for plugin in report["pluginReports"]}
    assert conclusions["AwsSolutions"] == conclusions["HIPAA.Security"] == "success"


def test_cdk_nag_would_fail_the_synth_of_an_unsafe_stack(tmp_path: Path) -> None:
    app = App(outdir=str(tmp_path))
    check_practices(app)
    sqs.Queue(Stack(app, "Unsafe"), "Queue")
    with pytest.raises(RuntimeError, match="does not require requests to use SSL"):
        app.synth()


def test_an_acknowledgement_is_for_one_resource_and_says_why(config: RegionConfig) -> None:
    assert config.database is not None
    stacks = (
        list(state_acknowledgements(("outstanding", "canary"), twilio=True)),
        list(delivery_acknowledgements(config)),
        list(database_acknowledgements(config.database, production=True)),
        list(RECONCILE),
    )
    for rows in stacks:
        assert len({(row.path, row.rule) for row in rows}) == len(rows)
    for row in (row for rows in stacks for row in rows):
        assert row.path.endswith("/Resource")
        assert "emulator" not in row.reason
        assert "laptop" not in row.reason
        assert len(row.reason) > 60


def test_an_acknowledgement_of_a_resource_that_is_gone_is_an_error() -> None:
    stack = Stack(App(), "Small")
    row = Acknowledgement("Gone/Resource", "AwsSolutions-SQS3", "It was there once.")
    with pytest.raises(StaleAcknowledgementError, match="Small has no Gone/Resource"):
        acknowledge(stack, [row])
