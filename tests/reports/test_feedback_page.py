"""Feedback pages: what a student needs to know is there, and what a hostile one sends is only text."""

import base64
import io

import nbformat
import pytest
from bs4 import BeautifulSoup
from nbconvert import HTMLExporter
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output
from PIL import Image
from traitlets.config import Config

from grader.base.course import Course
from grader.base.foreign_text import readable
from grader.gradebook.graded_notebook import write_mark
from grader.gradebook.nbgrader_config import configure
from grader.presentation import status as statuses
from grader.reports import feedback_page
from grader.scoring.marks import CaseMark, Mark

MARKUP = [
    "<script>alert(1)</script>",
    "</pre></details><script src=//evil.example/x.js></script>",
    '<img src=x onerror="alert(1)">',
    '<svg/onload=alert(1)><iframe src="https://evil.example"></iframe>',
    '<a href="javascript:alert(1)">free points</a>',
    "</style><style>.score{display:none}</style>",
    '<base href="https://evil.example/"><meta http-equiv="refresh" content="0;url=https://evil.example">',
    '<link rel="stylesheet" href="https://evil.example/x.css"><object data=x></object><embed src=x>',
    '<form action="https://evil.example"><input name=q autofocus onfocus=alert(1)></form>',
    "\"'><script>alert(1)</script>",
    "{{ 7 * 191 }}{% raw %}",
    "</title><script>alert(1)</script>",
    "<!-- --!><script>alert(1)</script>",
]
RUNS = {"script", "iframe", "object", "embed", "form", "input", "link", "base", "svg", "math", "a"}


def png(size=(3, 2)):
    file = io.BytesIO()
    Image.new("RGB", size, "red").save(file, "PNG")
    return base64.b64encode(file.getvalue()).decode()


def mark(status="partial", **changes):
    cases = [
        CaseMark("a stride", True, "max rel. error 3e-16", "passed"),
        CaseMark("a pad", False, "shape (2, 3), not (3, 2)", "wrong"),
        CaseMark("an empty batch", False, "raised IndexError in line 3", "raised"),
        CaseMark("one channel", False, "stopped after 5 s", "stopped"),
        CaseMark("ties", False, "not written yet", "unwritten"),
    ]
    return Mark(**{"name": "zero_pad", "status": status, "points": 1.0, "maximum": 5.0, "cases": cases, **changes})


def notebook(source="def zero_pad(X, pad): ...", outputs=(), extra="", this=None, hint="", answer="Because.", notes=()):
    """A graded notebook as it comes to the template: one function, one cell that the student added, one written answer."""
    this = this or mark()
    this.hint = hint or this.hint
    graded = {"grade_id": "check_zero_pad", "grade": True, "solution": False, "points": 5, "score": 1.0}
    written = {"grade_id": "answer_why", "grade": True, "solution": True, "points": 5, "score": 0, "waits": True}
    test = new_code_cell("check(zero_pad)", metadata={"nbgrader": graded})
    write_mark(test, this)
    return new_notebook(
        metadata={"convnets": {"notes": list(notes)}},
        cells=[
            new_code_cell(
                source,
                outputs=list(outputs),
                metadata={"nbgrader": {"grade_id": "zero_pad", "solution": True, "grade": False, "comment": None}},
            ),
            test,
            new_code_cell(extra or "plot()", outputs=list(outputs), metadata={"convnets": {"extra": True}}),
            new_markdown_cell(answer, metadata={"nbgrader": written}),
        ],
    )


def page(nb, student="ann", score=1.0):
    c = Config()
    configure(c, Course())
    names = {"student": student, "notebook": "w1_conv", "score": score, "max_score": 10.0, "late_penalty": 0}
    html, _ = HTMLExporter(config=c).from_notebook_node(nb, resources={"nbgrader": names})
    html.encode()  # what nbgrader does next
    return BeautifulSoup(html, "html.parser")


