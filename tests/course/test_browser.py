"""The course in a real browser: a student from the start page to the receipt, an instructor from hand-in to feedback.

COURSE_SCREENSHOTS names a folder for pictures of what was seen on the way.
"""

import base64
import io
import json
import os
import time
from pathlib import Path

import nbformat
import pytest
from conftest import accessibility_flaws, points_of_slip
from nbformat.v4 import new_code_cell
from nbgrader.api import Gradebook
from PIL import Image

from grader.audit import sample_hand_ins
from grader.cli.lab import MATHJAX
from grader.gradebook.conversion import convert
from grader.publishing import release

SECONDS = 60_000  # ms, for what a busy machine does slowly
WRONG = "def zero_pad(X, pad):\n    return np.pad(X, pad)"
RIGHT = "def zero_pad(X, pad):\n    return np.pad(X, ((0, 0), (pad, pad), (pad, pad), (0, 0)))"


@pytest.fixture
def page(browser):
    page = browser.new_page(viewport={"width": 1280, "height": 900})
    page.set_default_timeout(SECONDS)
    yield page
    page.close()


def picture(page, name):
    folder = os.environ.get("COURSE_SCREENSHOTS")
    if folder:
        page.screenshot(path=Path(folder) / f"{name}.png")


@pytest.fixture
def kit_with_one_function_left(kit_installed, released, assignment):
    """The kit of a student who has written all but `zero_pad`, without the figures, which take their time."""
    stub = next(cell.source for cell in released.cells if sample_hand_ins.grade_id_of(cell) == "zero_pad")
    notebook = sample_hand_ins.solved(released, assignment)
    needed = {cell.id for cell in sample_hand_ins.without_given_figures(notebook).cells}
    notebook.cells = [cell for cell in notebook.cells if cell.cell_type == "markdown" or cell.id in needed]
    next(cell for cell in notebook.cells if sample_hand_ins.grade_id_of(cell) == "zero_pad").source = stub
    nbformat.write(notebook, kit_installed / "notebooks" / "w1_conv" / "w1_conv.ipynb")
    return kit_installed


@pytest.fixture
def students_lab(served, kit_with_one_function_left):
    _, address, path = served(environment_of=kit_with_one_function_left / ".venv")
    return f"{address}{path}?token=word"


def write(page, cell, text):
    """Replace a cell's text, with the keyboard."""
    cell.locator(".cm-content").click()
    page.keyboard.press("ControlOrMeta+a")
    page.keyboard.insert_text(text)


def choose(page, *names):
    """Choose from the menus, such as Run, Run All Cells."""
    page.locator(".lm-MenuBar-item", has_text=names[0]).click()
    for name in names[1:]:
        item = page.locator(".lm-Menu-item", has=page.locator(f".lm-Menu-itemLabel:text-is('{name}')")).last
        item.hover()
        if name == names[-1]:
            item.click()


def with_the_keyboard_to(page, element):
    """Press Tab until an element has the focus."""
    for _ in range(100):
        page.keyboard.press("Tab")
        if element.evaluate("element => element === document.activeElement"):
            return
    raise AssertionError("the keyboard does not lead there")


def switch_theme(page, name):
    choose(page, "Settings", "Theme", name)
    page.wait_for_function("name => document.body.dataset.jpThemeName === name", arg=name)
    page.locator("#jupyterlab-splash").wait_for(state="detached")


