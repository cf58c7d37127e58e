"""Updating: a learner's work and a new release brought together, by git and from copies, and nothing lost on any way."""

import os
import re
import shutil
import stat
import subprocess
import sys
import zipfile
from copy import deepcopy

import nbformat
import pytest
from conftest import forall
from hypothesis import strategies as st
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output

from grader.audit import sample_hand_ins
from grader.base.assignments import names
from grader.base.paths import ROOT
from grader.student.update import archive, course_update
from grader.student.update.archive import NoCourse
from grader.student.update.course_update import NotUpdated, remember
from grader.student.update.git import GitFailed
from grader.student.update.merge import merge
from grader.submission import notebook_file
from grader.submission.cells import is_answer, is_extra, is_unwritten
from grader.submission.rebuilding import rebuild

STUB = 'def {name}(x):\n    """{text}"""\n    # YOUR CODE HERE\n    raise NotImplementedError'
SOLUTION = {"nbgrader": {"grade": False, "solution": True, "locked": False, "schema_version": 3, "task": False}}


def stub(name, text="Do it."):
    metadata = {"nbgrader": {**SOLUTION["nbgrader"], "grade_id": name}}
    return new_code_cell(STUB.format(name=name, text=text), id=name, metadata=metadata)


def question(name, text="Why?"):
    metadata = {"nbgrader": {**SOLUTION["nbgrader"], "grade": True, "points": 5, "grade_id": f"answer_{name}"}}
    return new_markdown_cell(f"{text} YOUR ANSWER HERE", id=f"answer_{name}", metadata=metadata)


def release():
    return new_notebook(
        cells=[
            new_markdown_cell("# Title\n\nOne two three four five six.", id="markdown-1"),
            new_code_cell("import numpy as np\nfirst = np.arange(10)", id="code-1", metadata={"tags": ["setup"]}),
            stub("pad"),
            new_code_cell("check(pad)", id="check_pad", metadata={"nbgrader": {"grade_id": "check_pad"}}),
            new_code_cell("shown = pad(first)\nprint(shown)", id="code-2"),
            stub("pool"),
            new_code_cell("progress()", id="code-3"),
            question("why"),
            new_code_cell("progress()", id="code-3-2"),
        ]
    )


def cell_of(notebook, identity):
    return next(cell for cell in notebook.cells if cell.id == identity)


def sources(notebook):
    return [cell.source for cell in notebook.cells]


def notes(notebook):
    return [cell.source for cell in notebook.cells if cell.source.startswith("**Update:**")]


def test_work_stays_and_the_rest_is_the_new_release():
    base, new, mine = release(), release(), release()
    new.cells[0].source = "# Title\n\nOne two three four five seven."
    new.cells[0].id = "markdown-1b"
    new.cells.insert(4, new_markdown_cell("A new thought.", id="markdown-2"))
    cell_of(new, "code-1").metadata["tags"] = ["setup", "long"]
    cell_of(mine, "pad").source = "def pad(x):\n    return 7"
    cell_of(mine, "answer_why").source = "Because."
    seen = cell_of(mine, "code-1")
    seen.outputs, seen.execution_count = [new_output("stream", text="seen\n")], 4
    seen.metadata["collapsed"] = True
    mine.metadata["kernelspec"] = {"name": "convnets-gpu", "display_name": "GPU"}
    mine.cells.insert(3, new_code_cell("pad(3)", id="mine-1"))
    mine.cells.insert(4, new_markdown_cell("It is 7.", id="mine-2"))
    merged, conflicts = merge(base, new, mine)
    assert conflicts == [] and notes(merged) == []
    wanted = [cell.id for cell in new.cells]
    wanted[wanted.index("pad") + 1 : wanted.index("pad") + 1] = ["mine-1", "mine-2"]
    assert [cell.id for cell in merged.cells] == wanted
    assert cell_of(merged, "markdown-1b").source == new.cells[0].source
    assert cell_of(merged, "pad").source == "def pad(x):\n    return 7"
    assert cell_of(merged, "answer_why").source == "Because."
    shown = cell_of(merged, "code-1")
    assert (shown.outputs, shown.execution_count) == (seen.outputs, 4)
    assert shown.metadata == {"tags": ["setup", "long"], "collapsed": True}
    assert merged.metadata.kernelspec.name == "convnets-gpu"


