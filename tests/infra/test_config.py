"""A deployment that cannot work is refused before anything is made: one line for each fault, and exit code 2."""

import copy
import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml

import app
from infra.config.reader import FOLDER, ConfigError, read_deployment
from local.emulator.permissions.unique_ids import user_id

Config = dict[str, Any]
Change = Callable[[Config], None]


@pytest.fixture(scope="session")
def example() -> Config:
    content: Config = yaml.safe_load((FOLDER / "example.yaml").read_text())
    return json.loads(json.dumps(content))  # type: ignore[no-any-return]  # without YAML's shared anchors


STAT_PHONE = "phone-0c1d2e3f405162738495a6b7c8d9e0f1"


def _first(config: Config) -> Config:
    first: Config = config["regions"][0]
    return first


def _second(config: Config) -> Config:
    second: Config = config["regions"][1]
    return second


def _without_connect(config: Config) -> None:
    _first(config)["region"] = "ca-west-1"


REFUSED: dict[str, tuple[Change, str]] = {
    "a region that does not exist": (
        lambda c: _first(c).update(region="ca-central-9"),
        "regions[0].region: not a region that Statline knows, which are ca-central-1, ca-west-1,",
    ),
    "a region of another country": (
        lambda c: _first(c).update(country="US"),
        "regions[0].country: ca-central-1 is in CA, not in US",
    ),
    "a number without +": (
        lambda c: _first(c)["providers"]["voice"]["source_numbers"].update(stat="14165550100"),
        "regions[0].providers.voice.source_numbers.stat: ",
    ),
    "an on-call number without +": (
        lambda c: _first(c)["on_call"]["page"].update(sms=["4165550190"]),
        "regions[0].on_call.page.sms[0]: ",
    ),
    "voice where Connect does not exist": (
        _without_connect,
        "regions[0].providers.voice: Amazon Connect does not exist in ca-west-1; leave voice out (it is in ",
    ),
    "a Connect instance in another region": (
        lambda c: _first(c)["providers"]["voice"].update(_second(c)["providers"]["voice"]),
        "regions[0].providers.voice.instance_arn: the Connect instance is not in ca-central-1",
    ),
    "voice without its capacity": (
        lambda c: _first(c)["capacity"].pop("voice"),
        "regions[0]: capacity.voice and providers.voice: give both or neither",
    ),
    "lanes beyond the reserve": (
        lambda c: _first(c)["capacity"]["push"].update(reserve=79),
        "regions[0].capacity.push: the lanes' concurrency adds up to 80, the reserve is 79: raise it",
    ),
    "dead letters beyond the reserve": (
        lambda c: _first(c)["capacity"]["dead_letters"].update(reserve=7),
        "regions[0].capacity.dead_letters: 4 mappings with a concurrency of 2 need a reserve of 8, it is 7: raise it",
    ),
    "reserves beyond the account": (
        lambda c: _first(c)["account"].update(lambda_concurrency=451),
        "regions[0].capacity: the reserves add up to 352, the account has 351 to reserve",
    ),
    "no room for what is beside the database": (
        lambda c: _second(c)["capacity"].update(others=17),
        "regions[1].capacity.others: it is 17, and the functions that watch over the lanes, and those that read,",
    ),
    "an escalation without room for its sweep": (
        lambda c: _first(c)["capacity"]["escalation"].update(reserve=20),
        "regions[0].capacity.escalation: a concurrency of 20 and the sweep of each minute need a reserve of 21, it is",
    ),
    "receipts beyond the reserve": (
        lambda c: _first(c)["capacity"]["receipts"].update(reserve=19),
        "regions[0].capacity.receipts: a concurrency of 20 needs as much reserve, it is 19: raise it",
    ),
    "a pager's line that a lane sends from": (
        lambda c: _first(c)["providers"]["sms"]["lines"].update({"+14165550180": STAT_PHONE}),
        "regions[0].providers.sms.lines: +14165550180 is what stat sends from, and a text to it would be an answer and",
    ),
    "a pager's line that is a pool": (
        lambda c: _first(c)["providers"]["sms"]["lines"].update({"+14165550180": "pool-1a2b3c4d5e6f7081"}),
        "regions[0].providers.sms.lines.+14165550180: ",
    ),
    "a Twilio number that stat shares": (
        lambda c: _first(c)["providers"]["sms"]["twilio"]["originations"].update(urgent="+14165550140"),
        "regions[0].providers.sms.twilio.originations: stat and urgent send from the same origination",
    ),
    "a Twilio number without +": (
        lambda c: _first(c)["providers"]["sms"]["twilio"]["originations"].update(stat="4165550140"),
        "regions[0].providers.sms.twilio.originations.stat: ",
    ),
    "Twilio in plain http": (
        lambda c: _first(c)["providers"]["sms"]["twilio"].update(endpoint="http://api.twilio.com"),
        "regions[0].providers.sms.twilio.endpoint: must be https://",
    ),
    "callbacks of Twilio in plain http": (
        lambda c: _first(c)["providers"]["sms"]["twilio"].update(public_url="http://statline.example.org"),
        "regions[0].providers.sms.twilio.public_url: must be https://",
    ),
    "an address for callbacks that has a path": (
        lambda c: _first(c)["providers"]["sms"]["twilio"].update(public_url="https://example.org/statline"),
        "regions[0].providers.sms.twilio.public_url: ",
    ),
    "Twilio that nobody declared": (
        lambda c: _first(c).update(outside=[hop for hop in _first(c)["outside"] if hop["hop"] != "twilio"]),
        "regions[0].outside: ca-central-1 uses twilio and does not declare it",
    ),
    "an app of another region's tenant": (
        lambda c: _first(c)["apps"]["AROAEXAMPLE4NORTHSHORE"].update(tenants=["harborview"]),
        "regions[0].apps.AROAEXAMPLE4NORTHSHORE.tenants: harborview has no home in ca-central-1, because no producer",
    ),
    "a roll call of another region's tenant": (
        lambda c: _first(c)["roll_calls"][1].update(tenant="harborview"),
        "regions[0].roll_calls[1].tenant: harborview has no home in ca-central-1, because no producer here may send",
    ),
    "a roll call at no time": (
        lambda c: _first(c)["roll_calls"][0].update(at="7:15"),
        "regions[0].roll_calls[0].at: ",
    ),
    "a roll call in no time zone": (
        lambda c: _first(c)["roll_calls"][0].update(zone="Toronto"),
        "regions[0].roll_calls[0].zone: not a time zone; write one of the IANA names, like",
    ),
    "a roll call on no day": (
        lambda c: _first(c)["roll_calls"][0].update(days=["monday"]),
        "regions[0].roll_calls[0].days[0]: not a day of the week; these are mon, tue, wed, thu, fri, sat, sun",
    ),
    "a roll call twice": (
        lambda c: _first(c)["roll_calls"].append(_first(c)["roll_calls"][0]),
        "regions[0].roll_calls: northshore-code-blue-0715 is there twice",
    ),
    "a missing lane": (
        lambda c: _first(c)["capacity"]["sms"]["lanes"].pop("stat"),
        "regions[0].capacity.sms: no lane stat: each of stat, urgent and routine needs its own",
    ),
    "a concurrency that SQS does not take": (
        lambda c: _first(c)["capacity"]["sms"]["lanes"]["stat"].update(concurrency=1),
        "regions[0].capacity.sms.lanes.stat.concurrency: ",
    ),
    "a stat number that another lane has too": (
        lambda c: _first(c)["providers"]["voice"]["source_numbers"].update(urgent="+14165550100"),
        "regions[0].providers.voice.source_numbers: stat and urgent send from the same origination",
    ),
    "an origination that is no id": (
        lambda c: _first(c)["providers"]["sms"]["originations"].update(stat="14165550100"),
        "regions[0].providers.sms.originations.stat: ",
    ),
    "a sender that is no unique id": (
        lambda c: _first(c)["producers"].update(northshore=_first(c)["producers"]["AROAEXAMPLE4LAKESIDE22"]),
        "regions[0].producers.northshore",
    ),
    "a tenant with two homes": (
        lambda c: _second(c)["producers"]["AROAEXAMPLE4SUMMIT2222"].update(tenants=["northshore"]),
        "regions: the tenant northshore is in ca-central-1 and in us-east-1; a tenant has one home",
    ),
    "a region twice": (
        lambda c: c["regions"].append(copy.deepcopy(_first(c))),
        "regions: ca-central-1 is there twice",
    ),
    "more producers than the router's environment holds": (
        lambda c: _first(c)["producers"].update(
            {f"AROAEXAMPLE{n:010d}": _first(c)["producers"]["AROAEXAMPLE4LAKESIDE22"] for n in range(30)}
        ),
        "regions[0].producers: they take ",
    ),
    "plain http to the outside": (
        lambda c: _first(c)["providers"]["push"].update(endpoint="http://fcm.googleapis.com"),
        "regions[0].providers.push.endpoint: must be https://",
    ),
    "no canary in production": (
        lambda c: _second(c).pop("canary"),
        "regions: there is no canary in us-east-1, and without one nobody notices a region that is silent",
    ),
    "a canary without the region's voice": (
        lambda c: _first(c)["canary"].pop("voice"),
        "regions[0]: canary.voice and providers.voice: give both or neither",
    ),
    "a canary's number without +": (
        lambda c: _first(c)["canary"]["sms"].update(number="4165550198"),
        "regions[0].canary.sms.number: ",
    ),
    "a canary that goes out without end": (
        lambda c: _first(c)["canary"]["voice"].update(real_every_minutes=0),
        "regions[0].canary.voice.real_every_minutes: ",
    ),
    "a dead-man's switch in plain http": (
        lambda c: _first(c)["canary"].update(dead_mans_switch="http://heartbeat.example.org/statline"),
        "regions[0].canary.dead_mans_switch: must be https://",
    ),
    "a dead-man's switch in plain http that looks like one on this machine": (
        lambda c: _first(c)["canary"].update(dead_mans_switch="http://localhost:80@heartbeat.example.org/statline"),
        "regions[0].canary.dead_mans_switch: must be https://",
    ),
    "a dead-man's switch that nobody declared": (
        lambda c: _first(c).update(outside=[hop for hop in _first(c)["outside"] if hop["hop"] != "dead-mans-switch"]),
        "regions[0].outside: ca-central-1 uses dead-mans-switch and does not declare it",
    ),
    "a producer of the canary's tenant": (
        lambda c: _first(c)["producers"]["AROAEXAMPLE4LAKESIDE22"].update(tenants=["statline-canary"]),
        "regions[0].producers: the tenant statline-canary is the canary's own; choose another name",
    ),
    "nobody on call in production": (
        lambda c: _second(c)["on_call"].pop("page"),
        "regions: nobody is on call in us-east-1",
    ),
    "a log retention that CloudWatch does not have": (
        lambda c: c.update(log_retention_days=45),
        "log_retention_days: CloudWatch Logs keeps logs for one of these numbers of days: ",
    ),
    "a misspelt key": (
        lambda c: _first(c).update(acount=_first(c)["account"]),
        "regions[0].acount: Extra inputs are not permitted",
    ),
    "a Python that Lambda does not have": (
        lambda c: c["runtime"].update(python="3.9"),
        "runtime.python: ",
    ),
    "a hop that nobody declared": (
        lambda c: _first(c).update(outside=[hop for hop in _first(c)["outside"] if hop["hop"] != "fcm"]),
        "regions[0].outside: ca-central-1 uses fcm and does not declare it",
    ),
    "copies of backups that nobody declared": (
        lambda c: _first(c).update(outside=[hop for hop in _first(c)["outside"] if hop["hop"] != "backup-copy"]),
        "regions[0].outside: ca-central-1 uses backup-copy and does not declare it",
    ),
    "copies of backups in another country": (
        lambda c: _first(c)["database"]["backup"]["copy_to"].update(region="us-west-2"),
        "regions[0].database.backup.copy_to.region: us-west-2 is in US, ca-central-1 is in CA: data would leave",
    ),
}