def assert_inert(soup):
    """Nothing on the page runs, loads or leads anywhere else."""
    links = [link["href"] for link in soup.find_all("a")]
    assert all(link.startswith("#") for link in links), links
    assert [tag.name for tag in soup.find_all(RUNS - {"a"})] == []
    assert len(soup.find_all("style")) == len(soup.find_all("title")) == 1
    for tag in soup.find_all(True):
        assert not [name for name in tag.attrs if name.startswith("on") or name in ("srcset", "action", "data")], tag
        assert tag.get("src", "data:image/png;base64,").startswith("data:image/png;base64,"), tag
        assert "url(" not in tag.get("style", "")
    equivalents = [tag["http-equiv"] for tag in soup.find_all("meta", attrs={"http-equiv": True})]
    assert equivalents == ["Content-Security-Policy"]
    policy = soup.find("meta", attrs={"http-equiv": True})["content"]
    assert "default-src 'none'" in policy and "script" not in policy and "http" not in policy


@pytest.mark.parametrize("text", MARKUP)
def test_markup_is_text_wherever_it_comes_from(text):
    outputs = [
        new_output("stream", name="stdout", text=text),
        new_output("error", ename=text, evalue=text, traceback=[text]),
        new_output("display_data", {"text/plain": text}),
        new_output("display_data", {"text/html": text, "image/svg+xml": text, "application/javascript": text}),
        new_output("display_data", {"image/png": png()}, metadata={"image/png": {"alt": text}}),
    ]
    cases = [CaseMark(text, False, text, "wrong"), CaseMark("seen", False, text, "wrong", text, text)]
    this = mark(cases=cases, notes=[text], slip=(text, text))
    nb = notebook(text, outputs, extra=text, this=this, hint=text, answer=text, notes=[text])
    nb.cells[0].metadata.nbgrader["comment"] = text
    soup = page(nb, student=text)
    assert_inert(soup)
    assert soup.get_text().count(text.strip()) >= 10, "what was sent is there to be read"


def test_a_picture_is_shown_and_nothing_that_only_claims_to_be_one():
    bogus = [
        'x" onerror="alert(1)',
        "https://evil.example/x.png",
        base64.b64encode(b"<svg onload=alert(1)>").decode(),
        "%%%",
        "\ud800",
        ["a", "b"],
        "",
    ]
    outputs = [
        nbformat.from_dict({"output_type": "display_data", "data": {"image/png": one}, "metadata": {}}) for one in bogus
    ]
    soup = page(notebook(outputs=outputs))
    assert_inert(soup)
    assert soup.find_all("img") == []
    assert "cannot be shown" in soup.get_text()
    lines = png()[:40] + "\n" + png()[40:]
    shown = page(notebook(outputs=[new_output("display_data", {"image/png": lines})])).find_all("img")
    assert [image["src"] for image in shown] == [f"data:image/png;base64,{png()}"] * 2
    assert all(image["alt"] for image in shown)


def test_a_cell_that_a_student_added_shows_its_picture_at_once():
    plot = new_output("display_data", {"image/png": png()})
    assert page(notebook(outputs=[plot])).find("details").has_attr("open")
    assert not page(notebook()).find("details").has_attr("open")


def test_floods_are_cut_and_say_so():
    lines = "\n".join(f"line {number}" for number in range(3000))
    colours = "\x1b[31m\x1b[1;4m" * 50_000 + "red\x1b[0m"
    outputs = [
        new_output("stream", name="stdout", text=lines),
        new_output("stream", name="stderr", text=colours),
        new_output("stream", name="stdout", text="x" * 1_000_000),
        *(new_output("display_data", {"text/plain": f"output {number}"}) for number in range(500)),
    ]
    soup = page(notebook(outputs=outputs))
    text = soup.get_text()
    assert len(str(soup)) < 60_000
    assert "line 0\n" in text and "line 2999" in text and "2,960 lines left out" in text
    assert "more outputs of this cell are left out" in text
    assert "red" in text and "\x1b" not in text and "[31m" not in text


