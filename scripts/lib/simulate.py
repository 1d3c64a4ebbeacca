"""Simulated boards on the command line."""

import argparse
import asyncio
from collections.abc import Callable, Iterator
from contextlib import suppress
from itertools import islice
from pathlib import Path
import re
import signal
import sys
import time
from urllib.parse import urlsplit

from .boards import Board
from .client import WS_PATH, Client, Options
from .device import Device, introduction
from .keys import KeyStore, secret_bytes
from .play_native import AT_ITS_PINS, Wishes, check_key_file, play
from .readings import Fault, Frame, channel_names, frames, readings
from .replay import Recording, read_recording

EXAMPLES = f"""\
examples:
  scripts/simulate ws://192.168.1.20:8123                             (with a key)
  scripts/simulate ws://192.168.1.20:8123 --boards 5 --secret …       (enrolled)
  scripts/simulate ws://192.168.1.20:8123/api/arduino_sensor/ws/…     (with a token)
  scripts/simulate ws://192.168.1.20:8000/ws/sensor/ --fault nan      (fixed address)
  scripts/simulate ws://192.168.1.20:8000/ws/{{n}}/ --boards 10 --interval 0.5
  scripts/simulate ws://192.168.1.20:8000/ws/sensor/ --replay download.json --speed 10
  scripts/simulate --native                                    (the boards' library)

A board with a key has sensors, lights, a relay and more to control. It prints the code
with which it is added under Settings > Devices & services > Discovered.

{{n}} in an address stands for the number of the board. Without it, and with one
address for several boards, they get in each other's way, as real ones would.

--native runs what runs on a board: the library in firmware/, compiled with g++ for this
machine. Without an address it searches the network for Home Assistant. Its readings
move by themselves until you type what is at its pins:

{AT_ITS_PINS}

It keeps what it measures while it has no connection, as long as nobody restarts it. Have
its Wi-Fi go (--outage, or wifi 0), stop Home Assistant for a while, or restart the board,
and see in the history what came of it.
"""

# What only those boards know that have no key, and that have one.
PLAIN = ("--channels", "--fault", "--replay", "--speed")
KEYED = ("--name", "--id", "--secret", "--key-file", "--sleeps", "--lose-results")

type Say = Callable[[str, str], None]


def is_keyed(address: str) -> bool:
    """Tell whether an address is the one for all boards with keys."""
    path = urlsplit(address).path
    return not path or path.rstrip("/").endswith(WS_PATH)


def _positive(text: str) -> float:
    if (number := float(text)) <= 0:
        raise argparse.ArgumentTypeError("must be more than 0")
    return number


def _count(text: str) -> int:
    if (number := int(text)) < 1:
        raise argparse.ArgumentTypeError("must be 1 or more")
    return number


def _board_id(text: str) -> str:
    if not re.fullmatch("[a-z0-9_-]{1,32}", text):
        raise argparse.ArgumentTypeError("has 1 to 32 of a-z, 0-9, _ and -")
    return text


def _secret(text: str) -> str:
    # A ValueError would have argparse repeat the secret.
    try:
        secret_bytes(text)
    except ValueError as err:
        raise argparse.ArgumentTypeError(str(err)) from None
    return text


