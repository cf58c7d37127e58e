"""Assignments are found by their names: any package `w<week>_<topic>`, in the order of the weeks."""

from grader.base.assignments import names, week


def test_any_week_is_found_in_order(tmp_path):
    for file in ("__init__.py", "w3_unet.py", "w4_face.md"):
        (tmp_path / file).write_text("")
    for folder in ("w2_resnet", "w10_late", "w1_keras", "w1_conv", "w5_classic", "w_no_week", "w3", "__pycache__"):
        (tmp_path / folder).mkdir()
    assert names(tmp_path) == ["w1_conv", "w1_keras", "w2_resnet", "w5_classic", "w10_late"]
    assert week("w10_late") == 10


def test_those_that_there_are():
    assert "w1_conv" in names() and names() == sorted(names(), key=week)
