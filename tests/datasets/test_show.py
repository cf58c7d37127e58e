"""The house look: what reaches a notebook is a picture with words beside it."""

import base64
import io
import subprocess
import sys

import numpy as np
import pytest
from nbconvert import HTMLExporter
from nbformat.v4 import new_code_cell, new_notebook, new_output
from PIL import Image

from data import show


@pytest.fixture
def shown(monkeypatch):
    """Everything that was displayed, as (data, metadata)."""
    outputs = []

    def display(data, metadata=None, raw=False):
        assert raw
        outputs.append((data, metadata or {}))

    monkeypatch.setattr("IPython.display.display", display)
    return outputs


def pixels(output):
    data, _ = output
    return np.asarray(Image.open(io.BytesIO(base64.b64decode(data["image/png"]))).convert("RGB"))


def has_color(output, color):
    wanted = np.array([int(color[k : k + 2], 16) for k in (1, 3, 5)])
    return bool((np.abs(pixels(output).astype(int) - wanted).max(axis=-1) <= 2).any())


def test_importing_show_does_not_import_matplotlib():
    code = "import sys; from data import show; sys.exit('matplotlib' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


def test_a_figure_is_shown_once_with_its_alt_text_and_on_its_own_background(shown):
    with show.figure(alt="A line that rises.") as ax:
        ax.plot([1, 2, 3])
    [(data, metadata)] = shown
    assert data["text/plain"] == "A line that rises."
    assert metadata["image/png"] == {"alt": "A line that rises.", "width": 864}
    assert "#{:02X}{:02X}{:02X}".format(*pixels(shown[0])[0, 0]) == show.PAPER
    assert has_color(shown[0], show.BLUE)


def test_an_error_inside_a_figure_shows_nothing(shown):
    with pytest.raises(NotImplementedError), show.figure(alt="never"):
        raise NotImplementedError
    assert not shown


def test_the_look_does_not_leak_into_a_students_own_plots(shown):
    import matplotlib as mpl

    before = mpl.rcParams["axes.facecolor"]
    with show.figure(alt="any"):
        assert mpl.rcParams["axes.facecolor"] == show.PAPER
    assert mpl.rcParams["axes.facecolor"] == before


def test_html_made_by_nbconvert_carries_the_alt_text(shown):
    show.pictures([np.eye(3)], alt="A diagonal.")
    data, metadata = shown[0]
    cell = new_code_cell("show", outputs=[new_output("display_data", data=data, metadata=metadata)])
    html, _ = HTMLExporter(template_name="classic").from_notebook_node(new_notebook(cells=[cell]))
    assert 'alt="A diagonal."' in html


@pytest.mark.parametrize(
    "image",
    [
        np.zeros((5, 4), np.uint8),
        np.zeros((5, 4, 1)),
        np.zeros((5, 4, 3), np.uint8),
        np.full((5, 4, 3), 1.7),
        np.ones((5, 4), bool),
        np.full((200, 90), -3),
    ],
    ids=["grey bytes", "one channel", "colour bytes", "colour beyond 1", "mask", "whole numbers"],
)
@pytest.mark.parametrize("to_scale", [False, True])
def test_pictures_of_every_kind_are_shown_in_silence(shown, capfd, image, to_scale):
    show.pictures([image, None, image], ["a", "", "b"], columns=2, to_scale=to_scale, alt="pictures")
    assert len(shown) == 1
    assert capfd.readouterr() == ("", "")


def test_a_photograph_keeps_its_greys_and_a_signed_map_its_zero(shown):
    show.pictures([np.full((4, 4), 128, np.uint8)], alt="grey")
    assert has_color(shown[-1], "#808080")
    show.pictures([np.array([[-2.0, 0.0], [0.0, 1.0]])], signed=True, alt="signed")
    assert has_color(shown[-1], "#003B5C")  # the lowest number, at the full reach of 2
    assert has_color(shown[-1], "#F7F5F0")  # zero
    assert not has_color(shown[-1], "#6B2F00")  # +1 is half way to that end


def test_to_scale_draws_a_pixel_of_each_picture_at_one_size(shown):
    show.pictures([np.zeros((60, 60), np.uint8), np.zeros((30, 30), np.uint8)], to_scale=True, alt="two squares")
    black = pixels(shown[0]).max(axis=-1) < 10
    columns = np.flatnonzero(black.sum(axis=0) > 30)
    first, second = np.split(columns, np.flatnonzero(np.diff(columns) > 5) + 1)
    assert len(first) / len(second) == pytest.approx(2, rel=0.02)


def test_numbers_are_marked_and_joined(shown):
    grids = [np.arange(9).reshape(3, 3), np.array([[-1, 1]])]
    show.numbers(grids, ["a", "b"], signs=["="], marks={0: [(0, 0, 2, 2)]}, alt="numbers")
    assert has_color(shown[0], show.ORANGE)


def test_bars_and_curves_use_the_palette(shown):
    show.bars({"slow": 900.0, "fast": 3.0}, label="ms", alt="bars")
    show.curves({"train": [3, 2, 1], "test": [3, 2, 2]}, x_label="step", y_label="cost", alt="curves")
    for output in shown:
        assert has_color(output, show.BLUE) and has_color(output, show.VERMILLION)


def test_a_table_aligns_numbers_right_and_escapes_words(shown):
    show.table([["<b>", 1234567, 0.123456], ["longer", 5, 2.0]], ["what", "count", "share"])
    [(data, _)] = shown
    assert data["text/plain"].splitlines() == [
        "what        count  share",
        "<b>     1,234,567  0.123",
        "longer          5      2",
    ]
    assert '<td style="text-align: left">&lt;b&gt;</td>' in data["text/html"]
    assert '<td style="text-align: right">1,234,567</td>' in data["text/html"]


def test_boxes_are_framed_in_their_class_colour_with_name_and_score(shown):
    image = np.full((40, 60, 3), 128, np.uint8)
    found = [(np.array([0.9]), np.array([[5.0, 10, 30, 35]]), np.array([1])), (np.zeros((0, 4)), np.zeros(0, int))]
    show.boxes([image, image], found, ["car", "dog"], ["with a dog", "empty"], alt="A grey picture with one frame.")
    [output] = shown
    assert has_color(output, show.VERMILLION)
    assert not has_color(output, show.BLUE)
    assert output[0]["text/plain"] == "A grey picture with one frame."


def test_frames_stand_on_their_pixels(shown):
    black = np.zeros((40, 60, 3), np.uint8)
    box = np.array([[10, 5, 30, 25]])
    show.boxes([black, black], [(box, [2]), (box[:0], [])], ["", "", ""], alt="one framed", dashed=[box[:0], box])
    green = (np.abs(pixels(shown[0]).astype(int) - (0, 0x9E, 0x73)).max(axis=-1) <= 40).nonzero()
    dark = (pixels(shown[0]).max(axis=-1) < 10).nonzero()
    scale = (dark[0].max() - dark[0].min() + 1) / 40
    for axis, low, high in ((0, 5, 25), (1, 10, 30)):
        place = (np.array([green[axis].min(), green[axis].max()]) - dark[axis].min()) / scale
        np.testing.assert_allclose(place, (low, high), atol=1)
    second = pixels(shown[0])[dark[0].min() : dark[0].max(), dark[1].max() - int(58 * scale) : dark[1].max()]
    assert (second.min(axis=-1) > 240).sum() > 50
