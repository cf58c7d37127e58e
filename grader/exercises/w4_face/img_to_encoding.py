"""From a file to a vector of length 1; any way of resizing is right."""

import numpy as np
from solutions.w4_face import img_to_encoding

from grader.exercises.w4_face.shared import TF32
from grader.spec.case import case
from grader.spec.exercise import Exercise
from grader.spec.wrong import afterwards, edit, edits, passing


def look_at_encoding(function, *, picture, mode, kind, shape, d, seed, middle=0, times=1, length=None, text=True):
    """Write a picture to a file, build a small model, and ask for the encoding.

    Arguments:
        function -- `img_to_encoding`
        picture -- array (h, w) or (h, w, c) of uint8; None where there is no file, empty where it is not a picture
        mode -- "RGB", "RGBA", "L"; "P" for a palette, which follows from the seed; "cut" for a file that ends too early
        kind -- how the file's name ends
        shape -- of the model's input, (n_H, n_W, n_C)
        d -- numbers in an encoding
        seed -- of the model's weights
        middle -- how many rows and columns on both sides of the picture's middle the model does not look at: where parts of
            one colour meet, every way of resizing gives other numbers, and all are right
        times -- how much larger the weights are; the bias takes that back, so that small errors of the pixels become large ones
        length -- how long the model's answer is; otherwise about 1. For both the picture must have the model's size
        text -- whether the path is text
    """
    import os
    import pathlib
    import tempfile

    import keras
    import numpy as np
    from PIL import Image

    rng = np.random.default_rng(seed)
    # Permute: rows and columns that are exchanged in the shape alone are not the same to it.
    parts = [keras.layers.Permute((2, 1, 3)), keras.layers.Flatten(), keras.layers.Dense(d), keras.layers.BatchNormalization()]
    model = keras.Sequential([keras.Input(shape), *parts])
    weights = rng.standard_normal((*shape, d))
    if middle:
        n_H, n_W = shape[0] // 2, shape[1] // 2
        weights[n_H - middle : n_H + middle] = 0
        weights[:, n_W - middle : n_W + middle] = 0
    weights *= np.sqrt(2 / np.count_nonzero(weights[..., 0]))
    numbers = [weights.swapaxes(0, 1).reshape(-1, d), *rng.normal(0, 0.7, (5, d))]
    numbers[-1] = 0.5 + np.abs(numbers[-1])  # the variance
    if times > 1:
        numbers[1] -= (times - 1) * (picture.reshape(shape).swapaxes(0, 1).ravel() / 255) @ numbers[0]
        numbers[0] = times * numbers[0]
    model.set_weights([one.astype("float32") for one in numbers])
    if length:
        answer = keras.ops.convert_to_numpy(model(picture[None] / np.float32(255), training=False))
        numbers[2:4] = [one * length / np.linalg.norm(answer) for one in numbers[2:4]]
        model.set_weights([one.astype("float32") for one in numbers])
    with tempfile.TemporaryDirectory() as folder:
        path = os.path.join(folder, "somebody." + kind)
        if picture is not None and picture.size == 0:
            with open(path, "w") as file:
                file.write("No picture, but a line of text.\n")
        elif mode == "P":
            image = Image.fromarray(picture)
            indexed = Image.frombytes("P", image.size, image.tobytes())
            indexed.putpalette(rng.integers(0, 256, 768).tolist())
            indexed.save(path)
        elif picture is not None:
            Image.fromarray(picture).save(path)
            if mode == "cut":
                with open(path, "rb+") as file:
                    file.truncate(os.path.getsize(path) // 2)
        try:
            return function(path if text else pathlib.Path(path), model)
        except ValueError as error:
            if (picture is None or picture.size == 0 or mode == "cut") and "somebody" not in str(error):
                raise LookupError("the ValueError does not name the file") from error
            raise


exercise = Exercise(
    img_to_encoding,
    points=12,
    dtype="float",
    limit_float32=TF32,
    observer=look_at_encoding,
    pair_cases=0,
    hints=[
        "Four steps: read, resize, call the model, normalise. model.input_shape is (None, n_H, n_W, n_C).",
        'Image.open(image_path).convert("RGB"), or "L" for one channel, then .resize((n_W, n_H)): Pillow has the width first. An array of it, over 255, with an axis for the batch in front.',
        "encoding = model(pixels, training=False); divide by np.linalg.norm(encoding). Around the reading: try … except OSError as error: raise ValueError(…) from error.",
    ],
)


@exercise.cases
def cases(rng):
    def noise(*shape):
        return rng.integers(0, 256, shape).astype(np.uint8)

    several = int(rng.integers(5, 9))

    def one(title, picture, shape, mode="RGB", kind="png", d=several, raises=None, **more):
        return case(title, picture=picture, mode=mode, kind=kind, shape=shape, d=d, seed=int(rng.integers(2**31)), raises=raises, **more)

    def colour(h, w):
        return np.broadcast_to(noise(3), (h, w, 3)).copy()

    def quarters(h, w):
        """Four colours: any way of resizing leaves them as they are, but for where they meet."""
        return noise(2, 2, 3)[np.arange(h) * 2 // h][:, np.arange(w) * 2 // w]

    yield one("a picture of the model's size", noise(6, 9, 3), (6, 9, 3), times=4)
    yield one("taller than wide", noise(11, 5, 3), (11, 5, 3), kind="bmp")
    yield one("four colours, larger than the model's size", quarters(61, 90), (32, 24, 3), middle=6)
    yield one("four colours, of another shape than the model's", quarters(90, 40), (24, 32, 3), middle=6)
    yield one("four colours, smaller than the model's size", quarters(20, 18), (32, 28, 3), middle=6)
    yield one("one colour, three times the size", colour(21, 15), (7, 5, 3))
    yield one("one colour, smaller than the model's size", colour(4, 5), (9, 8, 3))
    yield one("a grey picture", noise(6, 8), (6, 8, 3), mode="L")
    yield one("a grey picture for a grey model", noise(7, 6), (7, 6, 1), mode="L", times=4)
    yield one("a picture in colours, all of them grey, for a grey model", np.repeat(noise(5, 8, 1), 3, axis=2), (5, 8, 1))
    yield one("with a fourth channel, which says that nothing is transparent", np.dstack([noise(6, 5, 3), np.full((6, 5), 255, np.uint8)]), (6, 5, 3), mode="RGBA")
    yield one("with a palette", noise(8, 7), (8, 7, 3), mode="P")
    yield one("dark", noise(6, 7, 3) // 16, (6, 7, 3))
    yield one("one row of pixels", noise(1, 9, 3), (1, 9, 3), times=4)
    yield one("an encoding of one number", noise(5, 4, 3), (5, 4, 3), d=1)
    yield one("the model's answer is hardly longer than 0", noise(6, 7, 3), (6, 7, 3), length=2e-6)
    yield one("a path that is no text", noise(4, 7, 3), (4, 7, 3), text=False)
    yield one("no such file", None, (6, 8, 3), raises=ValueError)
    yield one("a file that is no picture", np.zeros(0, np.uint8), (6, 8, 3), raises=ValueError)
    yield one("a file that ends too early", noise(40, 30, 3), (6, 8, 3), mode="cut", raises=ValueError)


RESIZED = "    picture = picture.resize((n_W, n_H), Image.Resampling.BILINEAR)\n"
REFUSED = 'raise ValueError(f"{image_path} cannot be read as a picture: {error}") from error'

exercise.slip("not scaled to [0, 1]", edit(" / 255", ""), "The model wants numbers in [0, 1]; what does a file hold?")
exercise.slip("scaled to [−1, 1]", edit(" / 255", " / 127.5 - 1"), "The model wants numbers in [0, 1].")
exercise.slip("scaled by its brightest pixel", edit(" / 255", " / max(np.max(picture), 1)"), "Every picture is divided by the same number: a dark one stays dark.")
exercise.slip("blue, green, red", edit("model(pixels,", "model(pixels[..., ::-1],"), "In which order does the model want the channels?")
exercise.slip("not normalised", edit(" / np.linalg.norm(encoding)", ""), "An encoding has length 1: distances mean nothing otherwise.")
exercise.slip("divided by the sum", afterwards(lambda result: result / np.sum(result)), "Divide by the length of the vector, its L2 norm, not by the sum of its numbers.")
exercise.slip("divided by the sum of the absolute values", afterwards(lambda result: result / np.sum(np.abs(result))), "Divide by the L2 norm: squares, their sum, its root.")
exercise.slip("divided by the squared norm", edit("np.linalg.norm(encoding)", "np.sum(encoding**2)"), "The L2 norm is the root of the sum of squares.")
exercise.slip("normalised along the batch", passing("norm", axis=0), "The batch has one picture: along which axis is a vector's length?")
exercise.slip(
    "the pixels are normalised, not the encoding",
    edits(("model(pixels,", "model(pixels / max(np.linalg.norm(pixels), 1e-9),"), (" / np.linalg.norm(encoding)", "")),
    "What has length 1 is what comes out of the model, not what goes in.",
)
exercise.slip("training=True", passing("model", training=True), "In training mode BatchNormalization looks at the batch, here at a single picture: which mode is the network used in?")
exercise.slip("width and height swapped", edit("resize((n_W, n_H)", "resize((n_H, n_W)"), "Pillow's sizes are (width, height), arrays' shapes are (height, width).")
exercise.slip("turned on its side", edit("model(pixels,", "model(pixels.swapaxes(1, 2).reshape(pixels.shape),"), "The first axis of a picture goes down, the second across.")
exercise.slip("cropped, not resized", edit(RESIZED, "    picture = picture.crop((0, 0, n_W, n_H))\n"), "All of the picture is to be seen, however large it is.")
exercise.slip(
    "with bars at the sides",
    edit(RESIZED, "    from PIL import ImageOps\n\n    picture = ImageOps.pad(picture, (n_W, n_H), Image.Resampling.BILINEAR)\n"),
    "The picture fills all of the model's input, even if that makes a face wider.",
)
exercise.slip("not resized", edits((RESIZED, ""), ("reshape(1, n_H, n_W, n_C)", "reshape(1, *picture.size[::-1], n_C)")), "The model takes pictures of one size: model.input_shape says which.")
exercise.slip("as it is in the file", edit('opened.convert("L" if n_C == 1 else "RGB")', "opened.copy()"), "A file may be grey, or have a palette, or a fourth channel: `convert` makes RGB of each.")
exercise.slip("always RGB", edit('"L" if n_C == 1 else "RGB"', '"RGB"'), "How many channels does the model take? model.input_shape says so.")
exercise.slip("always grey", edit("opened.convert(", 'opened.convert("L").convert('), "The picture has colours, and the model sees them.")
exercise.slip("the batch's axis is missing", afterwards(lambda result: result[0]), "The result is a batch of one, (1, d).")
exercise.slip("unreadable files are let through", edit(REFUSED, "raise"), "A file that cannot be read is to end in a ValueError, in words that a user understands.")
exercise.slip("None where the file cannot be read", edit(REFUSED, "return None"), "Whoever calls this function would go on with None: raise a ValueError.")

exercise.equivalent("(OSError, SyntaxError) → (SyntaxError, OSError)", "either is caught")
exercise.equivalent("model(pixels, training=False) → model(pixels)", "outside of `fit` it is the default")
exercise.equivalent("keras.ops.convert_to_numpy(model(pixels, training=False)) → model(pixels, training=False)", "an array of any library is compared")
