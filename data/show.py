"""The house look: figures and tables as all eight notebooks draw them.

Every figure goes through `figure`, which asks for an `alt` text. It travels with the picture, as `alt` in its metadata:
nbconvert's classic template writes it into the page, a terminal prints it in the picture's place. JupyterLab
does neither, so a notebook also says, in the cell after a figure, what there is to see.

Colours are those of Okabe and Ito (2008, "Color Universal Design"), which colour-blind readers can tell apart. A figure
brings its own light background, so that it reads the same in a light and in a dark JupyterLab.

Matplotlib is imported where it is used: `from data import show` costs nothing. pyplot is not used at all, so no figure
stays open and no backend is chosen behind the reader's back.
"""

from __future__ import annotations

import base64
import html
import io
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

import numpy as np

BLUE, VERMILLION, GREEN, ORANGE = "#0072B2", "#D55E00", "#009E73", "#E69F00"
SKY, PURPLE, YELLOW, INK = "#56B4E9", "#CC79A7", "#F0E442", "#2B2B2B"
PALETTE = (BLUE, VERMILLION, GREEN, ORANGE, SKY, PURPLE, YELLOW, INK)
PAPER, FAINT = "#FCFBF8", "#77756F"

WIDTH = 9.0  # inches: the width of a notebook's output on a laptop
SCREEN_DPI, FILE_DPI = 96, 120  # shown at the first, stored at the second: sharp, and small enough to mail
PNG = {"compress_level": 3}  # as small as zlib's usual 6 makes our figures, and a quarter sooner there

LOOK: dict[str, Any] = {
    "figure.facecolor": PAPER,
    "savefig.facecolor": PAPER,
    "figure.titlesize": 12,
    "figure.constrained_layout.h_pad": 0.06,
    "figure.constrained_layout.w_pad": 0.06,
    "font.family": "DejaVu Sans",
    "font.size": 10,
    "text.color": INK,
    "axes.facecolor": PAPER,
    "axes.edgecolor": FAINT,
    "axes.labelcolor": INK,
    "axes.titlesize": 10.5,
    "axes.titlelocation": "left",
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.axisbelow": True,
    "axes.grid": True,
    "grid.color": "#E4E1DA",
    "grid.linewidth": 0.8,
    "lines.linewidth": 2.0,
    "xtick.color": FAINT,
    "ytick.color": FAINT,
    "xtick.labelcolor": INK,
    "ytick.labelcolor": INK,
    "legend.frameon": False,
}


def signed_colors() -> Any:
    """Colour map for numbers with a sign: blue below zero, paper at zero, vermillion above."""
    from matplotlib.colors import LinearSegmentedColormap

    return LinearSegmentedColormap.from_list("signed", ["#003B5C", BLUE, "#F7F5F0", VERMILLION, "#6B2F00"])


@contextmanager
def figure(
    n_rows: int = 1,
    n_cols: int = 1,
    *,
    alt: str,
    size: tuple[float, float] | None = None,
    title: str | None = None,
    **subplots: Any,
) -> Iterator[Any]:
    """Draw a figure in the house look; it is shown when the `with` block ends.

    Arguments:
        n_rows, n_cols -- the grid of axes
        alt -- the figure in words, for readers who do not see it
        size -- (width, height) in inches; 9 wide when left out
        title -- heading over all the axes
        **subplots -- passed on to matplotlib's `Figure.subplots`: sharex, width_ratios, …

    Yields:
        one Axes, or an array of them when there are several

    Example:
        with show.figure(alt="Loss falls from 2.3 to 0.2.") as ax:
            ax.plot(losses)
    """
    import matplotlib as mpl
    from cycler import cycler
    from matplotlib.figure import Figure

    look: dict[Any, Any] = {**LOOK, "axes.prop_cycle": cycler(color=PALETTE)}
    with mpl.rc_context(look):
        drawn = Figure(figsize=size or (WIDTH, 3.2 * n_rows), layout="constrained")
        axes = drawn.subplots(n_rows, n_cols, **subplots)
        if title:
            drawn.suptitle(title, x=0.01, ha="left")
        yield axes
        _display(drawn, alt)


