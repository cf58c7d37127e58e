"""The instructor's page: figures that are right, likenesses that are found, and nothing that runs."""

import itertools
import json
import random
import re
import subprocess
import sys
import time

import numpy as np
import pytest
from bs4 import BeautifulSoup

from grader.audit import sample_hand_ins
from grader.base.course import Course
from grader.judging.result import Result
from grader.reports import similarity, statistics
from grader.reports.grading_report import Change, Report
from grader.scoring.marks import CaseMark, Mark

HOSTILE = "</title></style><script>alert(1)</script><img src=x onerror=alert(1)>\ud800\x00"


def mark(name, points, status="", maximum=10.0, **changes):
    status = status or ("passed" if points == maximum else "partial" if points else "failed")
    return Mark(name, status, points, maximum, [], **changes)


def report_of(folder, points, rejected=(), totals=True):
    """A report with one row of points a student; each exercise is worth 10."""
    width = len(points[0]) if points else 0
    report = Report("w1_conv", 7, 10.0 * width, folder / "grades", sandbox="bubblewrap")
    for number, row in enumerate(points):
        marks = {f"f{i}": mark(f"f{i}", value) for i, value in enumerate(row)}
        student = f"s{number}"
        if number in rejected:
            marks = {name: mark(name, 0.0, "rejected") for name in marks}
        reason = "This file is no notebook." if number in rejected else ""
        result = Result(student, marks, rejected=reason, seconds=float(number))
        report.results[student] = result
        result.total = result.points if totals else None
    return report


@pytest.fixture
def place(tmp_path):
    return Course(tmp_path)


def page(report, place):
    path = statistics.write(report, place)
    assert path == report.folder / "w1_conv.html"
    return BeautifulSoup(path.read_text(), "html.parser")


def rows(soup, heading):
    """The rows of the table below a heading, as texts."""
    table = soup.find(id=heading).find_next("table")
    cells = [row.find_all(["th", "td"]) for row in table.find("tbody").find_all("tr")]
    return [[" ".join(cell.get_text(" ").split()) for cell in row] for row in cells]


# --- the figures ---------------------------------------------------------------------------------------------------


def test_importing_statistics_imports_nothing_heavy():
    heavy = "{'copydetect', 'matplotlib', 'jinja2', 'nbconvert', 'scipy.sparse', 'tensorflow'}"
    modules = "from grader.reports import grade_tables, similarity, statistics"
    code = f"import sys; {modules}; sys.exit(bool({heavy} & set(sys.modules)))"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


def test_mean_median_quartiles_and_bins_are_numpys(tmp_path):
    rng = np.random.default_rng(3)
    points = rng.integers(0, 11, (57, 4)).astype(float)
    totals = points.sum(axis=1)
    spread = statistics.distribution(report_of(tmp_path, points.tolist()))
    assert (spread.count, spread.mean, spread.median) == (57, pytest.approx(totals.mean()), np.median(totals))
    assert (spread.lower, spread.upper) == (np.quantile(totals, 0.25), np.quantile(totals, 0.75))
    assert [count for _, _, count in spread.bins] == np.histogram(totals, 10, (0, 40))[0].tolist()
    assert spread.bins[0][0] == 0 and spread.bins[-1][1] == 40


def test_totals_beyond_the_scale_are_in_its_outermost_bins(tmp_path):
    report = report_of(tmp_path, [[5.0, 5.0]] * 3)
    for result, total in zip(report.results.values(), (-3.0, 25.0, 20.0), strict=True):
        result.total = total
    counts = [count for _, _, count in statistics.distribution(report).bins]
    assert (counts[0], counts[-1], sum(counts)) == (1, 2, 3)