def test_a_student_goes_from_the_start_page_to_the_receipt(page, students_lab, kit_with_one_function_left):
    page.goto(students_lab)
    page.get_by_role("heading", name="Convnets").wait_for()
    link = page.get_by_role("link", name="Convolution from scratch").last
    link.wait_for()
    picture(page, "start")
    assert page.locator(".lm-MenuBar-item", has_text="Nbgrader").count() == 0
    with_the_keyboard_to(page, link)
    page.keyboard.press("Enter")

    cells = page.locator(".jp-Notebook .jp-CodeCell")
    cells.nth(3).wait_for()
    page.get_by_text("Python 3 (ipykernel) | Idle").wait_for()
    page.locator(".jp-Notebook .jp-Cell").first.focus()
    page.keyboard.press("Escape")
    page.keyboard.press("Shift+Enter")  # the title, which is text, and then the first cell of code
    page.keyboard.press("Shift+Enter")
    cells.first.get_by_text("[1]:").wait_for()

    function = page.locator(".jp-CodeCell", has=page.locator("text=YOUR CODE HERE"))
    check = page.locator(".jp-CodeCell").filter(has_text="check(zero_pad)").last
    write(page, function, WRONG)
    page.keyboard.press("Shift+Enter")  # and on to its check
    page.keyboard.press("Shift+Enter")
    check.get_by_text("Looks like: every axis is padded.").wait_for()
    error = check.locator(
        ".jp-RenderedText[data-mime-type='application/vnd.jupyter.stderr'], .jp-OutputArea-output"
    ).last
    assert "Give a pair for each axis" in error.inner_text() and "Traceback" not in check.inner_text()
    mark = check.locator(".convnets-mark")
    assert {"verdict", "case", "values", "finding"} == set(mark.locator("th").all_inner_texts())
    assert mark.get_attribute("role") == "status"
    for theme in ("JupyterLab Dark", "JupyterLab Light"):
        switch_theme(page, theme)
        check.scroll_into_view_if_needed()
        picture(page, f"slip in {theme}")
        assert accessibility_flaws(page, ".convnets-mark") == []
    whole = page.viewport_size
    page.set_viewport_size({"width": 900, "height": 900})
    check.scroll_into_view_if_needed()
    picture(page, "slip in a narrow window")
    assert mark.locator("div:has(> table)").evaluate("one => one.scrollWidth <= one.clientWidth")
    page.set_viewport_size(whole)

    write(page, page.locator(".jp-CodeCell").filter(has_text="np.pad(X, pad)").first, RIGHT)
    page.keyboard.press("Shift+Enter")
    page.keyboard.press("Shift+Enter")
    check.get_by_text("zero_pad: 6 of 6 cases pass").wait_for()
    for theme in ("JupyterLab Dark", "JupyterLab Light"):
        switch_theme(page, theme)
        check.scroll_into_view_if_needed()
        picture(page, f"pass in {theme}")
        assert accessibility_flaws(page, ".convnets-mark") == []

    choose(page, "Run", "Run All Cells")
    page.locator(".jp-CodeCell").filter(has_text="check(conv_nd_forward)").get_by_text("cases pass").wait_for()
    page.keyboard.press("ControlOrMeta+s")
    record = json.loads((kit_with_one_function_left / ".course" / "progress.json").read_text())
    assert all(record["passed"].values()) and len(record["passed"]) == 15

    choose(page, "File", "New", "Terminal")
    page.locator(".xterm").wait_for()
    page.locator(".xterm").click()
    page.wait_for_timeout(1500)
    page.keyboard.type("course submit w1_conv\n")
    receipts = kit_with_one_function_left / "notebooks" / "handed-in" / "w1_conv"
    page.wait_for_timeout(500)
    for _ in range(100):
        if found := list(receipts.glob("*/receipt.json")):
            break
        page.wait_for_timeout(200)
    picture(page, "receipt")
    assert json.loads(found[0].read_text())["missing"] == []
    page.locator(".lm-TabBar-tab", has_text="start.md").locator(".lm-TabBar-tabCloseIcon").click()
    page.goto(students_lab)
    page.get_by_text("15 of 15 functions pass").first.wait_for()
    picture(page, "start again")


@pytest.fixture
def collected(tmp_path, new_course, short, assignment):
    """A course to which Ann has handed in, as the exchange collects it: right but for padding every axis."""
    course = new_course(tmp_path / "course")
    release.release("w1_conv", course)
    slip = {"zero_pad": assignment.exercises["zero_pad"].slips[0].code}
    notebook = sample_hand_ins.solved(short, assignment, slip)
    folder = course.path("submitted", "w1_conv", "ann")
    folder.mkdir(parents=True)
    nbformat.write(notebook, folder / "w1_conv.ipynb")
    return course


def done(frame, button):
    """Press one of Formgrader's buttons, and wait until it says that it went well."""
    button.click()
    said = frame.locator("#success-modal, #error-modal")
    said.get_by_text("Success", exact=True).wait_for()
    said.get_by_role("button", name="OK").click()
    said.wait_for(state="detached")