def test_what_both_have_changed_is_shown_below_the_learners_version():
    base, new, mine = release(), release(), release()
    cell_of(new, "pad").source = STUB.format(name="pad", text="Do it well.")
    cell_of(new, "answer_why").source = "How? YOUR ANSWER HERE"
    cell_of(new, "code-2").source = "shown = pad(first)\nprint(shown, 2)"
    cell_of(new, "code-1").source = "import numpy as np\nfirst = np.arange(12)"
    cell_of(mine, "pad").source = "def pad(x):\n    return 7"
    cell_of(mine, "answer_why").source = "Because."
    cell_of(mine, "code-2").source = "shown = pad(first)\nprint(shown, 1)"
    merged, conflicts = merge(base, new, mine)
    assert [one.cell for one in conflicts] == ["pad", "“shown = pad(first)”", "answer_why"]
    assert cell_of(merged, "code-1").source == cell_of(new, "code-1").source
    for identity, old, now in (
        ("pad", '    """Do it."""', '    """Do it well."""'),
        ("code-2", "print(shown)", "print(shown, 2)"),
        ("answer_why", "Why? YOUR ANSWER HERE", "How? YOUR ANSWER HERE"),
    ):
        place = [cell.id for cell in merged.cells].index(identity)
        assert merged.cells[place].source == cell_of(mine, identity).source
        note = merged.cells[place + 1]
        assert note.cell_type == "markdown" and "nbgrader" not in note.metadata
        assert re.fullmatch(r"\*\*Update:\*\* .+\n\n```diff\n@@[^`]+\n```\n\nDelete this cell.+", note.source)
        assert f"-{old}\n" in note.source and f"+{now}\n" in note.source


def test_what_the_course_drops_is_kept_where_it_is_the_learners():
    base, new, mine = release(), release(), release()
    new.cells = [cell for cell in new.cells if cell.id not in ("pad", "check_pad", "code-2", "pool")]
    cell_of(mine, "pad").source = "def pad(x):\n    return 7"
    merged, (conflict,) = merge(base, new, mine)
    kept = merged.cells[2]
    assert (kept.id, kept.source) == ("pad", "def pad(x):\n    return 7") and "nbgrader" not in kept.metadata
    assert merged.cells[3].source.startswith("**Update:** the course no longer has `pad`")
    assert [cell.id for cell in merged.cells[4:]] == ["code-3", "answer_why", "code-3-2"]
    assert conflict.cell == "pad"


def test_a_fence_in_a_change_does_not_end_the_note():
    base, new, mine = release(), release(), release()
    new.cells[0].source += "\n```python\nx\n```"
    mine.cells[0].source += " Mine."
    merged, _ = merge(base, new, mine)
    assert "\n````diff\n" in merged.cells[1].source and "\n````\n" in merged.cells[1].source


def test_a_function_that_was_written_into_another_cell_is_found():
    base, new, mine = release(), release(), release()
    mine.cells[2:3] = [new_markdown_cell("Mine:", id="m"), new_code_cell("def pad(x):\n    return 7", id="n")]
    merged, conflicts = merge(base, new, mine)
    assert conflicts == []
    assert cell_of(merged, "pad").source == "def pad(x):\n    return 7"
    assert sum("def pad" in cell.source for cell in merged.cells) == 1
    mine = release()
    mine.cells.insert(4, new_code_cell("def pad(x):\n    return 7", id="n"))
    cell_of(new, "pad").source = STUB.format(name="pad", text="Do it well.")
    merged, (conflict,) = merge(base, new, mine)
    assert conflict.cell == "pad"
    assert cell_of(merged, "pad").source == cell_of(new, "pad").source
    assert cell_of(merged, "n").source == "def pad(x):\n    return 7"