def test_a_progress_bar_is_what_stood_there_in_the_end():
    assert readable("\r  0%\r 50%\r100%\r\ndone\r\n") == "100%\ndone\n"


def test_what_a_page_cannot_hold_or_show_is_left_out():
    bad = "a\ud800b\x00c\x08d\u202ee\uffff"
    nb = notebook(bad, [new_output("stream", name="stdout", text=bad)], answer=bad, notes=[bad], this=mark(notes=[bad]))
    text = page(nb, student=bad).get_text()
    assert text.count("abcde") >= 5
    assert not [
        character for character in text if character in bad.replace("abcde", "")[1::2] and not character.isalpha()
    ]


def test_outputs_of_no_known_shape_do_not_stop_the_page():
    odd = [
        {"output_type": "display_data", "data": {}, "metadata": {}},
        {"output_type": "display_data", "data": {"text/plain": ["a", "b"]}, "metadata": {"image/png": None}},
        {"output_type": "display_data", "data": {"image/png": png()}, "metadata": {"image/png": {"alt": 7}}},
        {"output_type": "display_data", "data": {"image/png": png()}, "metadata": {"image/png": "none"}},
        {"output_type": "stream", "name": "stdout", "text": ["one\n", "two\n"]},
        {"output_type": "error", "ename": "", "evalue": "", "traceback": []},
    ]
    soup = page(notebook(outputs=[nbformat.from_dict(one) for one in odd]))
    assert "one\ntwo" in soup.get_text() and "ab" in soup.get_text()


def test_every_verdict_is_a_sign_and_a_word():
    soup = page(notebook())
    rows = soup.find(id="check_zero_pad").find_all("tr")[1:]
    verdicts = [row.find("td").get_text(" ", strip=True) for row in rows]
    assert verdicts == ["✓ right", "✗ wrong", "✗ error", "✗ stopped", "– missing"]
    for status in statuses.WORDS.keys() - {"rejected"}:
        row = page(notebook(this=mark(status))).find(class_="overview").find("tbody").find("tr")
        said = row.find("td").get_text("|", strip=True)
        assert said == f"{statuses.sign(status)}|{statuses.words(status)}"


def test_table_slip_hint_and_points_are_there():
    this = mark(slip=("every axis is padded", "Give a pair for each axis."))
    found = page(notebook(this=this, hint="np.pad takes a pair for each axis.")).find(id="check_zero_pad").get_text(" ")
    assert "1 of 5 points" in found and "shape (2, 3), not (3, 2)" in found
    assert "Looks like: every axis is padded." in found
    assert "Hint: np.pad takes a pair for each axis." in " ".join(found.split())


def test_a_file_that_could_not_be_read_gets_the_reason_once():
    reason = "The file is no notebook."
    soup = page(notebook(this=mark("rejected", points=0.0, cases=[], notes=[reason]), notes=[reason]), score=0)
    assert soup.get_text().count(reason) == 1 and "0 of 10 points" in soup.find(class_="score").get_text(
        " ", strip=True
    )
    assert not soup.find(class_="overview") and "def zero_pad" not in soup.get_text()


def test_a_page_is_titled_as_its_notebook_and_says_where_and_what_was_asked():
    nb = notebook()
    plot = new_output("display_data", {"image/png": png()})
    slider = {"text/plain": "interactive(children=…)", "application/vnd.jupyter.widget-view+json": {}}
    given = [new_code_cell("show()", outputs=[plot]), new_code_cell("show()", outputs=[plot])]
    moving = new_code_cell("slide()", outputs=[new_output("display_data", slider)])
    first = new_markdown_cell("# Convolution from scratch\n\nA small pattern.\n\n## Edges in `a` photograph\n\nLook.")
    asked = new_markdown_cell("**You should see** edges.\n\n### A written answer\n\nWhy is `max` *not* 1 < 2?")
    nb.cells = [first, *nb.cells[:-1], *given, moving, asked, nb.cells[-1]]
    soup = page(nb)
    assert soup.find("h1").get_text() == "Convolution from scratch"
    labels = [one.get_text() for one in soup.find_all("summary")][1:]
    assert labels == [
        "Edges in a photograph · what the given code shows with your functions",
        "Edges in a photograph · further on",
    ]
    assert soup.find(id="answer_why").find_next_sibling("p").get_text() == "Why is max not 1 < 2?"
    assert "interactive" not in soup.get_text()
    over = new_markdown_cell("**You should see** it.\n\n**Over to you.** Say why.\nAnd how.")
    assert feedback_page.question(over.source) == "Say why.\nAnd how."


