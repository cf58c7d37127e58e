"""Render a mark for a page of a notebook: as HTML for a browser, as plain text for a terminal.

Text takes its colours from the reader's theme. Colour never carries meaning alone: every verdict has a sign and a word.
"""

from __future__ import annotations

from html import escape

from grader.presentation.status import WORDS, sign
from grader.scoring.marks import CaseMark, Mark

# By the outcome of a case: a sign, and the word beside it.
SIGNS = {"passed": "✓", "wrong": "✗", "raised": "✗", "unwritten": "–", "undefined": "–", "stopped": "✗"}
OUTCOMES = {
    "passed": "right",
    "wrong": "wrong",
    "raised": "error",
    "unwritten": "missing",
    "undefined": "missing",
    "stopped": "stopped",
}
# No green or red reaches the contrast of 4.5 that text needs on both white and Jupyter's dark background. So signs are
# white on these colours, and as border lines the colours reach the 3 that is required of non-text elements.
GOOD, BAD = "#24804a", "#c4432f"


def headline(mark: Mark) -> str:
    """Return one line: how many cases pass, and what the mark is worth."""
    passed = sum(case.passed for case in mark.cases)
    return f"{mark.name}: {passed} of {len(mark.cases)} cases pass · {mark.points:g} of {mark.maximum:g} points"


def html(mark: Mark, inputs: list[str] | None = None) -> str:
    """Return a mark as an HTML table.

    Arguments:
        mark -- with one case mark for each case
        inputs -- the inputs of visible cases, in short. Without them the mark is shown as in feedback: only what may be
            shown of hidden cases, and a hint if the function does not pass
    """
    border = GOOD if mark.status == "passed" else BAD
    parts = [
        f'<div role="status" class="convnets-mark convnets-{mark.status}" style="border-left:4px solid {border};'
        'padding:.2em .8em;margin:.3em 0;line-height:1.45">',
        f'<p style="margin:.2em 0"><strong>{_chip(sign(mark.status), border)} '
        f"{escape(headline(mark))}</strong> — {WORDS[mark.status]}</p>",
        *(f'<p style="margin:.2em 0">{escape(note)}</p>' for note in mark.notes),
        _slip_html(mark),
        _hint_html(mark) if inputs is None else "",
        _table_html(mark, inputs),
        "</div>",
    ]
    return "".join(parts)


def _chip(character: str, colour: str) -> str:
    look = f"background:{colour};color:#fff;border-radius:.4em;padding:0 .35em;font-weight:600"
    return f'<span aria-hidden="true" style="{look}">{character}</span>'


def _slip_html(mark: Mark) -> str:
    if not mark.slip:
        return ""
    title, text = mark.slip
    return f'<p style="margin:.3em 0"><strong>Looks like: {escape(title)}.</strong> {escape(text)}</p>'


def _hint_html(mark: Mark) -> str:
    if not mark.hint or mark.status == "passed":
        return ""
    return f'<p style="margin:.3em 0"><strong>Hint:</strong> {escape(mark.hint)}</p>'


def _table_html(mark: Mark, inputs: list[str] | None) -> str:
    if mark.status == "missing" or not mark.cases:
        return ""
    heads = ["verdict", "case", *(["values"] if inputs else []), "finding"]
    look = "text-align:left;padding:.15em .7em .15em 0;vertical-align:top"
    # Columns have a limited width, so that long texts wrap instead of pushing others out of view.
    cell, wide, values_look = (
        f'style="{look}{more}"' for more in ("", ";min-width:7em", ";width:21.5em;min-width:13em")
    )
    rows = []
    for number, case in enumerate(mark.cases):
        colour = GOOD if case.passed else BAD
        first = (
            f'<td {cell}><span style="white-space:nowrap">{_chip(SIGNS[case.outcome], colour)} '
            f"{OUTCOMES[case.outcome]}</span></td>"
        )
        values = f"<td {values_look}>{_values_html(case, inputs[number])}</td>" if inputs else ""
        rows.append(f"<tr>{first}<td {cell}>{escape(case.title)}</td>{values}<td {wide}>{escape(case.what)}</td></tr>")
    head = "".join(f'<th scope="col" {cell}>{name}</th>' for name in heads)
    # Formgrader shows marks of hidden cases and removes our styles: there, these classes lay out the table.
    layout = "" if inputs else 'class="table table-condensed" '
    return (
        # If it is wider than the window, it must be possible to scroll it with the keyboard (WCAG 2.1.1).
        '<div style="overflow-x:auto" tabindex="0" role="group" aria-label="cases">'
        f'<table {layout}style="margin:.3em 0;font-size:90%">'
        f"<thead><tr>{head}</tr></thead><tbody>{''.join(rows)}</tbody></table></div>"
    )


def _values_html(case: CaseMark, given: str) -> str:
    """Return the input, the expected value and the student's value, one below the other to fit a narrow window."""
    named = {"input": given, "expected": case.expected, "yours": case.yours}
    if case.passed:
        named = {"input": given, "result": case.yours or case.expected}
    plain = 'style="background:none;padding:0;white-space:normal;overflow-wrap:anywhere"'
    lines = (
        f'<div style="padding-left:5.4em;text-indent:-5.4em"><span style="display:inline-block;width:5.4em;text-indent:0">'
        f"{name}</span><code {plain}>{escape(value)}</code></div>"
        for name, value in named.items()
    )
    return "".join(lines)


def text(mark: Mark, inputs: list[str] | None = None) -> str:
    """Return the same as `html` in plain text."""
    lines = [f"{sign(mark.status)} {headline(mark)} — {WORDS[mark.status]}"]
    lines += mark.notes
    if mark.slip:
        lines.append(f"Looks like: {mark.slip[0]}. {mark.slip[1]}")
    if mark.status != "missing":
        lines += [_line(case, inputs[i] if inputs else "") for i, case in enumerate(mark.cases)]
    return "\n".join(lines)


def _line(case: CaseMark, given: str) -> str:
    line = f"  {SIGNS[case.outcome]} {case.title}: {case.what}"
    if given and not case.passed:
        line += f"\n      input {given}\n      expected {case.expected}\n      yours {case.yours}"
    return line


def messages(mark: Mark) -> list[str]:
    """Return the notes, the slip and the findings of a mark, without any expected value."""
    slip = [f"{mark.slip[0]}: {mark.slip[1]}"] if mark.slip else []
    return [*mark.notes, *slip, *(f"{case.title}: {case.what}" for case in mark.cases if not case.passed)]