def pictures(
    images: Sequence[np.ndarray | None],
    titles: Sequence[str] | None = None,
    *,
    alt: str,
    columns: int | None = None,
    signed: bool | Sequence[bool] = False,
    limits: tuple[float, float] | None = None,
    to_scale: bool = False,
    captions: Sequence[str] | None = None,
    colors: str = "gray",
    width: float = WIDTH,
    title: str | None = None,
) -> None:
    """Show pictures side by side, each with its size beneath it.

    Arguments:
        images -- arrays (n_H, n_W), (n_H, n_W, 1) or (n_H, n_W, 3); colour as uint8 or as floats in [0, 1]; None leaves
            a place empty
        titles -- one for each place
        alt -- the figure in words
        columns -- pictures in a row; all in one row, up to five, when left out
        signed -- True, or True for some: blue below zero, vermillion above, zero the colour of paper
        limits -- (lowest, highest) of the colours, in place of each picture's own range; uint8 always spans 0-255
        to_scale -- True draws every pixel of every picture at the same size
        captions -- in place of the sizes
        colors -- matplotlib's colour map for the pictures of one channel
        width -- of the whole figure, in inches
        title -- heading over all the pictures
    """
    columns = min(columns or 5, len(images))
    n_rows = -(-len(images) // columns)
    places = [*map(_flat, images), *[None] * (n_rows * columns - len(images))]
    signs = [signed] * len(images) if isinstance(signed, bool) else list(signed)

    sides = np.array([(0, 0) if image is None else image.shape[:2] for image in places]).reshape(n_rows, columns, 2)
    if to_scale:
        widths = np.maximum(sides[..., 1].max(axis=0), 0.4 * sides[..., 1].max())  # a title needs room
        heights = sides[..., 0].max(axis=1)
    else:
        widths = np.ones(columns)
        heights = np.full(n_rows, np.max(sides[..., 0] / np.maximum(sides[..., 1], 1)))
    tall = width * heights.sum() / widths.sum() + 0.5 * n_rows + (0.35 if title else 0)

    with figure(n_rows, columns, alt=alt, size=(width, tall), title=title, squeeze=False,
                width_ratios=widths, height_ratios=heights) as axes:  # fmt: skip
        for k, (ax, image) in enumerate(zip(axes.flat, places, strict=True)):
            if image is None:
                ax.set_axis_off()
                continue
            _picture(ax, image, signed=signs[k], limits=limits, colors=colors)
            ax.set_title(titles[k] if titles else "")
            size = captions[k] if captions else "{} × {}".format(*image.shape)
            if to_scale:
                ax.set(xlim=(-0.5, widths[k % columns] - 0.5), ylim=(heights[k // columns] - 0.5, -0.5))
                ax.spines[:].set_visible(False)
                ax.annotate(size, (0, image.shape[0]), (0, -3), xycoords="data", textcoords="offset points",
                            va="top", color=FAINT, fontsize=9, annotation_clip=False)  # fmt: skip
            else:
                ax.set_xlabel(size, color=FAINT, fontsize=9)


def boxes(
    images: Sequence[np.ndarray],
    found: Sequence[Sequence[Any]],
    names: Sequence[str],
    titles: Sequence[str] | None = None,
    *,
    alt: str,
    columns: int | None = None,
    dashed: Sequence[np.ndarray] | None = None,
) -> None:
    """Show pictures with a frame around each thing in them.

    Arguments:
        images -- as for `pictures`
        found -- for each picture (boxes, classes) or (scores, boxes, classes): boxes (N, 4) are corners x1, y1, x2, y2 in
            its pixels, classes (N,) places in `names`; a score is written beside the name
        names -- of the classes; each has a colour of its own
        titles -- one for each picture
        alt -- the figure in words
        columns -- pictures in a row; all in one row, up to four, when left out
        dashed -- for each picture boxes (N, 4) that get a dashed frame of no colour, such as those that were not found
    """
    from matplotlib.colors import to_rgba
    from matplotlib.patches import Rectangle

    def frame(corners: Sequence[float], **style: Any) -> Rectangle:
        x1, y1, x2, y2 = (
            float(corner) - 0.5 for corner in corners
        )  # imshow has the middle of a pixel at a whole number
        return Rectangle((x1, y1), x2 - x1, y2 - y1, fill=False, **style)

    columns = min(columns or 4, len(images))
    n_rows = -(-len(images) // columns)
    tall = n_rows * (
        WIDTH / columns * max(image.shape[0] / image.shape[1] for image in images) + (0.3 if titles else 0)
    )
    with figure(n_rows, columns, alt=alt, size=(WIDTH, tall), squeeze=False) as axes:
        for k, ax in enumerate(axes.flat):
            if k >= len(images):
                ax.set_axis_off()
                continue
            _picture(ax, images[k], signed=False, limits=None, colors="gray")
            ax.set_title(titles[k] if titles else "")
            for box in dashed[k] if dashed else ():
                ax.add_patch(frame(box, edgecolor=PAPER, linewidth=1.4, linestyle=(0, (3, 2))))
            *scores, corners, classes = found[k]
            for number, ((x1, y1, x2, y2), one) in enumerate(zip(corners, classes, strict=True)):
                color = PALETTE[int(one) % len(PALETTE)]
                ax.add_patch(frame((x1, y1, x2, y2), edgecolor=color, linewidth=2))
                label = names[int(one)] + (f" {float(scores[0][number]):.2f}" if scores else "")
                # A label grows away from the nearer side, and stays in the picture.
                place, side = (x1, "left") if x1 + x2 < images[k].shape[1] else (x2, "right")
                ax.text(place, max(y1, 0), label, fontsize=7.5, ha=side, va="bottom" if y1 > 8 else "top",
                        color=_readable(to_rgba(color)), bbox={"facecolor": color, "edgecolor": "none", "pad": 1})  # fmt: skip


def numbers(
    grids: Sequence[np.ndarray],
    titles: Sequence[str] | None = None,
    *,
    alt: str,
    signs: Sequence[str] = (),
    marks: Mapping[int, Sequence[tuple[int, int, int, int]]] | None = None,
    signed: Sequence[bool] | None = None,
    limits: tuple[float, float] | None = None,
    form: str = "{:.0f}",
    cell: float = 0.42,
) -> None:
    """Show small arrays as tables of their numbers, coloured by value.

    Arguments:
        grids -- arrays (rows, columns)
        titles -- one for each array
        alt -- the figure in words
        signs -- what stands between two arrays, such as "⋆" and "="
        marks -- for the array at an index: frames (top, left, height, width), in cells
        signed -- for each array: True colours by sign, False shades like a photograph; when left out, by whether
            the array holds a negative number
        limits -- (lowest, highest) of the colours, in place of each array's own range; uint8 always spans 0-255
        form -- format of a number
        cell -- side of a cell, in inches, where the arrays fit the notebook's width; smaller where they do not
    """
    from matplotlib.patches import Rectangle

    widths = [grid.shape[1] for grid in grids]
    gap = 0.4
    cell = min(cell, (WIDTH - gap * len(grids)) / sum(widths))
    size = (cell * sum(widths) + gap * len(grids), cell * max(grid.shape[0] for grid in grids) + 0.5)
    by_sign = signed if signed is not None else [bool(np.min(grid) < 0) for grid in grids]

    with figure(1, len(grids), alt=alt, size=size, width_ratios=widths, squeeze=False) as axes:
        for k, (ax, grid) in enumerate(zip(axes[0], grids, strict=True)):
            _picture(ax, grid, signed=by_sign[k], limits=limits, colors="gray")
            ax.set_title(titles[k] if titles else "")
            for (row, column), value in np.ndenumerate(grid):
                ax.text(column, row, form.format(value), ha="center", va="center", fontsize=min(9.0, 21 * cell),
                        color=_readable(ax.images[0].to_rgba(value)))  # fmt: skip
            for top, left, height, width in (marks or {}).get(k, ()):
                box = (left - 0.5, top - 0.5)
                ax.add_patch(Rectangle(box, width, height, fill=False, edgecolor=ORANGE, linewidth=3, clip_on=False))
            if k < len(signs):
                ax.annotate(signs[k], (1, 0.5), (gap * 36, 0), xycoords="axes fraction", textcoords="offset points",
                            ha="center", va="center", fontsize=20, annotation_clip=False)  # fmt: skip


def curves(lines: Mapping[str, Any], *, alt: str, x_label: str, y_label: str) -> None:
    """Plot named curves over 1, 2, 3, …

    Arguments:
        lines -- name to numbers
        alt -- the figure in words
        x_label, y_label -- quantity and unit
    """
    with figure(alt=alt, size=(WIDTH, 3.0)) as ax:
        for name, values in lines.items():
            ax.plot(np.arange(1, len(values) + 1), values, label=name)
        ax.set(xlabel=x_label, ylabel=y_label)
        if len(lines) > 1:
            ax.legend()


def bars(values: Mapping[str, float], *, alt: str, label: str, form: str = "{:,.3g}") -> None:
    """Compare numbers by horizontal bars, each with its number at the end.

    Arguments:
        values -- name to number
        alt -- the figure in words
        label -- quantity and unit of the numbers
        form -- format of a number
    """
    with figure(alt=alt, size=(WIDTH, 0.9 + 0.45 * len(values))) as ax:
        drawn = ax.barh(list(values), list(values.values()), color=PALETTE[: len(values)], height=0.6)
        ax.bar_label(drawn, [form.format(value) for value in values.values()], padding=5)
        ax.set(xlabel=label)
        ax.margins(x=0.15)
        ax.invert_yaxis()
        ax.grid(axis="y", visible=False)


def table(rows: Sequence[Sequence[Any]], header: Sequence[str]) -> None:
    """Show a table; numbers stand right, words left.

    Arguments:
        rows -- each a sequence of cells: a str is shown as it is, an int with commas, a float with three digits
        header -- one word for each column
    """
    from IPython.display import display

    cells = [[_written(value) for value in row] for row in rows]
    right = [all(not isinstance(row[k], str) for row in rows) for k in range(len(header))]
    display({"text/html": _html(cells, header, right), "text/plain": _plain(cells, header, right)}, raw=True)


def _flat(image: np.ndarray | None) -> np.ndarray | None:
    """Without the channel axis, where there is one channel."""
    return np.squeeze(image, axis=2) if image is not None and image.shape[2:] == (1,) else image


def _picture(ax: Any, image: np.ndarray, *, signed: bool, limits: tuple[float, float] | None, colors: str) -> None:
    """One picture without ticks: small ones as crisp squares, large ones smoothed to the screen."""
    smoothing = "nearest" if max(image.shape[:2]) <= 64 else "antialiased"
    if image.ndim == 3:
        # imshow would warn about floats outside [0, 1] on stderr
        ax.imshow(image if image.dtype == np.uint8 else np.clip(image, 0, 1), interpolation=smoothing)
    else:
        low, high = _range(image, signed) if limits is None or image.dtype == np.uint8 else limits
        ax.imshow(image, cmap=signed_colors() if signed else colors, vmin=low, vmax=high, interpolation=smoothing)
    ax.set(xticks=[], yticks=[])
    ax.grid(visible=False)
    for spine in ax.spines.values():
        spine.set(visible=True, color="#CFCBC2", linewidth=0.8)


def _range(image: np.ndarray, signed: bool) -> tuple[float, float]:
    if signed:
        reach = float(np.max(np.abs(image))) or 1.0
        return -reach, reach
    return (0.0, 255.0) if image.dtype == np.uint8 else (float(np.min(image)), float(np.max(image)))


def _readable(rgba: tuple[float, float, float, float]) -> str:
    """Ink or paper, whichever reads better on a colour (luminance of ITU-R BT.709)."""
    red, green, blue, _ = rgba
    return INK if 0.2126 * red + 0.7152 * green + 0.0722 * blue > 0.45 else PAPER


def _display(drawn: Any, alt: str) -> None:
    from IPython.display import display

    file = io.BytesIO()
    drawn.savefig(file, format="png", dpi=FILE_DPI, pil_kwargs=PNG)
    width = round(drawn.get_figwidth() * SCREEN_DPI)
    display(
        {"image/png": base64.b64encode(file.getvalue()).decode(), "text/plain": alt},
        metadata={"image/png": {"alt": alt, "width": width}},
        raw=True,
    )


def _written(value: Any) -> str:
    if isinstance(value, (int, np.integer)) and not isinstance(value, bool):
        return f"{value:,}"
    return f"{value:.3g}" if isinstance(value, (float, np.floating)) else str(value)


def _html(cells: list[list[str]], header: Sequence[str], right: list[bool]) -> str:
    def row(tag: str, values: Sequence[str]) -> str:
        styles = [f"text-align: {'right' if side else 'left'}" for side in right]
        inside = "".join(
            f'<{tag} style="{style}">{html.escape(value)}</{tag}>' for style, value in zip(styles, values, strict=True)
        )
        return f"<tr>{inside}</tr>"

    body = "".join(row("td", values) for values in cells)
    return f"<table><thead>{row('th', header)}</thead><tbody>{body}</tbody></table>"


def _plain(cells: list[list[str]], header: Sequence[str], right: list[bool]) -> str:
    lines = [list(header), *cells]
    widths = [max(len(line[k]) for line in lines) for k in range(len(header))]

    def row(values: Sequence[str]) -> str:
        aligned = (
            f"{value:>{n}}" if side else f"{value:<{n}}" for value, n, side in zip(values, widths, right, strict=True)
        )
        return "  ".join(aligned).rstrip()

    return "\n".join(map(row, lines))