def test_a_notebook_that_has_lost_its_ids_is_matched_by_its_texts():
    base, new, mine = release(), release(), release()
    cell_of(new, "pool").source = STUB.format(name="pool", text="Do it well.")
    cell_of(mine, "pad").source = "def pad(x):\n    return 7"
    mine.cells.append(new_code_cell("mine = 1"))
    for cell in mine.cells:
        del cell["id"]
        cell.metadata.pop("nbgrader", None)
    mine.nbformat_minor = 4
    merged, conflicts = merge(base, new, mine)
    assert conflicts == []
    assert [cell.id for cell in merged.cells] == [cell.id for cell in new.cells] + ["mine"]
    assert cell_of(merged, "pad").source == "def pad(x):\n    return 7"
    nbformat.validate(merged)


def test_an_answer_is_kept_even_where_the_release_is_taken_to_have_it():
    new, mine = release(), release()
    cell_of(mine, "pad").source = "def pad(x):\n    return 7"
    merged, _ = merge(deepcopy(mine), new, mine)
    assert cell_of(merged, "pad").source == "def pad(x):\n    return 7"


@pytest.mark.parametrize("name", names())
def test_every_answer_of_a_release_says_that_it_is_to_be_written(name):
    """By this an answer is known to be the learner's."""
    book = nbformat.read(ROOT / "notebooks" / name / f"{name}.ipynb", 4)
    answers = [cell for cell in book.cells if is_answer(cell)]
    assert answers and all(is_unwritten(cell.source) for cell in answers)


PLACES = st.integers(0, len(release().cells))
NEXT_VERSIONS = {
    "reworded": lambda cell, number: cell.update(source=f"{cell.source} # v{number}", id=f"{cell.id[:20]}-v{number}"),
    "rewritten": lambda cell, number: cell.update(source=f"other words entirely: {number}", id=f"new-{number}"),
    "stub changed": lambda cell, number: cell.update(source=cell.source.replace("Do it.", f"Do it {number} times.")),
}
BY_RELEASE = st.dictionaries(PLACES, st.sampled_from(["reworded", "rewritten", "stub changed", "dropped", "preceded"]))
BY_LEARNER = st.dictionaries(PLACES, st.sampled_from(["edited", "deleted", "code below", "text below", "copied"]))


def next_release(changes):
    new = release()
    cells = []
    for place, cell in enumerate(new.cells):
        change = changes.get(place, "")
        is_named = "nbgrader" in cell.metadata
        if change == "preceded":
            cells.append(new_markdown_cell(f"New before {place}.", id=f"before-{place}"))
        if change in NEXT_VERSIONS and (is_named == (change == "stub changed")):
            NEXT_VERSIONS[change](cell, place)
        if change != "dropped":
            cells.append(cell)
    new.cells = cells
    return new


def worked(changes):
    mine = release()
    cells = []
    for place, cell in enumerate(mine.cells):
        change = changes.get(place, "")
        if change == "edited":
            cell.source = f"mine {place}: a long text of the learner's own"
        if change != "deleted":
            cells.append(cell)
        if change.endswith("below"):
            make = new_code_cell if change == "code below" else new_markdown_cell
            cells.append(make(f"added {place}", id=f"added-{place}"))
        if change == "copied":
            cells.append(deepcopy(cell))
    mine.cells = cells
    return mine


