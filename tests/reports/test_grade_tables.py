"""The tables of grades: complete, as Canvas and Moodle read them, and nothing that a spreadsheet would run."""

import csv

import pytest

from grader.judging.result import Result
from grader.reports import grade_tables
from grader.reports.grading_report import Report
from grader.scoring.marks import CaseMark, Mark


def mark(name, points, status="passed", slip=None):
    return Mark(name, status, points, 5.0, [CaseMark("a case", status == "passed", "", "passed")], slip)


def report_of(folder, **totals):
    """A report with two exercises; the second of which fails where the total is below 10."""
    report = Report("w1_conv", 1, 15.0, folder)
    for student, total in totals.items():
        slip = ("every axis is padded", "Give a pair for each axis.")
        second = mark("im2col", 5) if total == 10 else mark("im2col", 1.25, "partial", slip)
        report.results[student] = Result(student, {"zero_pad": mark("zero_pad", 5), "im2col": second}, total=total)
    return report


def table(path):
    with path.open(newline="", encoding="utf-8") as file:
        return list(csv.reader(file))


def test_all_tables_are_written_where_the_report_says(tmp_path):
    report = report_of(tmp_path / "grades", ann=10.0)
    names = ["w1_conv.csv", "w1_conv-canvas.csv", "w1_conv-moodle.csv"]
    assert grade_tables.write_all(report) == [tmp_path / "grades" / name for name in names]
    assert report.grades.exists()


def test_grades_have_a_row_a_student_and_a_column_an_exercise(tmp_path):
    rows = table(grade_tables.write_grades(report_of(tmp_path, ann=10.0, ben=6.25)))
    assert rows == [
        ["student", "total", "maximum", "status", "late", "unread", "zero_pad", "im2col"],
        ["ann", "10", "15", "graded", "0", "0", "5", "5"],
        ["ben", "6.25", "15", "graded", "0", "0", "5", "1.25"],
    ]


def test_written_answers_have_a_column_and_one_that_waits_is_no_zero(tmp_path):
    report = report_of(tmp_path, ann=10.0, ben=6.25)
    report.results["ann"].written = {"answer_why": None, "answer_how": 2.5}
    report.results["ben"].written = {"answer_why": 0.0, "answer_how": 5.0}
    head, ann, ben = table(grade_tables.write_grades(report))
    assert head[5:] == ["unread", "zero_pad", "im2col", "answer_why", "answer_how"]
    assert ann[5:] == ["1", "5", "5", "", "2.5"] and ben[5:] == ["0", "5", "1.25", "0", "5"]
    comments = {row[0]: row[-1] for row in table(grade_tables.write_moodle(report))}
    assert "waits to be read" in comments["ann"] and "waits" not in comments["ben"]


def test_what_being_late_has_cost_is_in_the_tables(tmp_path):
    report = report_of(tmp_path, ann=7.5)
    report.results["ann"].late = 2.5
    assert table(grade_tables.write_grades(report))[1][4] == "2.5"
    assert table(grade_tables.write_moodle(report))[1][-1].startswith(
        "Handed in late: 2.5 points are taken off.<br>im2col:"
    )


def test_canvas_finds_its_columns_the_points_possible_and_the_login(tmp_path):
    """The order is fixed: Canvas reads these columns by their place (`update_column_count` in its importer)."""
    rows = table(grade_tables.write_canvas(report_of(tmp_path, ann=10.0, ben=6.25)))
    assert rows[0] == ["Student", "ID", "SIS User ID", "SIS Login ID", "Section", "w1_conv"]
    assert rows[1] == ["    Points Possible", "", "", "", "", "15"]
    assert rows[2:] == [["ann", "", "", "ann", "", "10"], ["ben", "", "", "ben", "", "6.25"]]


def test_canvas_gets_its_own_id_back_where_it_has_named_the_file(tmp_path):
    report = report_of(tmp_path, leeann_501=10.0)
    report.canvas = {"leeann_501": "501"}
    assert table(grade_tables.write_canvas(report))[2] == ["leeann_501", "501", "", "", "", "10"]


def test_moodle_gets_user_grade_and_a_comment_that_says_what_is_lost(tmp_path):
    rows = table(grade_tables.write_moodle(report_of(tmp_path, ann=10.0, ben=6.25)))
    assert rows[0] == ["Username", "w1_conv", "Feedback comments"]
    assert rows[1] == ["ann", "10", "Every function passes."]
    assert rows[2][:2] == ["ben", "6.25"]
    assert rows[2][2] == "im2col: 1.25 of 5 points, some cases pass. Looks like: every axis is padded."


def test_moodle_can_map_addresses_only_where_every_student_has_one(tmp_path):
    rows = table(grade_tables.write_moodle(report_of(tmp_path, **{"a@x.org": 10.0, "b@x.org": 10.0})))
    assert rows[0][:2] == ["Username", "Email address"]
    assert rows[1][:2] == ["a@x.org", "a@x.org"]
    rows = table(grade_tables.write_moodle(report_of(tmp_path, **{"a@x.org": 10.0, "ben": 10.0})))
    assert rows[0] == ["Username", "w1_conv", "Feedback comments"]
    assert all(row[0] for row in rows), "Moodle gives a row without a user to the student before"


def test_a_total_that_could_not_be_recorded_is_no_grade_anywhere(tmp_path):
    report = report_of(tmp_path, ann=None)
    assert table(grade_tables.write_grades(report))[1][1] == ""
    assert table(grade_tables.write_canvas(report))[2][5] == ""
    assert table(grade_tables.write_moodle(report))[1][1] == "-"


@pytest.mark.parametrize("name", ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", '=HYPERLINK("http://x";"y")'])
def test_no_cell_is_a_formula(tmp_path, name):
    for path in grade_tables.write_all(report_of(tmp_path, **{name: 10.0})):
        cells = [cell for row in table(path) for cell in row]
        assert f"'{name}" in cells
        assert not [cell for cell in cells if cell.startswith(("=", "+", "-", "@", "\t"))]


def test_names_of_any_script_separators_and_quotes_come_back_as_they_were(tmp_path):
    names = ["Ångström, Ä.", 'Jo "J" Doe', "山田 太郎", "a;b", "0123"]
    for path in grade_tables.write_all(report_of(tmp_path, **dict.fromkeys(names, 10.0))):
        rows = table(path)
        assert [row[0] for row in rows[-len(names) :]] == names
        assert len({len(row) for row in rows}) == 1


def test_a_rejected_hand_in_says_why_without_markup(tmp_path):
    report = report_of(tmp_path, ann=10.0)
    marks = {name: Mark(name, "rejected", 0.0, 5.0, []) for name in ("zero_pad", "im2col")}
    report.results["ben"] = Result("ben", marks, rejected="=There is no <script>x</script>.ipynb", total=0.0)
    assert table(grade_tables.write_moodle(report))[2] == [
        "ben",
        "0",
        "'=There is no &lt;script&gt;x&lt;/script&gt;.ipynb",
    ]
    assert table(grade_tables.write_grades(report))[2][3] == "rejected"


def test_nobody_is_a_table_too(tmp_path):
    for path in grade_tables.write_all(Report("w1_conv", 1, 15.0, tmp_path)):
        assert len(table(path)) <= 2


def test_half_a_surrogate_pair_does_not_stop_the_export(tmp_path):
    for path in grade_tables.write_all(report_of(tmp_path, **{"a\ud800b": 10.0})):
        assert "a?b" in {cell for row in table(path) for cell in row}