def test_a_function_that_passes_needs_no_hint():
    assert "Hint:" not in page(notebook(this=mark("passed"), hint="np.pad")).get_text()


def test_what_nobody_has_read_yet_waits_and_is_not_zero():
    soup = page(notebook())
    row = soup.find(class_="overview").find_all("tr")[-1].get_text(" ", strip=True)
    assert "waits to be read" in row and "up to 5" in row and "0 of 5" not in row
    assert "5 more wait to be read" in soup.find(class_="score").get_text(" ")


def test_a_mark_that_a_person_has_changed_says_so():
    nb = notebook()
    assert "Your instructor gave" not in page(nb).get_text()
    nb.cells[1].metadata.nbgrader["score"] = 4.5
    assert "Your instructor gave 4.5 of 5 points" in page(nb).get_text()


def test_links_lead_to_the_exercises_and_every_id_is_there_once():
    soup = page(notebook())
    ids = [tag["id"] for tag in soup.find_all(id=True)]
    assert len(ids) == len(set(ids))
    assert {link["href"][1:] for link in soup.find_all("a")} == set(ids) == {"check_zero_pad", "answer_why"}


def test_through_nbgrader_an_unread_answer_waits_and_a_read_one_does_not(tmp_path, released, assignment):
    """The gradebook's word, by nbgrader's own converters, on a notebook that is judged already."""
    from nbgrader.api import Gradebook

    from grader.audit import sample_hand_ins
    from grader.gradebook.conversion import convert
    from grader.gradebook.database import quiet_gradebook
    from grader.publishing import build

    course = Course(tmp_path)
    build.ensure("w1_conv", course)
    ready = sample_hand_ins.solved(released, assignment)
    for cell in ready.cells:
        name = cell.metadata.get("nbgrader", {}).get("grade_id", "")
        if name.startswith("check_"):
            points = cell.metadata.nbgrader["points"]
            this = mark("passed", name=name.removeprefix("check_"), points=points, maximum=points, cases=[])
            write_mark(cell, this)
    course.path("autograded", "w1_conv", "ann").mkdir(parents=True)
    nbformat.write(ready, course.path("autograded", "w1_conv", "ann") / "w1_conv.ipynb")
    with quiet_gradebook(), Gradebook(course.gradebook) as gradebook:
        gradebook.update_or_create_student("ann")
        [submitted] = gradebook.update_or_create_submission("w1_conv", "ann").notebooks
        for grade in submitted.grades:
            if grade.name.startswith("check_"):
                grade.auto_score = grade.max_score
        gradebook.db.commit()

    def feedback_page():
        convert("GenerateFeedback", course, "w1_conv", "ann")
        soup = BeautifulSoup((course.path("feedback", "w1_conv", "ann") / "w1_conv.html").read_text(), "html.parser")
        assert_inert(soup)
        return soup

    assert "95 of 100 points, and 5 more wait to be read" in feedback_page().find(class_="score").get_text(
        " ", strip=True
    )
    with Gradebook(course.gradebook) as gradebook:
        written = gradebook.find_grade("answer_translation", "w1_conv", "w1_conv", "ann")
        written.manual_score, written.needs_manual_grade = 0, False
        gradebook.db.commit()
    soup = feedback_page()
    assert "wait" not in soup.find(class_="score").get_text()
    assert "Written answer – no points 0 of 5" in soup.find(class_="overview").get_text(" ", strip=True)