@pytest.mark.parametrize("fault", REFUSED)
def test_a_deployment_that_cannot_work_is_refused_in_one_line_with_exit_code_2(
    fault: str,
    example: Config,
    tmp_path: Path,
    capfd: pytest.CaptureFixture[str],
) -> None:
    change, line = REFUSED[fault]
    config = copy.deepcopy(example)
    change(config)
    (tmp_path / "example.yaml").write_text(yaml.safe_dump(config))
    shutil.copytree(FOLDER / "certificates", tmp_path / "certificates")

    assert app.main(tmp_path) == 2

    said = capfd.readouterr().err.strip().splitlines()
    assert len(said) == 1
    assert said[0].startswith(f"config/example.yaml: {line}")


def test_two_faults_are_two_lines(example: Config, tmp_path: Path) -> None:
    config = copy.deepcopy(example)
    _first(config)["region"] = "nowhere"
    _second(config)["account"]["id"] = "12"
    (tmp_path / "broken.yaml").write_text(yaml.safe_dump(config))
    with pytest.raises(ConfigError) as refused:
        read_deployment("broken", folder=tmp_path)
    assert [fault.split(":")[1].strip() for fault in refused.value.faults] == [
        "regions[0].region",
        "regions[1].account.id",
    ]


def test_a_deployment_that_does_not_exist_is_told_which_do() -> None:
    with pytest.raises(ConfigError, match=r"config/nowhere.yaml: there is no such deployment; known: example, laptop"):
        read_deployment("nowhere")


