"""Run the sandbox: `python -m local.sandbox --host 127.0.0.1 --port 9100 --data DIR`."""

import argparse
import asyncio
import socket
from pathlib import Path

from local.clock import from_environment
from local.sandbox.app import Sandbox
from local.sandbox.cloud import Cloud, Emulator, NoCloud
from local.sandbox.fcm.oauth import service_account
from local.sandbox.http_server import Server
from local.sandbox.serving import stop_requested


async def serve(host: str, port: int, directory: Path, cloud: Cloud) -> None:
    """Serve until SIGTERM or SIGINT. Prints the address once requests are answered."""
    directory.mkdir(parents=True, exist_ok=True)
    stop = stop_requested()
    port = port or _free_port(host)
    base_url = f"http://{host}:{port}"
    clock = from_environment()
    sandbox = Sandbox(directory, service_account(directory, base_url), cloud, clock)
    server = Server(sandbox.handle, clock)
    await server.start(host, port)
    print(f"sandbox: {base_url} (log and service account in {directory})", flush=True)
    await stop.wait()
    await server.stop()
    sandbox.close()


def _free_port(host: str) -> int:
    with socket.create_server((host, 0)) as probe:
        return int(probe.getsockname()[1])


def main() -> None:
    """Read the command line and serve."""
    parser = argparse.ArgumentParser(
        prog="python -m local.sandbox", description="FCM, SMS and voice providers on loopback."
    )
    parser.add_argument("--host", default="127.0.0.1", help="address to listen on (default: %(default)s)")
    parser.add_argument("--port", type=int, default=0, help="port to listen on (default: any free one, printed)")
    parser.add_argument("--data", type=Path, required=True, help="directory of calls.jsonl and service-account.json")
    parser.add_argument("--cloud", default="", help="the emulator's address, for what comes back to the account")
    parser.add_argument("--certificate", default="", help="the emulator's certificate (goes with --cloud)")
    arguments = parser.parse_args()
    if bool(arguments.cloud) != bool(arguments.certificate):
        parser.error("--cloud and --certificate go together")
    cloud = Emulator(arguments.cloud, arguments.certificate) if arguments.cloud else NoCloud()
    asyncio.run(serve(arguments.host, arguments.port, arguments.data, cloud))


if __name__ == "__main__":
    main()
