"""`python -m grader.cli …` is `course …`."""

from grader.cli import main

main()