@forall(300, BY_RELEASE, BY_LEARNER)
def test_nothing_of_either_side_is_lost_in_any_merge(by_release, by_learner):
    base, new, mine = release(), next_release(by_release), worked(by_learner)
    before = deepcopy((base, new, mine))
    merged, conflicts = merge(base, new, mine)
    assert (base, new, mine) == before
    nbformat.validate(merged)
    # Of the learner's: every text that is not simply the old release's.
    given = sources(base)
    for source in sources(mine):
        assert source in given or sources(merged).count(source) == sources(mine).count(source)
    # Of the release's: every cell, in order, in its own words unless the learner has edited it.
    released = [cell for cell in merged.cells if cell.id in {one.id for one in new.cells}]
    assert [cell.id for cell in released] == [cell.id for cell in new.cells]
    own = [source for source in sources(mine) if source not in given]
    for cell, asked in zip(released, new.cells, strict=True):
        assert cell.source == asked.source or cell.source in own
        assert cell.metadata.get("nbgrader") == asked.metadata.get("nbgrader")
    # And it is done once.
    assert len(notes(merged)) == len(conflicts)
    assert merge(new, new, merged) == (merged, [])
    if "copied" not in by_learner.values():  # what is known of the release may be out of date
        assert merge(base, new, merged) == (merged, [])


def test_a_merged_notebook_is_handed_in_as_before(released, assignment):
    mine = sample_hand_ins.solved(released, assignment)
    sample_hand_ins.add_cell(mine, "extra = 1", place=10)
    new = deepcopy(released)
    new.cells[0].source += " More."
    new.cells[0].id = "markdown-new"
    cell_of(new, "zero_pad").source = cell_of(new, "zero_pad").source.replace("pad -- ", "pad -- an ")
    merged, conflicts = merge(released, new, mine)
    assert [one.cell for one in conflicts] == ["zero_pad"]
    rebuilt, told = rebuild(new, notebook_file.parse(nbformat.writes(merged).encode()))
    assert told == []
    for name in assignment.exercises:
        assert cell_of(rebuilt, name).source == assignment.exercises[name].source()
    assert [cell.source for cell in rebuilt.cells if is_extra(cell)] == ["extra = 1"]


SHELL = {**os.environ, "GIT_CONFIG_GLOBAL": os.devnull, "GIT_CONFIG_SYSTEM": os.devnull}


def git(folder, *arguments):
    who = ["-c", "user.name=Ada", "-c", "user.email=ada@example.org", "-c", "init.defaultBranch=main"]
    done = subprocess.run(["git", *who, *arguments], cwd=folder, capture_output=True, text=True, env=SHELL)
    assert done.returncode == 0, done.stderr
    return done.stdout


def put(root, name, notebook):
    path = root / "notebooks" / name / f"{name}.ipynb"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(nbformat.writes(notebook) + "\n")
    return path


def fill(root):
    """A course as small as can be."""
    (root / "grader").mkdir(parents=True)
    (root / "grader" / "__init__.py").write_text("VERSION = 1\n")
    (root / "README.md").write_text("# Course\n")
    (root / ".gitignore").write_text(".course/\n")
    (root / "notebooks" / "w1").mkdir(parents=True)
    (root / "notebooks" / "w1" / "w1.md").write_text("# Prose\n")
    for name in ("w1", "w2"):
        put(root, name, release())


@pytest.fixture
def upstream(tmp_path):
    """Where the course is made."""
    root = tmp_path / "upstream"
    fill(root)
    git(root, "init", "--quiet")
    git(root, "add", ".")
    git(root, "commit", "--quiet", "-m", "first")
    return root


@pytest.fixture
def clone(upstream, tmp_path):
    """A learner's clone, with work in w1."""
    root = tmp_path / "clone"
    git(tmp_path, "clone", "--quiet", "--bare", "upstream", "remote.git")
    git(upstream, "remote", "add", "origin", str(tmp_path / "remote.git"))
    git(tmp_path, "clone", "--quiet", "remote.git", "clone")
    work_in(root)
    return root


def work_in(root):
    mine = release()
    cell_of(mine, "pad").source = "def pad(x):\n    return 7"
    mine.cells.insert(4, new_code_cell("pad(3)", id="mine-1"))
    return put(root, "w1", mine)


