"""The app as the CDK command line starts it."""

import json
import os
import subprocess
import sys

from infra.assets.build import ROOT


def test_synth_asks_nobody_outside_this_machine() -> None:
    """`cdk synth` needs the config file and nothing else: no look-up may stand in the code of the stacks."""
    lookups = ("from_lookup", "value_from_lookup", "ContextProvider", "import boto")
    modules = {module: module.read_text() for module in (ROOT / "infra").rglob("*.py")}
    assert len(modules) > 20
    assert [(module.name, word) for module, text in modules.items() for word in lookups if word in text] == []


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
