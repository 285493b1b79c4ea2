"""Watch the phones: `python -m local.sandbox.phones --url http://127.0.0.1:9100` prints a line for each arrival."""

import argparse
from datetime import datetime

import urllib3
from rich.console import Console
from rich.text import Text

from local.sandbox.client import SandboxClient
from local.sandbox.records import ChannelName, Received

_CHANNELS: dict[ChannelName, tuple[str, str]] = {
    "push": ("✉ push ", "cyan"),
    "sms": ("✎ sms  ", "green"),
    "voice": ("☎ voice", "magenta"),
}
_PHONE_WIDTH = 24
_WAIT_SECONDS = 20


def line(received: Received) -> Text:
    """One arrival on one line: time, phone, channel, sender, and what the screen shows or the call says."""
    label, style = _CHANNELS[received.channel]
    at = datetime.fromtimestamp(received.at).astimezone().strftime("%H:%M:%S.%f")[:-3]
    shown = ": ".join(part for part in (received.title, received.body) if part) or _attributes(received)
    return Text.assemble(
        (at, "dim"),
        "  ",
        (_short(received.phone).ljust(_PHONE_WIDTH), "bold"),
        (f"  {label}  ", style),
        (f"{received.sender}  ", "dim"),
        " ".join(shown.split()),
        (f"  [{received.urgency}]" if received.urgency else "", "yellow"),
    )


def _attributes(received: Received) -> str:
    return ", ".join(f"{name}={value}" for name, value in received.data.items())


def _short(phone: str) -> str:
    return phone if len(phone) <= _PHONE_WIDTH else f"{phone[:12]}…{phone[-(_PHONE_WIDTH - 13) :]}"


def follow(client: SandboxClient, console: Console, after: int) -> None:
    """Print arrivals beyond a position until interrupted."""
    while True:
        for received in client.arrivals(after, wait_seconds=_WAIT_SECONDS):
            console.print(line(received), soft_wrap=True, highlight=False)
            after = received.seq


def main() -> None:
    """Read the command line and follow the phones."""
    parser = argparse.ArgumentParser(prog="python -m local.sandbox.phones", description="What the phones got, live.")
    parser.add_argument("--url", default="http://127.0.0.1:9100", help="the sandbox (default: %(default)s)")
    parser.add_argument("--after", type=int, default=0, help="skip this many arrivals (default: show all)")
    arguments = parser.parse_args()
    console = Console()
    try:
        follow(SandboxClient(arguments.url), console, arguments.after)
    except KeyboardInterrupt:
        return
    except urllib3.exceptions.HTTPError as problem:
        parser.exit(1, f"No sandbox answers at {arguments.url}: {problem}. Is it running?\n")


if __name__ == "__main__":
    main()
