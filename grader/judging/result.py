"""The result of judging one hand-in.

The judge makes it, it is sent and stored as text, and the gradebook records it: one form from the judge to the feedback
page.
"""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, field
from typing import Any

from nbformat import NotebookNode, from_dict

from grader.scoring.marks import Mark

JUDGED = ("student", "notes", "rejected", "seconds", "seed", "notebook")  # what is written besides the marks


@dataclass
class Result:
    """The result of one student.

    Attributes, made by the judge:
        student -- the id by which everything of this hand-in is found
        marks -- by exercise, in the notebook's order
        notes -- on the hand-in as a whole
        rejected -- why nothing could be judged, if so
        seconds -- time that judging took
        seed -- of the cases on which its functions were called
        notebook -- text of the rebuilt notebook with the outputs of its cells, without marks; empty once it is
            recorded, so that a thousand results fit into memory

    Attributes, from the gradebook when the result is recorded:
        late -- points lost by being late
        written -- points of written answers, by the cell's id; None if nobody has read one yet
        total -- the points in the gradebook, with manual marks and late penalties; None if it could not be recorded
        reused -- whether the result is from an earlier run on the same hand-in, release and exercises
    """

    student: str
    marks: dict[str, Mark]
    notes: list[str] = field(default_factory=list)
    rejected: str = ""
    seconds: float = 0.0
    seed: int = 0
    notebook: str = ""
    late: float = 0.0
    written: dict[str, float | None] = field(default_factory=dict)
    total: float | None = None
    reused: bool = False

    @property
    def points(self) -> float:
        """The points that the judge gave, before manual marks and late penalties."""
        return round(sum(mark.points for mark in self.marks.values()), 2)

    @property
    def score(self) -> float:
        """The points in the gradebook; the judge's points if the result could not be recorded."""
        return self.points if self.total is None else self.total

    @property
    def unread(self) -> int:
        """The number of written answers that a person must still read."""
        return list(self.written.values()).count(None)

    @property
    def status(self) -> str:
        """ "graded" or "rejected"."""
        return "rejected" if self.rejected else "graded"

    def read_notebook(self) -> NotebookNode:
        """Return the rebuilt notebook with the outputs of its cells."""
        return from_dict(json.loads(self.notebook))

    def to_json(self) -> str:
        """Return what the judge made, as one line of text."""
        marks = {name: asdict(mark) for name, mark in self.marks.items()}
        return json.dumps({"marks": marks, **{name: getattr(self, name) for name in JUDGED}})

    @classmethod
    def from_json(cls, text: str) -> Result:
        """Read what `to_json` has written.

        Raises:
            ValueError, KeyError, TypeError -- for anything else
        """
        data: dict[str, Any] = json.loads(text)
        marks = {name: Mark.from_data(mark) for name, mark in data["marks"].items()}
        return cls(marks=marks, **{name: data[name] for name in JUDGED})
