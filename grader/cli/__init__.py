"""Start the command line: `course …`, or `python -m grader.cli …`."""

from __future__ import annotations


def main() -> None:
    """Run the command line."""
    from grader.cli.app import main as run

    run()