def test_a_file_that_is_not_yaml_is_told_its_line(tmp_path: Path) -> None:
    (tmp_path / "broken.yaml").write_text("production: true\nregions: [\n")
    with pytest.raises(ConfigError, match=r"config/broken.yaml: line 3: not YAML: "):
        read_deployment("broken", folder=tmp_path)


def test_a_variable_is_read_from_the_environment_or_has_its_default() -> None:
    given = read_deployment("laptop", environment={"SANDBOX_URL": "http://127.0.0.1:4999"})
    unset = read_deployment("laptop", environment={})
    assert {region.providers.push.endpoint for region in given.regions} == {"http://127.0.0.1:4999"}
    assert {region.providers.push.endpoint for region in unset.regions} == {"http://127.0.0.1:4610"}


def test_a_variable_without_a_value_is_a_fault_and_not_an_empty_text(tmp_path: Path) -> None:
    (tmp_path / "needy.yaml").write_text("production: ${NOBODY_SETS_THIS}\n")
    with pytest.raises(ConfigError, match="the environment has no variable NOBODY_SETS_THIS"):
        read_deployment("needy", folder=tmp_path, environment={})


@pytest.mark.parametrize("name", ["example", "laptop"])
def test_the_deployments_that_ship_can_be_read(name: str) -> None:
    assert {region.region for region in read_deployment(name).regions} == {"ca-central-1", "us-east-1"}


def test_the_laptops_producers_are_the_users_that_its_cloud_makes() -> None:
    for region in read_deployment("laptop").regions:
        assert all(sender == user_id(producer.name) for sender, producer in region.producers.items())