def publish(upstream):
    """A second release: prose, a stub, the grader, and a third assignment."""
    new = release()
    cell_of(new, "pad").source = STUB.format(name="pad", text="Do it well.")
    new.cells.insert(1, new_markdown_cell("A new thought.", id="markdown-2"))
    for name in ("w1", "w2", "w3"):
        put(upstream, name, new)
    (upstream / "grader" / "__init__.py").write_text("VERSION = 2\n")
    if (upstream / ".git").exists():
        git(upstream, "add", ".")
        git(upstream, "commit", "--quiet", "-m", "second")
        git(upstream, "push", "--quiet", "origin", "HEAD")


def files_of(root):
    """Everything in a folder, but for what git and updates keep to themselves."""
    return {
        path.relative_to(root).as_posix(): path.read_bytes()
        for path in root.rglob("*")
        if path.is_file() and not {".git", "backups"} & set(path.relative_to(root).parts)
    }


def see_that_it_is_new_with_the_work_in_it(root, before):
    merged = nbformat.read(root / "notebooks/w1/w1.ipynb", 4)
    assert cell_of(merged, "markdown-2").source == "A new thought."
    assert cell_of(merged, "pad").source == "def pad(x):\n    return 7"
    assert cell_of(merged, "mine-1").source == "pad(3)"
    assert len(notes(merged)) == 1
    assert (root / "grader/__init__.py").read_text() == "VERSION = 2\n"
    for name in ("w2", "w3"):
        assert "Do it well." in cell_of(nbformat.read(root / f"notebooks/{name}/{name}.ipynb", 4), "pad").source
    (backup,) = (root / ".course/backups").iterdir()
    assert (backup / "notebooks/w1/w1.ipynb").read_bytes() == before["notebooks/w1/w1.ipynb"]


def test_by_git_the_course_is_the_newest_with_the_work_in_it(upstream, clone):
    before = files_of(clone)
    publish(upstream)
    outcome = course_update.update(root=clone)
    see_that_it_is_new_with_the_work_in_it(clone, before)
    assert outcome.merged == ["w1"]
    assert [(name, conflict.cell) for name, conflict in outcome.conflicts] == [("w1", "pad")]
    assert git(clone, "rev-parse", "HEAD") == git(upstream, "rev-parse", "HEAD")
    assert git(clone, "status", "--porcelain") == " M notebooks/w1/w1.ipynb\n"
    after = files_of(clone)
    assert course_update.update(root=clone) == course_update.Update()
    assert files_of(clone) == after


def test_what_nobody_has_worked_in_needs_no_backup(upstream, clone):
    git(clone, "checkout", "--quiet", "--", ".")
    publish(upstream)
    outcome = course_update.update(root=clone)
    assert outcome.backup is None and outcome.merged == []
    assert git(clone, "status", "--porcelain") == ""


@pytest.mark.parametrize("is_newer", [True, False])
def test_a_notebook_that_was_deleted_is_there_again(upstream, clone, is_newer):
    for name in ("w1", "w2"):
        (clone / f"notebooks/{name}/{name}.ipynb").unlink()
    if is_newer:
        (upstream / "README.md").write_text("Other than it was.\n")
        git(upstream, "add", ".")
        git(upstream, "commit", "--quiet", "-m", "second")
        git(upstream, "push", "--quiet", "origin", "HEAD")
    outcome = course_update.update(root=clone)
    assert {f"notebooks/{name}/{name}.ipynb" for name in ("w1", "w2")} <= set(outcome.changed)
    assert git(clone, "status", "--porcelain") == ""


