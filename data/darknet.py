"""Networks of Darknet in Keras: a `.cfg` says what the layers are, a `.weights` holds their numbers one after the other.

Read are the layers that detectors of the YOLO family are made of. Epsilon and padding are those of A. Bochkovskiy's
Darknet, with which the networks of this course were trained.

Source: J. Redmon, Darknet: Open Source Neural Networks in C, 2013-2016; A. Bochkovskiy, C.-Y. Wang, H.-Y. M. Liao, 2020,
arXiv:2004.10934.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from data.errors import DataError

if TYPE_CHECKING:
    import keras

EPSILON = 1e-5  # beside the variance, under the root
SLOPE = 0.1  # of a leaky unit, below zero


@dataclass(frozen=True)
class Head:
    """What one [yolo] section says of its output, whose channels are B times (x, y, w, h, confidence, classes).

    anchors    float32 (B, 2): width and height as shares of the picture's
    n_classes  how many classes
    scale_xy   by how much the middle of a box may leave its cell: 1.0 not at all
    """

    anchors: NDArray[np.float32]
    n_classes: int
    scale_xy: float


@dataclass(frozen=True)
class Section:
    """One [section] of a .cfg: its kind, its line, its options."""

    kind: str
    line: int
    options: dict[str, str]

    def number(self, name: str, default: int | None = None) -> int:
        """A whole number; raises DataError where it is not one, or is not there and has no default."""
        if name not in self.options and default is not None:
            return default
        return int(self._numbers(name, int)[0])

    def numbers(self, name: str) -> list[int]:
        """Whole numbers between commas."""
        return [int(one) for one in self._numbers(name, int)]

    def reals(self, name: str, default: str) -> list[float]:
        """Numbers between commas."""
        return self._numbers(name, float, default)

    def _numbers(self, name: str, kind: Callable[[str], float], default: str | None = None) -> list[float]:
        text = self.options.get(name, default)
        try:
            return [kind(one) for one in text.split(",")] if text is not None else [kind("")]
        except ValueError:
            wanted = "whole numbers" if kind is int else "numbers"
            said = "is missing" if text is None else f"is {text!r}, where {wanted} were wanted"
            raise DataError(f"{self}: {name!r} {said}.") from None

    def __str__(self) -> str:
        return f"[{self.kind}] in line {self.line}"


def read(cfg: Path, weights: Path) -> tuple[keras.Model, list[Head]]:
    """The network that `cfg` describes, with the numbers in `weights`, and what is to be known of its outputs.

    The model takes (m, n_H, n_W, n_C), RGB from 0 to 1, at the size that the .cfg names; it gives one raw output
    (m, S_H, S_W, B * (5 + C)) for each [yolo] section, in the file's order, or a list of them where there are several.

    Raises DataError for a file that is no such description, a layer or option that is not read here, and for weights
    that are foreign, truncated, or more than the layers take.
    """
    import keras

    with _told(cfg):
        first, *sections = parse(_text(cfg))
        shape = tuple(first.number(side) for side in ("height", "width", "channels"))
    numbers = _Numbers(weights)
    network = _Network(keras.Input(shape, name="picture"), numbers)
    with _told(cfg):
        for section in sections:
            network.add(section)
        if not network.heads:
            raise DataError("It has no [yolo] section, so there is no output.")
    numbers.finish()
    outputs = [output for output, _ in network.heads]
    model = keras.Model(network.input, outputs if len(outputs) > 1 else outputs[0], name=cfg.stem.replace(".", "_"))
    for layer, values in network.values:
        layer.set_weights(values)
    return model, [head for _, head in network.heads]


def parse(text: str) -> list[Section]:
    """The sections of a .cfg, [net] first."""
    sections: list[Section] = []
    for number, line in enumerate(text.splitlines(), 1):
        line = line.partition("#")[0].partition(";")[0].strip()
        if line.startswith("[") and line.endswith("]"):
            sections.append(Section(line[1:-1].strip(), number, {}))
        elif line:
            name, equals, value = line.partition("=")
            if not equals or not sections:
                raise DataError(f"Line {number} is {line[:40]!r}, where a [section] or name=value was wanted.")
            sections[-1].options[name.strip()] = value.strip()
    if not sections or sections[0].kind not in ("net", "network"):
        raise DataError("It does not begin with a [net] section.")
    return sections


def decoded(raw: Any, head: Head) -> tuple[Any, Any, Any, Any]:
    """The boxes in a raw output (…, S_H, S_W, B * (5 + C)), all as shares of the picture.

    Returns box_xy (…, S_H, S_W, B, 2), the middles; box_wh (…, 2); box_confidence (…, 1); box_class_probs (…, C).

    Source: J. Redmon, A. Farhadi, YOLOv3, 2018, arXiv:1804.02767, section 2.1.
    """
    from keras import ops

    *leading, rows, columns, channels = raw.shape
    raw = ops.reshape(
        ops.convert_to_tensor(raw), (*leading, rows, columns, len(head.anchors), channels // len(head.anchors))
    )
    down, right = np.meshgrid(np.arange(rows), np.arange(columns), indexing="ij")
    cells = ops.convert_to_tensor(np.stack([right, down], axis=-1)[:, :, None], "float32")
    within = ops.sigmoid(raw[..., :2]) * head.scale_xy - 0.5 * (head.scale_xy - 1)
    box_xy = (within + cells) / ops.convert_to_tensor([columns, rows], "float32")
    box_wh = ops.exp(raw[..., 2:4]) * ops.convert_to_tensor(head.anchors)
    return box_xy, box_wh, ops.sigmoid(raw[..., 4:5]), ops.sigmoid(raw[..., 5:])


def all_decoded(raws: Any, heads: list[Head], place: int = 0) -> tuple[Any, Any, Any, Any]:
    """The boxes of all outputs for the picture at `place` of a batch, one after the other: (N, 2), (N, 2), (N, 1), (N, C)."""
    from keras import ops

    parts = [decoded(raw[place], head) for raw, head in zip(raws, heads, strict=True)]
    flat = [[ops.reshape(part, (-1, part.shape[-1])) for part in of_head] for of_head in parts]
    box_xy, box_wh, box_confidence, box_class_probs = (ops.concatenate(one) for one in zip(*flat, strict=True))
    return box_xy, box_wh, box_confidence, box_class_probs


class _told:
    """Says which file a DataError is about."""

    def __init__(self, path: Path):
        self._path = path

    def __enter__(self) -> None:
        pass

    def __exit__(self, kind: object, error: object, traceback: object) -> None:
        if isinstance(error, DataError):
            raise DataError(f"{self._path} cannot be used. {error}") from None


def _text(path: Path) -> str:
    try:
        return path.read_text("utf-8")
    except UnicodeDecodeError:
        raise DataError("It is no text.") from None


class _Numbers:
    """The numbers of a .weights file, taken from its beginning to its end."""

    def __init__(self, path: Path):
        self._told = _told(path)
        content = path.read_bytes()
        with self._told:
            major, minor = np.frombuffer(content[:8].ljust(8, b"\xff"), "<i4").tolist()
            if major != 0 or minor not in (1, 2):
                raise DataError("It does not begin as Darknet's weights do: with the version 0.1 or 0.2.")
            header = (
                20 if minor == 2 else 16
            )  # after major, minor and revision: how many pictures were seen, 8 or 4 bytes
            if len(content) < header or (len(content) - header) % 4:
                raise DataError("It is truncated: its size is not that of whole numbers.")
            self._all = np.frombuffer(content, "<f4", offset=header)
            if not np.isfinite(self._all).all():
                raise DataError("It holds what is no number: it is damaged, or something else.")
        self._used = 0

    def take(self, *shape: int) -> NDArray[np.float32]:
        """The next numbers, in that shape."""
        start, self._used = self._used, self._used + int(np.prod(shape))
        with self._told:
            if self._used > len(self._all):
                raise DataError(
                    f"It is truncated, or of another network: it holds {len(self._all):,} numbers, and the layers take more."
                )
        return self._all[start : self._used].reshape(shape)

    def finish(self) -> None:
        """Raises DataError where numbers are left over."""
        with self._told:
            if self._used < len(self._all):
                raise DataError(
                    f"It is of another network: it holds {len(self._all):,} numbers, and the layers take {self._used:,}."
                )


class _Network:
    """Layers on layers, as the sections of a .cfg come."""

    def __init__(self, picture: Any, numbers: _Numbers):
        self.input = picture
        self.outputs: list[Any] = []
        self.heads: list[tuple[Any, Head]] = []
        self.values: list[tuple[keras.Layer, list[NDArray[np.float32]]]] = []
        self._numbers = numbers
        self._kinds: dict[str, Callable[[Section], Any]] = {
            "convolutional": self._convolutional,
            "shortcut": self._shortcut,
            "route": self._route,
            "maxpool": self._maxpool,
            "upsample": self._upsample,
            "dropout": lambda section: self._last(),  # it is for training
            "yolo": self._yolo,
        }

    def add(self, section: Section) -> None:
        if section.kind not in self._kinds:
            known = ", ".join(f"[{kind}]" for kind in self._kinds)
            raise DataError(f"{section}: there is no such layer among those that are read: {known}.")
        self.outputs.append(self._kinds[section.kind](section))

    def _last(self) -> Any:
        return self.outputs[-1] if self.outputs else self.input

    def _name(self, what: str) -> str:
        return f"{what}_{len(self.outputs)}"  # Darknet counts its layers from 0

    def _at(self, section: Section, place: int) -> Any:
        """The output of a layer by its number, from the first on or, below 0, from this one back."""
        here = len(self.outputs)
        number = here + place if place < 0 else place
        if not 0 <= number < here:
            raise DataError(f"{section}: it asks for the layer {place}, and there are {here} before it.")
        return self.outputs[number]

    def _convolutional(self, section: Section) -> Any:
        from keras import layers

        refused = [name for name in ("dilation", "stride_x", "stride_y", "antialiasing") if name in section.options]
        if refused:
            raise DataError(f"{section}: the option {refused[0]!r} is not read.")
        x, normalised = self._last(), section.number("batch_normalize", 0)
        filters, size = section.number("filters", 1), section.number("size", 1)
        stride, groups, channels = section.number("stride", 1), section.number("groups", 1), x.shape[-1]
        pad = size // 2 if section.number("pad", 0) else section.number("padding", 0)
        if channels % groups or filters % groups:
            raise DataError(f"{section}: {channels} channels and {filters} filters do not fall into {groups} groups.")
        same = stride == 1 and 2 * pad == size - 1  # elsewhere Keras would put more zeros on one side than on the other
        if pad and not same:
            x = layers.ZeroPadding2D(pad, name=self._name("pad"))(x)
        bias = self._numbers.take(filters)
        statistics = [self._numbers.take(filters) for _ in range(3)] if normalised else []
        kernel = self._numbers.take(filters, channels // groups, size, size)
        name = self._name("convolutional")
        how = {"strides": stride, "padding": "same" if same else "valid", "use_bias": not normalised}
        if groups == channels == filters > 1:
            layer, kernel = layers.DepthwiseConv2D(size, name=name, **how), kernel.transpose(2, 3, 0, 1)
        else:
            layer, kernel = layers.Conv2D(filters, size, groups=groups, name=name, **how), kernel.transpose(2, 3, 1, 0)
        x = layer(x)
        self.values.append((layer, [kernel] if normalised else [kernel, bias]))
        if normalised:
            scale, mean, variance = statistics
            if np.any(variance < 0):
                raise DataError(f"{section}: the weights give it a variance below 0: they are of another network.")
            layer = layers.BatchNormalization(epsilon=EPSILON, name=self._name("normalised"))
            x = layer(x)
            self.values.append((layer, [scale, bias, mean, variance]))
        return self._activated(section, x, "logistic")

    def _activated(self, section: Section, x: Any, default: str) -> Any:
        from keras import layers

        kind = section.options.get("activation", default)
        if kind == "linear":
            return x
        slopes = {"leaky": SLOPE, "relu": 0.0}
        if kind not in slopes:
            raise DataError(f"{section}: the activation {kind!r} is not read; leaky, relu and linear are.")
        return layers.ReLU(negative_slope=slopes[kind], name=self._name(kind))(x)

    def _shortcut(self, section: Section) -> Any:
        from keras import layers

        one, others = self._last(), [self._at(section, place) for place in section.numbers("from")]
        if any(other.shape != one.shape for other in others):
            shapes = " and ".join(str(x.shape[1:]) for x in (one, *others))
            raise DataError(f"{section}: outputs of different shapes, {shapes}, cannot be added.")
        return self._activated(section, layers.Add(name=self._name("shortcut"))([one, *others]), "linear")

    def _route(self, section: Section) -> Any:
        from keras import layers

        parts = [self._at(section, place) for place in section.numbers("layers")]
        groups, group = section.number("groups", 1), section.number("group_id", 0)
        if any(part.shape[-1] % groups for part in parts) or not 0 <= group < groups:
            raise DataError(f"{section}: there is no group {group} of {groups} in its channels.")
        if groups > 1:
            parts = [
                part[..., share * group : share * (group + 1)] for part in parts for share in [part.shape[-1] // groups]
            ]
        if len({part.shape[1:-1] for part in parts}) > 1:
            raise DataError(f"{section}: outputs of different heights or widths cannot be put side by side.")
        return layers.Concatenate(name=self._name("route"))(parts) if len(parts) > 1 else parts[0]

    def _maxpool(self, section: Section) -> Any:
        from keras import layers

        stride = section.number("stride", 1)
        size = section.number("size", stride)
        if "padding" in section.options or not (stride == 1 or size == stride == 2):
            raise DataError(f"{section}: read are stride 1 and, at a size of 2, stride 2, without `padding`.")
        return layers.MaxPooling2D(size, stride, "same", name=self._name("maxpool"))(self._last())

    def _upsample(self, section: Section) -> Any:
        from keras import layers

        if "scale" in section.options:
            raise DataError(f"{section}: the option 'scale' is not read.")
        return layers.UpSampling2D(section.number("stride", 2), name=self._name("upsample"))(self._last())

    def _yolo(self, section: Section) -> Any:
        x, classes = self._last(), section.number("classes", 20)
        anchors = np.array(section.reals("anchors", ""), np.float32).reshape(-1, 2)
        mask = section.numbers("mask") if "mask" in section.options else list(range(len(anchors)))
        if section.number("new_coords", 0):
            raise DataError(f"{section}: the option 'new_coords' is not read.")
        if not mask or not all(0 <= place < len(anchors) for place in mask):
            raise DataError(f"{section}: its mask {mask} names anchors that are not there; there are {len(anchors)}.")
        if x.shape[-1] != len(mask) * (5 + classes):
            wanted = len(mask) * (5 + classes)
            raise DataError(
                f"{section}: {len(mask)} boxes of 5 + {classes} numbers take {wanted} channels, not {x.shape[-1]}."
            )
        height, width = self.input.shape[1:3]
        shares = (anchors[mask] / (width, height)).astype(np.float32)
        self.heads.append((x, Head(shares, classes, section.reals("scale_x_y", "1")[0])))
        return x
