"""The app as the CDK command line starts it."""

import json
import os
import subprocess
import sys
from pathlib import Path

from infra.assets.build import ROOT
from infra.config.model import Deployment, RegionConfig
from infra.config.outside import Hop
from tests.infra.conftest import Synthesize
from tests.infra.templates import read_templates


def test_synth_asks_nobody_outside_this_machine() -> None:
    """`cdk synth` needs the config file and nothing else: no look-up may stand in the code of the stacks."""
    lookups = ("from_lookup", "value_from_lookup", "ContextProvider", "import boto")
    modules = {module: module.read_text() for module in (ROOT / "infra").rglob("*.py")}
    assert len(modules) > 20
    assert [(module.name, word) for module, text in modules.items() for word in lookups if word in text] == []


def test_a_second_synth_of_the_same_config_changes_nothing(
    assembly: Path, synthesize: Synthesize, deployment: Deployment
) -> None:
    again = synthesize(deployment)
    written = sorted(
        file.name for file in assembly.glob("*.json") if file.name.endswith((".template.json", "assets.json"))
    )
    assert len(written) > 4
    assert [name for name in written if (again / name).read_bytes() != (assembly / name).read_bytes()] == []


def test_a_region_without_connect_has_no_voice_and_everything_else(
    synthesize: Synthesize, deployment: Deployment
) -> None:
    templates = read_templates(synthesize(_without_voice(deployment)))
    state, delivery = templates["Statline-ca-west-1-State"], templates["Statline-ca-west-1-Delivery"]
    functions = {function["FunctionName"] for function in delivery.properties("AWS::Lambda::Function")}
    assert {"statline-router", "statline-push", "statline-sms"} < functions
    assert not functions & {"statline-voice", "statline-keypad", "statline-virtual-pager"}
    assert not delivery.resources("AWS::Connect::ContactFlow")
    assert not [queue for queue in state.properties("AWS::SQS::Queue") if "voice" in queue["QueueName"]]


def test_what_is_not_production_can_be_taken_down_again(synthesize: Synthesize, deployment: Deployment) -> None:
    trial = _without_voice(deployment).model_copy(update={"production": False})
    state = read_templates(synthesize(trial))["Statline-ca-west-1-State"]
    for table in state.resources("AWS::DynamoDB::Table").values():
        assert table["DeletionPolicy"] == "Delete"
        assert table["Properties"]["DeletionProtectionEnabled"] is False


def _without_voice(deployment: Deployment) -> Deployment:
    """The deployment in one region where Amazon Connect does not exist, and without a database."""
    first = deployment.regions[0]
    assert first.canary is not None
    west = first.model_copy(
        update={
            "region": "ca-west-1",
            "providers": first.providers.model_copy(update={"voice": None}),
            "capacity": first.capacity.model_copy(update={"voice": None}),
            "canary": first.canary.model_copy(update={"voice": None}),
            "database": None,
            "outside": tuple(hop for hop in first.outside if hop.hop is not Hop.BACKUP_COPY),
        }
    )
    return deployment.model_copy(update={"regions": (RegionConfig.model_validate(west.model_dump()),)})


def test_the_app_says_what_is_wrong_on_standard_error_and_leaves_with_2() -> None:
    done = subprocess.run(
        [sys.executable, "app.py"],
        cwd=ROOT,
        env={"PATH": os.environ["PATH"], "CDK_CONTEXT_JSON": json.dumps({"deployment": "nowhere"})},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 2
    assert done.stdout == ""
    (line,) = done.stderr.strip().splitlines()
    assert line.startswith("config/nowhere.yaml: there is no such deployment; known: ")
