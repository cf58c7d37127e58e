"""The paths of the course and of its working folder."""

from __future__ import annotations

import os
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
# Git-ignored: nbgrader's folders, the gradebook, answer keys, the learner's record.
FOLDER = Path(os.environ.get("COURSE_FOLDER") or ROOT / ".course")