def test_difficulty_and_discrimination_by_hand(tmp_path):
    """f0 goes with the other two, f1 against them; over judged hand-ins only."""
    points = [[10, 0, 10], [10, 0, 10], [0, 10, 0], [5, 5, 5], [3, 3, 3]]
    first, second, _ = statistics.items(report_of(tmp_path, points, rejected={4}))
    table = np.array(points[:4], float)
    assert first.solved == pytest.approx(table[:, 0].mean() / 10)
    assert first.discrimination is None, "the other two always add up to the same"
    assert second.discrimination == pytest.approx(np.corrcoef(table[:, 1], table[:, [0, 2]].sum(axis=1))[0, 1])
    assert second.discrimination == pytest.approx(-1)
    assert first.statuses["rejected"] == 1
    assert sum(first.statuses.values()) == 5


@pytest.mark.parametrize("points", [[[5.0, 5.0]], [[5.0, 5.0]] * 30, [[0.0, 1.0], [1.0, 0.0]]])
def test_where_nothing_varies_discrimination_is_undefined(tmp_path, place, points):
    report = report_of(tmp_path, points)
    assert [item.discrimination for item in statistics.items(report)] == [None, None]
    assert [row[3] for row in rows(page(report, place), "exercises")] == ["–", "–"]


def test_slips_are_counted_over_the_hand_ins_that_could_be_judged(tmp_path):
    report = report_of(tmp_path, [[0.0, 0.0]] * 5, rejected={4})
    for number, title in enumerate(["stride ignored", "stride ignored", "pad ignored"]):
        report.results[f"s{number}"].marks["f1"].slip = (title, "Look at it.")
    found = [(slip.exercise, slip.title, slip.count, slip.share) for slip in statistics.slips(report)]
    assert found == [("f1", "stride ignored", 2, 0.5), ("f1", "pad ignored", 1, 0.25)]


def test_failures_say_where_and_why(tmp_path, place):
    report = report_of(tmp_path, [[0.0, 0.0, 10.0]] * 3, rejected={1})
    late = report.results["s0"].marks
    for name in ("f0", "f1"):
        late[name].status, late[name].notes = "timeout", ["stopped after 5 s"]
    failed = report.results["s2"].marks["f0"]
    failed.status, failed.cases = "error", [CaseMark("a pad", False, "raised IndexError in line 3", "raised")]
    assert rows(page(report, place), "failed") == [
        ["s1", "⊘ rejected", "the whole hand-in", "This file is no notebook."],
        ["s0", "∞ timeout", "f0 , f1", "stopped after 5 s"],
        ["s2", "! error", "f0", "raised IndexError in line 3"],
    ]


# --- the page ------------------------------------------------------------------------------------------------------


def test_the_page_shows_figures_slowest_and_changes(tmp_path, place):
    report = report_of(tmp_path, [[10.0, 5.0], [10.0, 0.0], [0.0, 0.0]] * 7)
    report.changes = [Change("s3", "f1", 5.0, 4.0), Change("s4", "f0", 0.0, 10.0)]
    report.problems = ["s5: the roof is on fire"]
    report.feedback["s20"] = place.path("feedback", "w1_conv", "s20") / "w1_conv.html"
    soup = page(report, place)
    assert [" ".join(dd.get_text().split()) for dd in soup.find("dl").find_all("dd")] == [
        "21",
        "8.3 of 20",
        "10",
        "0 to 15",
        "0",
    ]
    assert rows(soup, "slowest")[0][:2] == ["s20", "20.0"] and len(rows(soup, "slowest")) == 10
    link = soup.find(id="slowest").find_next("a")
    assert (report.folder / link["href"]).resolve() == report.feedback["s20"]
    assert rows(soup, "changed") == [["s4", "f0", "0", "10 ▲"], ["s3", "f1", "5", "4 ▼"]]
    assert "the roof is on fire" in soup.get_text()
    assert "0 to 2 points: 7 hand-ins" in soup.find("desc").get_text()


def test_an_exercise_that_goes_against_the_others_is_pointed_at(tmp_path, place):
    points = [[10.0, 0.0, 10.0], [0.0, 10.0, 0.0], [5.0, 4.0, 6.0]] * 8
    assert "look here" in rows(page(report_of(tmp_path, points), place), "exercises")[1][3]


