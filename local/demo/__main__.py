"""`python -m local.demo`: the laptop cloud up, and the main job shown on it in both regions."""

import argparse
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime

from botocore.exceptions import BotoCoreError, ClientError
from urllib3.exceptions import HTTPError

from local.cloud import Cloud, CloudError
from local.cloud.bring_up import up
from local.cloud.model import DEFAULT_NAME
from local.cloud.paths import CLOUDS
from local.cloud.tools import ensure_awscli
from local.demo.activation import ActivationStory
from local.demo.acts import ACTS, EXTRA, STAGES
from local.demo.crew import PRESSES
from local.demo.letters import fill_in
from local.demo.on_call import on_call_listens
from local.demo.performance import Performance
from local.demo.producer import Producer, environment_of, named
from local.demo.screen import Screen
from local.demo.second_act import SecondAct
from local.demo.story import Story
from local.demo.watching import watching
from local.sandbox.client import SandboxClient, SandboxError
from local.sandbox.people.habits import Habits
from statline.contract.words import Priority

_FAILED = 1
_INTERRUPTED = 130


def main() -> int:
    """Bring the cloud up, play every act in every region; 1 when something did not arrive in time."""
    parser = argparse.ArgumentParser(prog="python -m local.demo", description=__doc__)
    parser.add_argument("--name", default=DEFAULT_NAME, help="which cloud (%(default)s)")
    arguments = parser.parse_args()
    screen = Screen()
    try:
        return _demonstrate(arguments.name, screen)
    except CloudError as error:
        print(f"error: {error}", file=sys.stderr)
        return _FAILED
    except (ClientError, BotoCoreError) as error:
        print(f"error: the laptop cloud did not answer as AWS does: {error}", file=sys.stderr)
        return _FAILED
    except (HTTPError, SandboxError) as error:
        print(f"error: the sandbox of the providers did not answer: {error}", file=sys.stderr)
        return _FAILED
    except KeyboardInterrupt:
        print("\nInterrupted. The cloud runs on; stop it: make down", file=sys.stderr)
        return _INTERRUPTED


def _demonstrate(name: str, screen: Screen) -> int:
    screen.heading("The laptop cloud")
    began = time.monotonic()
    cloud = up(name)
    screen.say(f"  Ready after {time.monotonic() - began:.0f} s.")
    sandbox = SandboxClient(cloud.sandbox_url)
    with _habits(sandbox, PRESSES):
        stories = list(_play(cloud, screen))
        screen.summary(stories)
        second = _play_second(cloud, screen, sandbox)
    screen.next_steps(_next_steps(cloud, second.letter.notification))
    missed = sum(bool(story.missing) for story in stories) + bool(second.missing)
    if missed:
        screen.say()
        screen.say(f"{missed} of {len(stories) + 1} messages did not show what they must. The logs: {cloud.directory}")
    return _FAILED if missed else 0


@contextmanager
def _habits(sandbox: SandboxClient, habits: Habits) -> Iterator[None]:
    """How people behave while the demonstration runs; whoever goes on from it finds them as they usually are."""
    sandbox.set_habits(habits)
    try:
        yield
    finally:
        sandbox.set_habits(Habits())


def _play(cloud: Cloud, screen: Screen) -> Iterator[Story]:
    aws = ensure_awscli()
    regions = [stage.region for stage in STAGES]
    with on_call_listens(cloud, regions, screen.on_call), watching(cloud, regions) as happenings:
        performance = Performance(screen, happenings, CLOUDS / cloud.name / "demo")
        for stage in STAGES:
            producer = Producer(cloud, stage, aws)
            screen.stage(producer)
            for act in ACTS:
                yield performance.play(producer, act)


def _play_second(cloud: Cloud, screen: Screen, sandbox: SandboxClient) -> ActivationStory:
    """The second act, in the first region: it is as long as people take."""
    stage = STAGES[0]
    with on_call_listens(cloud, [stage.region], screen.on_call), watching(cloud, [stage.region]) as happenings:
        second = SecondAct(screen, happenings, sandbox, CLOUDS / cloud.name / "demo")
        return second.play(Producer(cloud, stage, ensure_awscli()))


def _next_steps(cloud: Cloud, activation: str) -> Iterator[tuple[str, list[str]]]:
    """Commands that work as they stand."""
    stage = STAGES[0]
    producer = Producer(cloud, stage, ensure_awscli())
    extra = fill_in(EXTRA, stage, datetime.now(UTC), CLOUDS / cloud.name / "demo")
    yield (
        "Watch the phones, in another terminal:",
        [f".venv/bin/python -m local.sandbox.phones --url {cloud.sandbox_url}"],
    )
    yield (
        "Page a code team of five on every channel. Send it again: the same id pages nobody twice.",
        [producer.keys, " ".join(producer.command(Priority.STAT, extra.path))],
    )
    yield (
        "See the activation, who came and every delivery, as an operator:",
        [
            environment_of(cloud, stage.region),
            f".venv/bin/statline show {activation} --tenant {stage.tenant}",
        ],
    )
    yield (
        "The cloud runs on. Stop it; what it holds is there again the next time:",
        ["make down" if cloud.name == DEFAULT_NAME else f".venv/bin/python -m local.cloud down{named(cloud)}"],
    )


if __name__ == "__main__":
    sys.exit(main())