def mark_by_hand(page, frame, cell, points, comment):
    """Give points and a comment to a written answer, and wait until Formgrader has kept them."""
    frame.locator(f"#{cell}").fill(points)
    frame.locator(f"#{cell}-comment").fill(comment)
    page.keyboard.press("Tab")
    frame.locator(".score-saved").last.wait_for(state="attached")


def wait_for_mark(course, points):
    """Formgrader says that it has saved before the gradebook has points and comment, on a busy machine."""
    for _ in range(50):
        with Gradebook(course.gradebook) as gradebook:
            notebook = gradebook.find_submission_notebook("w1_conv", "w1_conv", "ann")
            score, comments = notebook.score, [one.manual_comment for one in notebook.comments]
        if score == pytest.approx(points, abs=0.01) and any(comments):
            return
        time.sleep(0.2)
    raise AssertionError(f"{score} instead of {points}, comments {comments}")


def test_an_instructor_grades_and_returns_feedback_in_formgrader(page, served, collected, assignment):
    points = 95 - 5 + points_of_slip(assignment.exercises["zero_pad"])
    _, address, path = served("--instructor", COURSE_FOLDER=str(collected.folder))
    page.goto(f"{address}{path}?token=word")
    choose(page, "Nbgrader", "Formgrader")
    frame = page.frame_locator("iframe").first
    assignment = frame.locator("tr", has_text="w1_conv")
    assignment.locator(".num-submissions a").click()
    ann = frame.locator("tr", has_text="ann")
    ann.locator(".autograde a").wait_for()
    picture(page, "formgrader submissions")
    done(frame, ann.locator(".autograde a"))
    ann.locator(".score", has_text=f"{points:g}").wait_for()
    picture(page, "formgrader graded")

    frame.get_by_role("link", name="Manual Grading").click()
    frame.get_by_role("link", name="w1_conv").click()
    frame.get_by_role("link", name="w1_conv").last.click()
    frame.get_by_role("link", name="Submission #1").click()
    frame.locator(".comment").first.wait_for()
    frame.locator("th", has_text="finding").nth(3).scroll_into_view_if_needed()
    picture(page, "formgrader marks")
    assert frame.locator("th", has_text="finding").count() >= 15 and "<td" not in frame.locator("body").inner_text()
    answer = frame.locator("input.score[id^=answer_]").get_attribute("id")
    mark_by_hand(page, frame, answer, "4", "Well seen: <the edge>.")
    picture(page, "formgrader answer")
    wait_for_mark(collected, points + 4)

    page.goto(f"{address}/formgrader/manage_submissions/w1_conv?token=word")
    ann = page.locator("tr", has_text="ann")
    ann.locator(".score", has_text=f"{points + 4:g}").wait_for()
    done(page, ann.locator(".generate-feedback a"))
    (feedback,) = (collected.folder / "feedback" / "ann").rglob("w1_conv.html")
    page.goto(feedback.as_uri())
    text = page.locator("body").inner_text()
    assert f"{points + 4:g} of 100 points" in text and "Well seen: <the edge>." in text
    assert "every axis is padded" in text
    for scheme in ("dark", "light"):
        page.emulate_media(color_scheme=scheme)
        picture(page, f"feedback {scheme}")
        assert accessibility_flaws(page) == []


# What runs in the browser sets `taken`, or asks another server for something.
HOSTILE = r"""<img src=x onerror="window.taken='img'"> <script>window.taken="script"</script>
<svg onload="window.taken='svg'"></svg><iframe srcdoc="<script>parent.taken='frame'</script>"></iframe>
<form action="https://evil.example/form"><button id="answer_pooling">Full credit</button></form>
<div class="navbar-fixed-top modal" id="statusmessage" style="background:url(https://evil.example/style)">Graded.</div>
<a href="javascript:window.taken='link'">a</a> [b](javascript:window.taken=1) [c](https://evil.example/link)
<style>body{background:url(https://evil.example/css)}</style><img src="https://evil.example/picture.png">
![d](attachment:gone.png) ![e](https://evil.example/e.png)
$\href{https://evil.example/tex}{x^2}$ $\hre<!-- -->f{https://evil.example/2}{y}$

```mermaid
graph TD; A-->B; click A "https://evil.example/mermaid"
```

The pooled picture is *smaller*: $n/2 < n$. ![mine](attachment:mine.png)"""
RAISES = (
    r"raise type('Evil $\href{https://evil.example/name}{x}$ <img src=x onerror=taken=1>', (Exception,), {})(HOSTILE)"
)