@pytest.mark.parametrize(
    ("points", "rejected", "totals"),
    [
        ([], set(), True),
        ([[10.0, 0.0]], set(), True),
        ([[0.0, 0.0]], {0}, True),
        ([[0.0, 0.0]] * 4, {0, 1, 2, 3}, True),
        ([[10.0, 10.0]] * 4, set(), False),
        ([[0.0, 0.0]] * 4, set(), True),
    ],
)
def test_odd_runs_have_a_page_too(tmp_path, place, points, rejected, totals):
    soup = page(report_of(tmp_path, points, rejected, totals), place)
    assert soup.find("h1").get_text() == "w1_conv"
    assert not re.search(r"\b(nan|inf|None)\b", soup.get_text())


def test_nothing_on_the_page_runs_or_loads(tmp_path, place):
    report = report_of(tmp_path, [[10.0, 0.0]] * 3, rejected={1})
    for student in ("s0", "s1", "s2"):
        result = report.results.pop(student)
        result.student = f"{student}{HOSTILE}"
        result.rejected = HOSTILE if result.rejected else ""
        report.results[result.student] = result
        report.feedback[result.student] = place.path("feedback", "w1_conv", f"{student}javascript:") / 'x".html'
        if not result.rejected:
            result.marks["f1"].status, result.marks["f1"].notes = "error", [HOSTILE]
            result.marks["f1"].slip = (HOSTILE, HOSTILE)
        report.changes.append(Change(result.student, "f0", 1.0, 2.0))
    report.problems = [HOSTILE]
    soup = page(report, place)
    assert soup.find_all(["script", "img", "iframe", "link", "form", "object"]) == []
    assert len(soup.find_all("style")) == 1
    for tag in soup.find_all(True):
        assert not [name for name in tag.attrs if name.startswith("on") or name in ("src", "srcset")]
    assert all(link["href"].startswith(("../", "#")) for link in soup.find_all("a"))
    policy = soup.find("meta", attrs={"http-equiv": "Content-Security-Policy"})["content"]
    assert policy.startswith("default-src 'none'") and "script-src" not in policy
    assert soup.get_text().count("alert(1)") >= 8


def test_tables_have_headers_with_scope_and_pictures_have_words(tmp_path, place):
    soup = page(report_of(tmp_path, [[10.0, 0.0], [5.0, 5.0]]), place)
    assert all(cell.has_attr("scope") for cell in soup.find_all("th"))
    levels = [int(tag.name[1]) for tag in soup.find_all(re.compile("^h[1-6]$"))]
    assert levels[0] == 1 and all(after - before <= 1 for before, after in itertools.pairwise(levels))
    chart = soup.find("svg")
    assert chart["role"] == "img"
    assert {tag["id"] for tag in chart.find_all(["title", "desc"])} == set(chart["aria-labelledby"].split())
    assert all(bar["aria-hidden"] == "true" for bar in soup.find_all(class_="bar"))


# --- hand-ins that are nearly the same -----------------------------------------------------------------------------


@pytest.fixture(scope="module")
def texts(released, assignment):
    """The released notebook's sources, and for each function many ways to write it: right ones, and slips."""
    given = {
        cell.metadata.nbgrader.grade_id: cell.source
        for cell in released.cells
        if cell.metadata.get("nbgrader", {}).get("solution") and cell.cell_type == "code"
    }
    ways = {
        name: [one.source(), *(one.source(other.code) for other in [*one.variants, *one.slips])]
        for name, one in assignment.exercises.items()
    }
    return given, ways


def write_own(ways, rng):
    """A hand-in of somebody's own: one of the ways for each function, with statements that nobody else has."""
    own = {}
    for name, texts in ways.items():
        lines = rng.choice(texts).splitlines()
        for _ in range(rng.randrange(3)):
            lines.insert(len(lines) - 1, f"    assert {rng.randrange(10**6)} != {rng.randrange(10**6)} + len([1, 2])")
        own[name] = "\n".join(lines)
    return own


def a_class(ways, size):
    rng = random.Random(5)
    return {f"s{number}": write_own(ways, rng) for number in range(size)}


