"""Write the stubs of a new exercise into its four rooms: notebook, solution, declaration and test."""

from __future__ import annotations

import keyword
from pathlib import Path

from grader.base.assignments import NAME, names
from grader.base.errors import CourseError
from grader.base.files import write_atomically
from grader.base.paths import ROOT
from grader.spec import registry

HEADER = """---
jupytext:
  text_representation:
    extension: .md
    format_name: myst
    format_version: 0.13
kernelspec:
  display_name: Python 3
  language: python
  name: python3
---

# {assignment}

What it is about, in a paragraph.

| | |
|---|---|
| **You will be able to** | … |
| **Time** | … |
| **Needs** | … |

```{{code-cell}} ipython3
:tags: [setup]

import numpy as np

from grader import check, hint, progress
```
"""

CELL = """
## {name}

Why it is needed, and what it does.

```{{code-cell}} ipython3
:exercise: {name}
```
"""

REFERENCE = '''

def {name}({parameters}):
    """Say what it does.

    Arguments:
{described}

    Returns:
        array (m, n)
    """
    ### BEGIN SOLUTION
    raise NotImplementedError
    ### END SOLUTION
'''

DECLARATION = '''"""What is asked of `{name}`."""

from grader.spec import draw
from grader.spec.case import case
from grader.spec.exercise import Exercise
from grader.spec.wrong import ignoring
from solutions.{assignment} import {name}

exercise = Exercise(
    {name},
    points=5,
    hints=[
        "A first clue.",
        "Nearly the answer.",
    ],
)


@exercise.cases
def cases(rng):
    {first} = draw.normal(rng, *draw.sides(rng))
    yield case("what is special about it", {first})


exercise.also("single precision", "whole numbers")

exercise.slip("one mistake", lambda {parameters}: {name}({handed_on}) + 1, "Where to look, without the answer?")
exercise.slip("another one", ignoring({last}=0), "Where to look, without the answer?")
'''

TEST = """

def test_{name}_on_a_case_worked_by_hand():
    raise NotImplementedError("import {name} at the top; write a small case here, with what must come out")
"""


class NotNew(CourseError):
    """Signals that stubs cannot be written; the message says why."""


def write(assignment: str, name: str, parameters: str = "x") -> list[Path]:
    """Write the stubs of an exercise; those of the assignment too, if it is new.

    Arguments:
        parameters -- of the function, as in its definition: "x, slope=0.1"

    Returns:
        the files that were written or extended

    Raises:
        NotNew -- with the reason
    """
    _require_new(assignment, name)
    plain = [part.split("=")[0].split(":")[0].strip() for part in parameters.split(",")]
    if not all(one.isidentifier() for one in plain):
        raise NotNew(f'{parameters!r} are not parameters of a function: write them as in "x, slope=0.1".')
    words = {
        "assignment": assignment,
        "name": name,
        "parameters": parameters,
        "described": "\n".join(f"        {one} -- …" for one in plain),
        "first": plain[0],
        "last": plain[-1],
        "handed_on": ", ".join(plain),
    }
    folder = ROOT / "grader" / "exercises" / assignment
    rooms = {
        ROOT / "notebooks" / assignment / f"{assignment}.md": (HEADER, CELL),
        ROOT / "solutions" / f"{assignment}.py": (
            '"""The reference functions of assignment `{assignment}`."""\n\nimport numpy as np\n',
            REFERENCE,
        ),
        folder / "__init__.py": ('"""What is asked of each function of assignment `{assignment}`."""\n', ""),
        folder / "variants" / "__init__.py": ('"""Other right solutions of the functions of `{assignment}`."""\n', ""),
        folder / f"{name}.py": (DECLARATION, ""),
        ROOT / "tests" / f"test_{assignment}.py": (
            '"""The reference functions of `{assignment}` against hand-worked cases and other oracles."""\n',
            TEST,
        ),
    }
    written = []
    for path, (start, addition) in rooms.items():
        before = path.read_text(encoding="utf-8") if path.exists() else start.format(**words)
        after = before + addition.format(**words)
        if not path.exists() or after != before:
            write_atomically(path, after)
            written.append(path)
    return written


def _require_new(assignment: str, name: str) -> None:
    if not NAME.fullmatch(assignment):
        raise NotNew(f"{assignment!r} is not the name of an assignment: w<week>_<topic>, such as w5_rcnn.")
    if not name.isidentifier() or keyword.iskeyword(name) or name.startswith("_"):
        raise NotNew(f"{name!r} is not the name of a function.")
    if name in ("shared", "variants"):
        raise NotNew(f"{name!r} is the name of something else in grader/exercises/{assignment}: take another one.")
    for other in names():
        if name in registry.functions(other):
            raise NotNew(f"There is a function {name} already, in {other}: progress is recorded by a function's name.")
