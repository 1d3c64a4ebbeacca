"""Simulated boards on the command line."""

import argparse
import asyncio
from collections.abc import Iterator
from contextlib import suppress
from itertools import islice
import signal
import sys
import time

from .boards import Board
from .readings import Fault, Frame, channel_names, frames, readings

EXAMPLES = """\
examples:
  scripts/simulate ws://192.168.1.20:8123/api/arduino_sensor/ws/…
  scripts/simulate ws://192.168.1.20:8000/ws/sensor/ --fault nan
  scripts/simulate ws://192.168.1.20:8000/ws/{n}/ --boards 10 --interval 0.5

{n} in an address stands for the number of the board. Without it, and with one
address for several boards, they get in each other's way, as real ones would.
"""


def _positive(text: str) -> float:
    if (number := float(text)) <= 0:
        raise argparse.ArgumentTypeError("must be more than 0")
    return number


def _count(text: str) -> int:
    if (number := int(text)) < 1:
        raise argparse.ArgumentTypeError("must be 1 or more")
    return number


def _parse(arguments: list[str] | None = None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="scripts/simulate",
        description="Play one or more boards that send readings to Home Assistant.",
        epilog=EXAMPLES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    add = parser.add_argument
    add(
        "address",
        nargs="+",
        help="where Home Assistant expects the board, as its dialog shows it"
        " (ws://…); several for several boards",
    )
    add("--boards", type=_count, metavar="N", help="how many boards (one per address)")
    add(
        "--interval",
        type=_positive,
        default=2.0,
        metavar="SECONDS",
        help="time between two readings (2)",
    )
    add(
        "--channels",
        default="temp,distance,red,green,blue",
        metavar="NAMES",
        help="what is sent: names with commas, or how many (%(default)s)",
    )
    add(
        "--fault",
        type=Fault,
        choices=list(Fault),
        help="nan: a loose wire; garbage: every other message is unusable; silence:"
        " nothing after five readings; drop: the connection is lost and made anew",
    )
    add("--count", type=_count, metavar="N", help="end after so many readings")
    add("--seconds", type=_positive, metavar="S", help="end after this time")
    options = parser.parse_args(arguments)
    for address in options.address:
        if not address.startswith(("ws://", "wss://")):
            parser.error(f"an address begins with ws:// or wss://, not so {address}")
    options.channels = channel_names(options.channels)
    if not options.channels:
        parser.error("--channels names none")
    return options


def _boards(options: argparse.Namespace) -> list[Board]:
    number = options.boards or len(options.address)
    width = len(str(number))
    began = time.monotonic()

    def say(name: str, text: str) -> None:
        elapsed = time.monotonic() - began
        print(f"{elapsed:7.1f}  {name}  {text}", flush=True)

    def source(seed: int) -> Iterator[Frame]:
        played = frames(
            readings(options.channels, options.interval, seed), options.fault
        )
        return islice(played, options.count)

    return [
        Board(
            f"board {n:>{width}}",
            options.address[(n - 1) % len(options.address)].replace("{n}", str(n)),
            source(n - 1),
            interval=options.interval,
            say=say,
        )
        for n in range(1, number + 1)
    ]


async def _main(options: argparse.Namespace) -> int:
    boards = _boards(options)
    task = asyncio.gather(*(board.run() for board in boards))
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, task.cancel)
    with suppress(asyncio.CancelledError, TimeoutError):
        async with asyncio.timeout(options.seconds):
            await task
    print(f"{sum(board.sent for board in boards)} messages sent")
    refused = [board.name for board in boards if not board.accepted]
    if refused:
        print(f"Not accepted: {', '.join(refused)}", file=sys.stderr)
    return 1 if refused else 0


if __name__ == "__main__":
    sys.exit(asyncio.run(_main(_parse())))