def test_a_copy_is_found_with_other_names_comments_and_layout(texts):
    given, ways = texts
    everybody = a_class(ways, 25)
    copy = {name: re.sub(r"\bpad\b", "border", text).replace("    ", "  ") for name, text in everybody["s3"].items()}
    everybody["copy"] = {name: f"# my own\n{text}\n" for name, text in copy.items()}
    found = similarity.find(everybody, given)
    assert found.groups == [similarity.Group(["s3", "copy"], to_the_letter=False)]
    everybody["literal"] = dict(everybody["s4"])
    assert similarity.Group(["s4", "literal"], to_the_letter=True) in similarity.find(everybody, given).groups


def test_a_copy_with_functions_of_its_own_is_found_and_says_which_are_the_same(texts):
    given, ways = texts
    everybody = a_class(ways, 25)
    everybody["copy"] = everybody["s3"] | {name: everybody["s7"][name] for name in ("im2col", "zero_pad")}
    [pair] = similarity.find(everybody, given).pairs
    assert {pair.first, pair.second} == {"s3", "copy"}
    assert max(pair.shares) >= similarity.NEARLY
    assert "conv_forward" in pair.to_the_letter and "im2col" not in pair.to_the_letter


def test_those_who_wrote_on_their_own_are_not_accused(texts):
    given, ways = texts
    found = similarity.find(a_class(ways, 40), given)
    assert (found.compared, found.groups, found.pairs) == (40, [], [])


def test_what_was_given_is_nobodys_likeness(texts):
    given, _ = texts
    found = similarity.find(
        {"ann": given, "ben": dict(given), "cem": {}, "dora": {"zero_pad": "def zero_pad(X): pass"}}, given
    )
    assert found == similarity.Likeness()


def test_a_thousand_hand_ins_are_compared_in_seconds(texts):
    given, ways = texts
    everybody = a_class(ways, 1000)
    everybody["copy"] = dict(everybody["s3"])
    start = time.monotonic()
    found = similarity.find(everybody, given)
    assert time.monotonic() - start < 60
    assert found.compared == 1001
    assert found.groups == [similarity.Group(["s3", "copy"], to_the_letter=True)]


@pytest.mark.parametrize("text", ['"\\' * 20_000, "'''" * 20_000, "(" * 60_000, "\ud800\x00\n" * 9_000, "é" * 60_000])
def test_no_text_holds_the_comparison_up(texts, text):
    given, ways = texts
    start = time.monotonic()
    similarity.find({**a_class(ways, 3), "hostile": {"": text}, "twin": {"": text}}, given)
    assert time.monotonic() - start < 10


def test_sources_are_read_from_the_rebuilt_notebook(tmp_path, released, assignment):
    import nbformat

    notebook = sample_hand_ins.solved(released, assignment, {"zero_pad": "zero_pad = lambda X, pad: X"})
    notebook.cells[1].metadata["convnets"] = {"extra": True}
    nbformat.write(notebook, tmp_path / "one.ipynb")
    found = similarity.sources_of(tmp_path / "one.ipynb")
    assert found["zero_pad"] == "zero_pad = lambda X, pad: X"
    assert found[""] == notebook.cells[1].source
    assert set(found) == {"", *assignment.exercises}
    (tmp_path / "broken.ipynb").write_text("{")
    assert similarity.sources_of(tmp_path / "broken.ipynb") == similarity.sources_of(tmp_path / "none.ipynb") == {}


def test_the_page_names_those_who_are_alike_and_says_that_this_is_no_proof(tmp_path, place, released, assignment):
    report = report_of(tmp_path, [[10.0, 0.0]] * 3)
    place.release("w1_conv").parent.mkdir(parents=True)
    place.release("w1_conv").write_text(json.dumps(released))
    for student in ("s0", "s2"):
        folder = place.path("submitted", "w1_conv", student)
        folder.mkdir(parents=True)
        (folder / "w1_conv.ipynb").write_text(json.dumps(sample_hand_ins.solved(released, assignment)))
    text = " ".join(page(report, place).get_text().split())
    assert "Identical is not copied." in text
    assert "2 hand-ins, the same to the letter: s0, s2" in text