def _recording(text: str) -> Recording:
    try:
        return read_recording(Path(text))
    except ValueError as err:
        raise argparse.ArgumentTypeError(str(err)) from None


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="scripts/simulate",
        description="Play one or more boards that send readings to Home Assistant.",
        epilog=EXAMPLES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    add = parser.add_argument
    add(
        "address",
        nargs="*",
        help="where Home Assistant expects the board, as its dialog shows it"
        " (ws://…); several for several boards. Without a path, or with"
        f" {WS_PATH}, it is for boards with keys",
    )
    add(
        "--boards",
        type=_count,
        metavar="N",
        help="how many boards (one per address; of those with a key and no --secret, 4)",
    )
    add(
        "--interval",
        type=_positive,
        default=2.0,
        metavar="SECONDS",
        help="time between two readings (2)",
    )
    add("--count", type=_count, metavar="N", help="end after so many readings")
    add("--seconds", type=_positive, metavar="S", help="end after this time")
    add(
        "--native",
        action="store_true",
        help="one board that is the boards' own library, compiled for this machine",
    )
    add(
        "--outage",
        type=_positive,
        nargs=2,
        metavar=("AFTER", "SECONDS"),
        help="of a --native board: its Wi-Fi is away for so long, after so many seconds",
    )

    plain = parser.add_argument_group("boards with a token or a fixed address")
    add = plain.add_argument
    add(
        "--channels",
        metavar="NAMES",
        help="what is sent: names with commas, or how many (temp,distance,red,green,"
        "blue)",
    )
    add(
        "--fault",
        type=Fault,
        choices=list(Fault),
        help="nan: a loose wire; garbage: every other message is unusable; silence:"
        " nothing after five readings; drop: the connection is lost and made anew",
    )
    add(
        "--replay",
        type=_recording,
        metavar="FILE",
        help="send what a board has sent, from a diagnostics download, once",
    )
    add(
        "--speed",
        type=_positive,
        metavar="FACTOR",
        help="how many times as fast it is replayed (1)",
    )

    keyed = parser.add_argument_group("boards with a key")
    add = keyed.add_argument
    add(
        "--keyed",
        action="store_true",
        help="insist on it: an address with any other path is an error",
    )
    add("--name", metavar="NAME", help="what it is called")
    add("--id", type=_board_id, metavar="ID", help="who it is (simulated; or native)")
    add(
        "--secret",
        type=_secret,
        metavar="SECRET",
        help="that of “Add several boards”: then no code is typed",
    )
    add(
        "--key-file",
        type=Path,
        metavar="FILE",
        help="keep the key here; without it, the board has to be added at each start",
    )
    add("--sleeps", action="store_true", help="it is connected only while it reports")
    add(
        "--lose-results",
        action="store_true",
        help="the first answer to each command does not arrive",
    )
    return parser


def parse(arguments: list[str] | None = None) -> argparse.Namespace:
    """Return what the command line says; end the program if that makes no sense."""
    parser = _parser()
    options = parser.parse_args(arguments)
    if options.native:
        return _check_native(parser, options)
    if options.outage:
        parser.error("--outage goes with --native: other boards keep no readings")
    if not options.address:
        parser.error("an address is missing: where is Home Assistant?")
    for address in options.address:
        if not address.startswith(("ws://", "wss://")):
            parser.error(f"an address begins with ws:// or wss://, not so {address}")
        if is_keyed(address) != is_keyed(options.address[0]):
            parser.error("boards with keys and boards without need a start each")
    keyed = is_keyed(options.address[0])
    if options.keyed and not keyed:
        parser.error(f"the address for boards with keys ends in {WS_PATH}")
    options.keyed = keyed
    for option in PLAIN if keyed else KEYED:
        if _value(options, option):
            kind = "without a key" if keyed else f"with a key (…{WS_PATH})"
            parser.error(f"{option} is for boards {kind}")
    options.channels = channel_names(options.channels or "temp,distance,red,green,blue")
    if not options.channels:
        parser.error("--channels names none")
    _check_replay(parser, options)
    number = options.boards = options.boards or len(options.address)
    if keyed and number > 1 and len(f"{options.id or ''}-{number}") > 32:
        parser.error("--id is too long for so many boards: each adds its number")
    try:
        options.keys = KeyStore(options.key_file)
    except (ValueError, OSError) as err:
        parser.error(f"argument --key-file: {err}")
    return options


def _value(options: argparse.Namespace, option: str) -> object:
    value: object = getattr(options, option[2:].replace("-", "_"))
    return value


def _check_native(
    parser: argparse.ArgumentParser, options: argparse.Namespace
) -> argparse.Namespace:
    for option in (*PLAIN, "--keyed", "--sleeps", "--lose-results", "--count"):
        if _value(options, option):
            parser.error(f"{option} does not go with --native")
    if len(options.address) > 1 or (options.boards or 1) > 1:
        parser.error("--native is one board")
    url = urlsplit(options.address[0] if options.address else "")
    if options.address and (url.scheme != "ws" or not url.hostname):
        parser.error(
            "the address of --native begins with ws://, as in ws://192.168.1.20:8123"
        )
    if not (options.interval.is_integer() and options.interval <= 3600):
        parser.error("--interval of --native is in whole seconds, at most 3600")
    try:
        if options.key_file is not None:
            check_key_file(options.key_file)
        port = url.port
    except ValueError as err:
        parser.error(str(err))
    options.wishes = Wishes(
        id=options.id or "native",
        name=options.name or "Native board",
        interval=int(options.interval),
        seconds=options.seconds,
        host=url.hostname,
        port=port or 80 if url.hostname else None,
        path=None if is_keyed(url.geturl()) else url.path,
        secret=options.secret,
        key_file=options.key_file,
        outage=options.outage and tuple(options.outage),
    )
    return options