def test_a_notebook_that_the_course_drops_stays_where_work_is_in_it(upstream, clone):
    mine = (clone / "notebooks/w1/w1.ipynb").read_bytes()
    git(upstream, "rm", "--quiet", "-r", "notebooks/w1", "notebooks/w2")
    git(upstream, "commit", "--quiet", "-m", "none")
    git(upstream, "push", "--quiet", "origin", "HEAD")
    (conflict,) = course_update.update(root=clone).conflicts
    assert conflict[1].what == "the course no longer has it. Yours is kept."
    assert (clone / "notebooks/w1/w1.ipynb").read_bytes() == mine
    assert not (clone / "notebooks/w2").exists()


def unreachable(upstream, clone):
    (clone.parent / "remote.git").rename(clone.parent / "gone.git")
    return GitFailed, "git fetch failed"


def diverged(upstream, clone):
    (clone / "README.md").write_text("# Mine\n")
    git(clone, "commit", "--quiet", "-m", "mine", "README.md")
    return NotUpdated, "commits of its own"


def follows_nobody(upstream, clone):
    git(clone, "branch", "--unset-upstream")
    return GitFailed, "follows no branch"


def other_file(upstream, clone):
    (clone / "grader/__init__.py").write_text("VERSION = 'mine'\n")
    return NotUpdated, r"grader/__init__\.py was changed here and in the new release"


def untracked_file(upstream, clone):
    put(clone, "w3", release())
    return GitFailed, r"git merge failed.*notebooks/w3/w3\.ipynb"


def broken_notebook(upstream, clone):
    (clone / "notebooks/w1/w1.ipynb").write_text("{")
    return NotUpdated, r"notebooks/w1/w1\.ipynb cannot be read"


def no_git(upstream, clone):
    shutil.rmtree(clone / ".git")
    return NotUpdated, "course update --from"


@pytest.mark.parametrize(
    "trouble", [unreachable, diverged, follows_nobody, other_file, untracked_file, broken_notebook, no_git]
)
def test_where_git_cannot_everything_is_as_before(upstream, clone, trouble):
    git(clone, "add", "notebooks")
    publish(upstream)
    kind, sentence = trouble(upstream, clone)
    here = (clone / ".git").exists()
    before = files_of(clone), here and (git(clone, "status", "--porcelain"), git(clone, "rev-parse", "HEAD"))
    with pytest.raises(kind, match=sentence):
        course_update.update(root=clone)
    assert (files_of(clone), here and (git(clone, "status", "--porcelain"), git(clone, "rev-parse", "HEAD"))) == before


def test_a_failure_at_the_last_step_takes_all_steps_back(upstream, clone, monkeypatch):
    publish(upstream)
    (clone / "README.md").write_text("# Course, with my remarks\n")
    before = files_of(clone), git(clone, "status", "--porcelain"), git(clone, "rev-parse", "HEAD")

    def full(here, there):
        raise OSError(28, "No space left on device", str(there))

    monkeypatch.setattr(course_update.os, "replace", full)
    with pytest.raises(NotUpdated, match=r"Nothing was changed.*No space left"):
        course_update.update(root=clone)
    assert (files_of(clone), git(clone, "status", "--porcelain"), git(clone, "rev-parse", "HEAD")) == before


@pytest.fixture
def kit(tmp_path):
    """A learner's copy without git, with work in w1, as `course lab` has seen it at first."""
    root = tmp_path / "kit"
    fill(root)
    remember(root)
    work_in(root)
    return root


@pytest.fixture
def newer(tmp_path):
    """A newer copy, as a folder."""
    root = tmp_path / "newer" / "convnets"
    fill(root)
    publish(root)
    (root / ".course/keys/w3").mkdir(parents=True)
    (root / ".course/keys/w3/index.json").write_text("{}")
    return root


def zipped(folder, archive):
    with zipfile.ZipFile(archive, "w") as file:
        for name, content in files_of(folder).items():
            file.writestr(f"convnets/{name}", content)
    return archive


