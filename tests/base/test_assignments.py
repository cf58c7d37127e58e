"""Assignments are found by their names: any `w<week>_<topic>`, a module or a package, in the order of the weeks."""

from grader.base.assignments import names, week


def test_any_week_is_found_in_order(tmp_path):
    for file in ("w2_resnet.py", "w10_late.py", "w1_keras.py", "w1_conv.py", "__init__.py", "weights.py", "w3.py"):
        (tmp_path / file).write_text("")
    for folder in ("w5_classic", "w_no_week", "__pycache__"):
        (tmp_path / folder).mkdir()
    (tmp_path / "w4_face.md").write_text("")
    assert names(tmp_path) == ["w1_conv", "w1_keras", "w2_resnet", "w5_classic", "w10_late"]
    assert week("w10_late") == 10


def test_those_that_there_are():
    assert "w1_conv" in names() and names() == sorted(names(), key=week)