def _check_replay(parser: argparse.ArgumentParser, options: argparse.Namespace) -> None:
    if options.replay is None:
        if options.speed is not None:
            parser.error("--speed goes with --replay")
        return
    if len(options.address) > 1 or options.boards:
        parser.error("--replay is for one board")
    if options.fault or options.count:
        parser.error("--replay goes neither with --fault nor with --count")


def _plain_boards(options: argparse.Namespace, say: Say) -> list[Board]:
    def source(seed: int) -> Iterator[Frame]:
        if options.replay is not None:
            recording: Recording = options.replay
            return recording.frames(options.speed or 1.0)
        played = frames(
            readings(options.channels, options.interval, seed), options.fault
        )
        return islice(played, options.count)

    return [
        Board(
            name,
            address,
            source(n),
            interval=0 if options.replay is not None else options.interval,
            say=say,
        )
        for n, (name, address) in enumerate(_names_and_addresses(options))
    ]


def _keyed_boards(options: argparse.Namespace, say: Say) -> list[Client]:
    def show_code(name: str, code: str) -> None:
        say(name, f"waits to be added. Its code: {_bold(code)}")

    behaviour = Options(
        interval=options.interval,
        readings=options.count,
        sleeps=options.sleeps,
        loses_results=options.lose_results,
    )
    secret = None if options.secret is None else secret_bytes(options.secret)
    boards = []
    for n, (name, address) in enumerate(_names_and_addresses(options), 1):
        number = f"{n}" if options.boards > 1 else ""
        hello = introduction(
            "-".join(filter(None, (options.id or "simulated", number))),
            f"{options.name or 'Simulated board'} {number}".rstrip(),
        )
        if not urlsplit(address).path:
            address += WS_PATH
        sensors = readings(("temp", "distance"), options.interval, n - 1)
        boards.append(
            Client(
                name,
                address,
                hello,
                Device(sensors),
                options.keys,
                options=behaviour,
                secret=secret,
                say=say,
                on_code=show_code,
            )
        )
    return boards


def _names_and_addresses(options: argparse.Namespace) -> Iterator[tuple[str, str]]:
    width = len(str(options.boards))
    for n in range(1, options.boards + 1):
        address = options.address[(n - 1) % len(options.address)]
        yield f"board {n:>{width}}", address.replace("{n}", str(n))


def _bold(text: str) -> str:
    return f"\033[1m{text}\033[0m" if sys.stdout.isatty() else text


async def main(options: argparse.Namespace) -> int:
    """Play the boards; return the exit code."""
    began = time.monotonic()

    def say(name: str, text: str) -> None:
        elapsed = time.monotonic() - began
        print(f"{elapsed:7.1f}  {name}  {text}", flush=True)

    if options.native:
        if options.key_file is None:
            print("Its key is forgotten at the end; --key-file FILE keeps it.")
        return await play(options.wishes, lambda line: say("board", line))
    boards: list[Board] | list[Client]
    if options.keyed:
        boards = _keyed_boards(options, say)
        if options.key_file is None:
            print("Keys are forgotten at the end; --key-file FILE keeps them.")
        if options.secret is None:
            print("To add a board: Settings > Devices & services > Discovered.")
    else:
        boards = _plain_boards(options, say)
    task = asyncio.gather(*(board.run() for board in boards))
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, task.cancel)
    with suppress(asyncio.CancelledError, TimeoutError):
        async with asyncio.timeout(options.seconds):
            await task
    summary = f"{sum(board.sent for board in boards)} messages sent"
    if options.replay is not None:
        summary += f", {options.replay.skipped} of the handshake skipped"
    print(summary)
    refused = [board.name for board in boards if not board.accepted]
    if refused:
        print(f"Not accepted: {', '.join(refused)}", file=sys.stderr)
    return 1 if refused else 0


if __name__ == "__main__":
    sys.exit(asyncio.run(main(parse())))