@pytest.fixture
def hostile(collected, short, assignment):
    """The course, after Mallory's hand-in was graded, too: scripts in every text that Formgrader shows."""
    notebook = sample_hand_ins.solved(short, assignment)
    answer = next(cell for cell in notebook.cells if sample_hand_ins.grade_id_of(cell).startswith("answer_"))
    file = io.BytesIO()
    Image.new("RGB", (8, 4), "red").save(file, "PNG")
    answer.source = HOSTILE
    answer.attachments = {"mine.png": {"image/png": base64.b64encode(file.getvalue()).decode()}}
    printing = f"HOSTILE = r'''{HOSTILE}'''\nprint(HOSTILE)" + " \n" * 6000 + RAISES
    notebook.cells.insert(3, new_code_cell(printing))
    function = next(cell for cell in notebook.cells if sample_hand_ins.grade_id_of(cell) == "zero_pad")
    function.source = f"def zero_pad(X, pad):\n    {RAISES}\n# </pre>{HOSTILE}".replace("\n#", "\n\n#")
    folder = collected.path("submitted", "w1_conv", "mallory")
    folder.mkdir(parents=True)
    nbformat.write(notebook, folder / "w1_conv.ipynb")
    convert("Autograde", collected, "w1_conv", "mallory")
    return collected


def test_formgrader_shows_what_a_hostile_student_wrote_and_does_nothing_of_it(page, served, hostile):
    with Gradebook(hostile.gradebook) as gradebook:
        submission = gradebook.find_submission_notebook("w1_conv", "w1_conv", "mallory").id
    _, address, _ = served("--instructor", COURSE_FOLDER=str(hostile.folder))
    asked = []
    page.on("request", lambda request: asked.append(request.url))
    page.route("https://**", lambda route: route.abort())
    page.goto(f"{address}/formgrader/manage_assignments?token=word")
    start = time.monotonic()
    reply = page.goto(f"{address}/formgrader/submissions/{submission}/")
    page.locator(".comment").first.wait_for()
    assert reply.status == 200 and time.monotonic() - start < 30
    picture(page, "formgrader hostile")
    assert [url for url in asked if not url.startswith((address, "data:", MATHJAX))] == []
    assert page.evaluate("window.taken") is None

    answer = page.locator(".nbgrader_cell", has_text="The pooled picture is smaller")
    answer.scroll_into_view_if_needed()
    picture(page, "formgrader hostile answer")
    assert answer.locator("em", has_text="smaller").count() == 1
    assert answer.locator("img").evaluate_all("all => all.map(one => one.naturalWidth)") == [8]
    texts = page.locator("#notebook-container :is(.rendered_html, .input_area, .output)")
    acting = "script, iframe, form, button, style, svg, a, object, embed, [id], [onerror], [onload], .modal"
    acting += ", [style]:not([class^=ansi-])"
    assert texts.locator(acting).evaluate_all("all => all.map(one => one.outerHTML)") == []
    # MathJax sets no formula where code is, nor in outputs.
    formulas = page.locator("#notebook-container :not(:is(pre, pre *, .tex2jax_ignore, .tex2jax_ignore *))")
    assert not any("\\href" in text for text in formulas.evaluate_all(OWN_TEXT))


OWN_TEXT = "all => all.map(one => [...one.childNodes].filter(n => n.nodeType === 3).map(n => n.data).join(''))"


def test_the_pages_of_an_instructors_server_reach_nothing_but_itself(page, served, collected):
    _, address, _ = served("--instructor", COURSE_FOLDER=str(collected.folder))
    said = []
    page.on("console", lambda message: said.append(message.text))
    page.goto(f"{address}/formgrader/manage_assignments?token=word")
    page.evaluate("new Image().src = 'https://evil.example/x.png'")
    page.evaluate("fetch('https://evil.example/x').catch(() => 0)")
    page.wait_for_timeout(300)
    assert len([text for text in said if "evil.example" in text and "Content Security Policy" in text]) >= 2, said