@pytest.mark.parametrize("is_zip", [False, True])
def test_from_a_copy_the_course_is_the_newest_with_the_work_in_it(kit, newer, tmp_path, is_zip):
    (kit / ".course/keys/w1").mkdir(parents=True)
    (kit / ".course/keys/w1/index.json").write_text("{}")
    (kit / "mine.txt").write_text("mine")
    before = files_of(kit)
    source = zipped(newer, tmp_path / "newer.zip") if is_zip else newer.parent
    outcome = course_update.update(source, kit)
    see_that_it_is_new_with_the_work_in_it(kit, before)
    assert [(name, conflict.cell) for name, conflict in outcome.conflicts] == [("w1", "pad")]
    assert (outcome.backup / "grader/__init__.py").read_text() == "VERSION = 1\n"
    assert (kit / "mine.txt").exists()
    assert {path.name for path in (kit / ".course/keys").iterdir()} == {"w1", "w3"}
    assert (kit / ".course/base/w1.ipynb").read_bytes() == (newer / "notebooks/w1/w1.ipynb").read_bytes()
    after = files_of(kit)
    assert course_update.update(source, kit) == course_update.Update()
    assert files_of(kit) == after


def test_only_untouched_notebooks_are_remembered_as_a_release(tmp_path, upstream):
    fill(tmp_path / "kit")
    work_in(tmp_path / "kit")
    remember(tmp_path / "kit")
    assert [path.name for path in (tmp_path / "kit/.course/base").iterdir()] == ["w2.ipynb"]
    remember(upstream)
    assert not (upstream / ".course").exists()


def test_without_a_known_release_work_stays_all_the_same(kit, newer):
    shutil.rmtree(kit / ".course")
    outcome = course_update.update(newer, kit)
    merged = nbformat.read(kit / "notebooks/w1/w1.ipynb", 4)
    assert outcome.conflicts == [] and cell_of(merged, "markdown-2").source == "A new thought."
    assert cell_of(merged, "pad").source == "def pad(x):\n    return 7"


def test_a_copy_that_somebody_worked_in_gives_its_release_and_not_their_work(kit, newer):
    remember(newer)
    theirs = nbformat.read(newer / "notebooks/w1/w1.ipynb", 4)
    cell_of(theirs, "pool").source = "def pool(x):\n    return 'theirs'"
    put(newer, "w1", theirs)
    course_update.update(newer, kit)
    assert "theirs" not in (kit / "notebooks/w1/w1.ipynb").read_text()


@pytest.mark.parametrize("failing", range(1, 8))
def test_a_failure_at_any_step_takes_all_steps_back(kit, newer, monkeypatch, failing):
    before, moved, move = files_of(kit), [], shutil.move

    def fails_once(here, there):
        moved.append(there)
        if len(moved) == failing:
            raise OSError(28, "No space left on device", str(there))
        return move(here, there)

    monkeypatch.setattr(course_update.shutil, "move", fails_once)
    with pytest.raises(NotUpdated, match="No space left"):
        course_update.update(newer, kit)
    assert files_of(kit) == before


def test_a_class_kit_is_not_put_over_the_whole_course(kit, newer):
    (kit / "solutions").mkdir()
    before = files_of(kit)
    with pytest.raises(NotUpdated, match="is a class kit, and this is the whole course"):
        course_update.update(newer, kit)
    with pytest.raises(NotUpdated, match="this course itself"):
        course_update.update(kit, kit)
    assert files_of(kit) == before


def member(name, mode=stat.S_IFREG | 0o644):
    info = zipfile.ZipInfo(name)
    info.external_attr = mode << 16
    return info


@pytest.mark.parametrize(
    ("bad", "sentence"),
    [
        (member("../outside.txt"), "a path outside itself"),
        (member("/outside.txt"), "a path outside itself"),
        (member("C:/outside.txt"), "a path outside itself"),
        (member("a/../../outside.txt"), "a path outside itself"),
        (member("grader/link", stat.S_IFLNK | 0o777), "a link or a device"),
        (member("readme.txt"), "is no copy of the course"),
    ],
)
def test_an_archive_that_is_not_safe_or_not_the_course_is_refused(kit, tmp_path, bad, sentence):
    with zipfile.ZipFile(tmp_path / "bad.zip", "w") as archive:
        archive.writestr(bad, "target")
    before = files_of(tmp_path)
    with pytest.raises(NoCourse, match=sentence):
        course_update.update(tmp_path / "bad.zip", kit)
    assert files_of(tmp_path) == before


