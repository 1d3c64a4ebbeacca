"""How the scripts speak: as setup.sh does."""

import sys


def _style(code: str) -> str:
    return f"\033[{code}m" if sys.stderr.isatty() else ""


def say(text: str) -> None:
    """Announce a step."""
    _print(f"{_style('1')}==>{_style('0')} {text}")


def detail(text: str) -> None:
    """Add something to the step."""
    _print(f"    {_style('2')}{text}{_style('0')}")


def fail(text: str, advice: str = "") -> None:
    """Say what went wrong, and what to do next."""
    _print(f"{_style('31')}Error:{_style('0')} {text}")
    if advice:
        _print(f"       {advice}")


def _print(text: str) -> None:
    print(text, file=sys.stderr, flush=True)
