"""The data about an assignment that a grading run needs."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, field

import nbformat
from nbformat import NotebookNode

from grader.sandbox.limits import Limits
from grader.scoring.answer_key import AnswerKey, draw, read_key
from grader.spec.exercise import Assignment


@dataclass(frozen=True)
class Rulebook:
    """Everything that judging needs, as text and numbers, so that a worker without the solutions can judge.

    Attributes:
        released -- the notebook as students got it
        key -- the hidden cases, drawn for this run
        lent -- by exercise, the text of the references that take the place of wrong helpers
        figures -- whether given cells that only show something are run as well, for the feedback pages
    """

    released: NotebookNode
    key: AnswerKey
    lent: dict[str, str]
    limits: Limits = field(default_factory=Limits)
    sandboxed: bool = True
    figures: bool = False

    @classmethod
    def draw(
        cls,
        assignment: Assignment,
        released: NotebookNode,
        seed: int,
        limits: Limits | None = None,
        sandboxed: bool = True,
    ) -> Rulebook:
        """Make a rulebook with newly drawn hidden cases, for one grading run."""
        return cls.with_key(draw(assignment, seed), assignment, released, limits, sandboxed)

    @classmethod
    def with_key(
        cls,
        key: AnswerKey,
        assignment: Assignment,
        released: NotebookNode,
        limits: Limits | None = None,
        sandboxed: bool = True,
    ) -> Rulebook:
        """Make a rulebook with a key that has been drawn already."""
        lent = {name: assignment.standalone(one.uses) for name, one in assignment.exercises.items()}
        return cls(released, key, lent, limits or Limits(), sandboxed)

    def to_json(self) -> str:
        """Return everything as text, for a worker."""
        rest = {name: getattr(self, name) for name in ("released", "lent", "sandboxed", "figures")}
        return json.dumps({"key": asdict(self.key), "limits": asdict(self.limits), **rest})

    @classmethod
    def from_json(cls, text: str) -> Rulebook:
        """Read what `to_json` has written."""
        data = json.loads(text)
        key, limits = read_key(data.pop("key")), Limits(**data.pop("limits"))
        return cls(released=nbformat.from_dict(data.pop("released")), key=key, limits=limits, **data)