def test_an_archive_that_is_damaged_huge_or_not_there_is_refused(kit, newer, tmp_path, monkeypatch):
    (tmp_path / "no.zip").write_bytes(b"no zip")
    with pytest.raises(NoCourse, match=r"no\.zip is no zip archive that can be read"):
        course_update.update(tmp_path / "no.zip", kit)
    with pytest.raises(NoCourse, match=r"none\.zip cannot be unpacked: No such file"):
        course_update.update(tmp_path / "none.zip", kit)
    file = zipped(newer, tmp_path / "newer.zip")
    monkeypatch.setattr(archive, "MAX_BYTES", 1000)
    with pytest.raises(NoCourse, match="are unpacked"):
        course_update.update(file, kit)


@pytest.mark.parametrize("method", [zipfile.ZIP_LZMA, zipfile.ZIP_BZIP2, zipfile.ZIP_DEFLATED])
def test_an_archive_is_refused_wherever_it_is_damaged(kit, tmp_path, method):
    file = tmp_path / "bad.zip"
    with zipfile.ZipFile(file, "w", method) as archive:
        archive.writestr("grader/__init__.py", "x = 1\n" * 5_000)
    whole = file.read_bytes()
    before = files_of(kit)
    for place in range(30, len(whole), 7):
        file.write_bytes(whole[:place] + bytes([whole[place] ^ 0xFF]) + whole[place + 1 :])
        with pytest.raises(NoCourse):
            course_update.update(file, kit)
    assert files_of(kit) == before


def test_an_archive_of_more_files_than_the_course_has_is_not_unpacked(kit, tmp_path):
    with zipfile.ZipFile(tmp_path / "bad.zip", "w") as archive:
        for number in range(20_000):
            archive.writestr(f"grader/{number}", "")
    with pytest.raises(NoCourse, match="20,000 files"):
        course_update.update(tmp_path / "bad.zip", kit)


def test_links_in_a_folder_do_not_come_along(kit, newer, tmp_path):
    (tmp_path / "secret").write_text("secret")
    (newer / "grader/link.py").symlink_to(tmp_path / "secret")
    course_update.update(newer, kit)
    assert not (kit / "grader/link.py").exists() and not (kit / "grader/link.py").is_symlink()


def test_the_command_says_what_it_did_and_what_it_did_not(upstream, clone):
    def course(*arguments):
        here = f"import pathlib; from grader.base import paths; paths.ROOT = pathlib.Path({str(clone)!r})"
        line = [sys.executable, "-c", f"{here}; from grader import cli; cli.main()", "update", *arguments]
        return subprocess.run(line, capture_output=True, text=True, cwd=ROOT, env={**SHELL, "COLUMNS": "200"})

    (upstream / "requirements.lock").write_text("other\n")
    publish(upstream)
    done = course()
    assert done.returncode == 0, done.stdout + done.stderr
    for words in (
        "Your work is in the new w1.",
        "! w1, pad: the course has changed",
        "backups",
        "Reload Notebook from Disk",
        "make setup",
    ):
        assert words in done.stdout
    assert course().stdout == "✓ Nothing is newer than what you have.\n"
    failed = course("--from", "nothing.zip", "--yes")
    assert failed.returncode == 1
    assert failed.stdout == "✗ nothing.zip cannot be unpacked: No such file or directory.\n"
    assert failed.stderr == ""
    asked = course("--from", "nothing.zip")
    assert asked.returncode == 1 and "brings programs" in asked.stdout and "--yes" in asked.stdout
