"""What is asked of each function of assignment `w4_face`."""

import keras
import numpy as np
from PIL import Image

from grader.spec.exercise import Edit, Exercise, Slip, Variant, case
from grader.spec.observers.losses import look_at_loss
from solutions import w4_face as solution
from solutions.w4_face import chi_square_similarity, img_to_encoding

TF32 = 3e-3  # of float32: a GPU multiplies with ten bits after the point, unless told otherwise
NAMES = ("Ada", "Alan", "Barbara", "Edsger", "Grace", "John", "Katherine", "Margaret", "Niklaus", "Radia", "Tim", "Tony")

# The messages that more than one exercise needs.
SAME_PICTURE = "A pair is two different pictures: what does a network learn from a picture and itself?"
ORDERED = "Pairs are ordered: (3, 5) and (5, 3) are two, for each of the two is an anchor."
SQUARED = "The distances are squared: without the squares the margin means something else."
LOWEST = "Of equally near negatives the one in the lowest row is meant."
COLUMNS = "In which order do the three columns stand?"
STABLE = "e to the power of a large number is more than a float can hold, and inf / inf is no number: which of the two forms of σ never sees such a power?"


# --- img_to_encoding -------------------------------------------------------------------------------------------------


def look_at_encoding(function, *, picture, mode, kind, shape, d, seed, middle=0):
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
    """
    import os
    import tempfile

    import keras
    import numpy as np
    from PIL import Image

    rng = np.random.default_rng(seed)
    model = keras.Sequential(
        [keras.Input(shape), keras.layers.Flatten(), keras.layers.Dense(d), keras.layers.BatchNormalization()]
    )
    weights = rng.standard_normal((*shape, d))
    if middle:
        n_H, n_W = shape[0] // 2, shape[1] // 2
        weights[n_H - middle : n_H + middle] = 0
        weights[:, n_W - middle : n_W + middle] = 0
    weights *= np.sqrt(2 / np.count_nonzero(weights[..., 0]))
    numbers = [weights.reshape(-1, d), *rng.normal(0, 0.7, (5, d))]
    numbers[-1] = 0.5 + np.abs(numbers[-1])  # the variance
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
        return function(path, model)


def encoding_cases(rng):
    d = int(rng.integers(5, 9))

    def noise(*shape):
        return rng.integers(0, 256, shape).astype(np.uint8)

    def one(title, picture, shape, mode="RGB", kind="png", raises=None, **more):
        return case(title, picture=picture, mode=mode, kind=kind, shape=shape, d=d, seed=int(rng.integers(2**31)), raises=raises, **more)

    def colour(h, w):
        return np.broadcast_to(noise(3), (h, w, 3)).copy()

    def quarters(h, w):
        """Four colours: any way of resizing leaves them as they are, but for where they meet."""
        return noise(2, 2, 3)[np.arange(h) * 2 // h][:, np.arange(w) * 2 // w]

    yield one("a picture of the model's size", noise(6, 9, 3), (6, 9, 3))
    yield one("taller than wide", noise(11, 5, 3), (11, 5, 3), kind="bmp")
    yield one("four colours, larger than the model's size", quarters(61, 90), (32, 24, 3), middle=6)
    yield one("four colours, of another shape than the model's", quarters(90, 40), (24, 32, 3), middle=6)
    yield one("four colours, smaller than the model's size", quarters(20, 18), (32, 28, 3), middle=6)
    yield one("one colour, three times the size", colour(21, 15), (7, 5, 3))
    yield one("one colour, smaller than the model's size", colour(4, 5), (9, 8, 3))
    yield one("a grey picture", noise(6, 8), (6, 8, 3), mode="L")
    yield one("a grey picture for a grey model", noise(7, 6), (7, 6, 1), mode="L")
    yield one("a picture in colours, all of them grey, for a grey model", np.repeat(noise(5, 8, 1), 3, axis=2), (5, 8, 1))
    yield one("with a fourth channel, which says that nothing is transparent", np.dstack([noise(6, 5, 3), np.full((6, 5), 255, np.uint8)]), (6, 5, 3), mode="RGBA")
    yield one("with a palette", noise(8, 7), (8, 7, 3), mode="P")
    yield one("dark", noise(6, 7, 3) // 16, (6, 7, 3))
    yield one("no such file", None, (6, 8, 3), raises=ValueError)
    yield one("a file that is no picture", np.zeros(0, np.uint8), (6, 8, 3), raises=ValueError)
    yield one("a file that ends too early", noise(40, 30, 3), (6, 8, 3), mode="cut", raises=ValueError)


def encoding_by_keras(image_path, model):
    height, width, channels = model.input_shape[1:]
    try:
        image = keras.utils.load_img(image_path, target_size=(height, width), color_mode="grayscale" if channels == 1 else "rgb")
    except Exception as error:
        raise ValueError(f"There is no picture that can be read in {image_path}.") from error
    batch = np.expand_dims(keras.utils.img_to_array(image) / 255.0, axis=0)
    embedding = model.predict_on_batch(batch)
    return embedding / np.linalg.norm(embedding, ord=2)


def encoding_by_lanczos(image_path, model):
    size, grey = model.input_shape[2:0:-1], model.input_shape[3] == 1
    try:
        image = Image.open(image_path).convert("RGB").resize(size, Image.Resampling.LANCZOS)
    except OSError:
        raise ValueError("cannot read " + str(image_path)) from None
    X = np.array(image.convert("L"))[..., None] if grey else np.array(image)
    out = model(keras.ops.convert_to_tensor((X / 255)[None].astype("float32")), training=False)
    return keras.ops.convert_to_numpy(keras.ops.normalize(out, axis=-1))


def encoding_by_nearest(image_path, model):
    try:
        pixels = np.array(Image.open(image_path).convert("RGB"), dtype=np.float64)
    except Exception as error:
        raise ValueError(f"no picture: {image_path}") from error
    _, n_H, n_W, n_C = model.input_shape
    rows = (np.arange(n_H) + 0.5) * len(pixels) / n_H
    columns = (np.arange(n_W) + 0.5) * pixels.shape[1] / n_W
    pixels = pixels[rows.astype(int)][:, columns.astype(int)] / 255
    if n_C == 1:
        pixels = pixels.mean(axis=2, keepdims=True)
    vector = keras.ops.convert_to_numpy(model(np.float32(pixels[None])))[0].astype(float)
    return (vector / np.sqrt(vector @ vector)).reshape(1, -1)


def encoding_in_tensors(image_path, model):
    try:
        with Image.open(image_path) as image:
            picture = np.asarray(image.convert("L" if model.input_shape[-1] == 1 else "RGB"), dtype="float32") / 255
    except OSError as error:
        raise ValueError(f"{image_path}: {error}") from error
    if picture.ndim == 2:
        picture = picture[:, :, None]
    resized = keras.ops.image.resize(picture[None], model.input_shape[1:3], interpolation="bicubic", antialias=True)
    encoding = model(resized, training=False)
    return keras.ops.convert_to_numpy(encoding / keras.ops.sqrt(keras.ops.sum(encoding**2)))


def encoding_cropped(image_path, model):
    _, n_H, n_W, n_C = model.input_shape
    try:
        with Image.open(image_path) as picture:
            picture = picture.convert("L" if n_C == 1 else "RGB")
    except (OSError, SyntaxError) as error:
        raise ValueError(f"{image_path} cannot be read as a picture: {error}") from error
    picture = picture.crop((0, 0, n_W, n_H))
    pixels = np.asarray(picture, dtype=np.float32).reshape(1, n_H, n_W, n_C) / 255
    encoding = keras.ops.convert_to_numpy(model(pixels, training=False))
    return encoding / np.linalg.norm(encoding, axis=-1, keepdims=True)


def encoding_with_bars(image_path, model):
    _, n_H, n_W, n_C = model.input_shape
    try:
        with Image.open(image_path) as picture:
            picture = picture.convert("L" if n_C == 1 else "RGB")
    except (OSError, SyntaxError) as error:
        raise ValueError(f"{image_path} cannot be read as a picture: {error}") from error
    scale = min(n_W / picture.width, n_H / picture.height)
    kept = picture.resize((max(round(scale * picture.width), 1), max(round(scale * picture.height), 1)), Image.Resampling.BILINEAR)
    picture = Image.new(kept.mode, (n_W, n_H))
    picture.paste(kept, ((n_W - kept.width) // 2, (n_H - kept.height) // 2))
    pixels = np.asarray(picture, dtype=np.float32).reshape(1, n_H, n_W, n_C) / 255
    encoding = keras.ops.convert_to_numpy(model(pixels, training=False))
    return encoding / np.linalg.norm(encoding, axis=-1, keepdims=True)


PIXELS = "np.asarray(picture, dtype=np.float32).reshape(1, n_H, n_W, n_C) / 255"
NORM = "np.linalg.norm(encoding, axis=-1, keepdims=True)"
CONVERTED = 'opened.convert("L" if n_C == 1 else "RGB")'

IMG_TO_ENCODING = Exercise(
    solution.img_to_encoding,
    points=12,
    cases=encoding_cases,
    slips=[
        Slip("not scaled to [0, 1]", Edit(" / 255", ""), "The model wants numbers in [0, 1]; what does a file hold?"),
        Slip("scaled to [−1, 1]", Edit(" / 255", " / 127.5 - 1"), "The model wants numbers in [0, 1]."),
        Slip("scaled by its brightest pixel", Edit(" / 255", " / max(np.max(picture), 1)"), "Every picture is divided by the same number: a dark one stays dark."),
        Slip("blue, green, red", Edit(PIXELS, PIXELS + "\n    pixels = pixels[..., ::-1]"), "In which order does the model want the channels?"),
        Slip("not normalised", Edit("return encoding / " + NORM, "return encoding"), "An encoding has length 1: distances mean nothing otherwise."),
        Slip("divided by the sum", Edit(NORM, "np.sum(encoding, axis=-1, keepdims=True)"), "Divide by the length of the vector, its L2 norm, not by the sum of its numbers."),
        Slip("divided by the sum of the absolute values", Edit(NORM, "np.sum(np.abs(encoding), axis=-1, keepdims=True)"), "Divide by the L2 norm: squares, their sum, its root."),
        Slip("divided by the squared norm", Edit(NORM, "np.sum(encoding**2, axis=-1, keepdims=True)"), "The L2 norm is the root of the sum of squares."),
        Slip("normalised along the batch", Edit("axis=-1", "axis=0"), "The batch has one picture: along which axis is a vector's length?"),
        Slip("the pixels are normalised, not the encoding", Edit("    encoding = keras.ops.convert_to_numpy(model(pixels, training=False))\n    return encoding / " + NORM, "    pixels = pixels / max(np.linalg.norm(pixels), 1e-9)\n    return keras.ops.convert_to_numpy(model(pixels, training=False))"), "What has length 1 is what comes out of the model, not what goes in."),
        Slip("training=True", Edit("training=False", "training=True"), "In training mode BatchNormalization looks at the batch, here at a single picture: which mode is the network used in?"),
        Slip("width and height swapped", Edit("resize((n_W, n_H)", "resize((n_H, n_W)"), "Pillow's sizes are (width, height), arrays' shapes are (height, width)."),
        Slip("turned on its side", Edit(PIXELS, "np.asarray(picture, dtype=np.float32).reshape(n_H, n_W, n_C).transpose(1, 0, 2).reshape(1, n_H, n_W, n_C) / 255"), "The first axis of a picture goes down, the second across."),
        Slip("cropped, not resized", encoding_cropped, "All of the picture is to be seen, however large it is."),
        Slip("with bars at the sides", encoding_with_bars, "The picture fills all of the model's input, even if that makes a face wider."),
        Slip("not resized", Edit("    picture = picture.resize((n_W, n_H), Image.Resampling.BILINEAR)\n    pixels = np.asarray(picture, dtype=np.float32).reshape(1, n_H, n_W, n_C) / 255", "    pixels = np.asarray(picture, dtype=np.float32).reshape(1, *picture.size[::-1], n_C) / 255"), "The model takes pictures of one size: model.input_shape says which."),
        Slip("as it is in the file", Edit("picture = " + CONVERTED, "opened.load()\n            picture = opened"), "A file may be grey, or have a palette, or a fourth channel: `convert` makes RGB of each."),
        Slip("always RGB", Edit(CONVERTED, 'opened.convert("RGB")'), "How many channels does the model take? model.input_shape says so."),
        Slip("always grey", Edit(CONVERTED, 'opened.convert("L").convert("L" if n_C == 1 else "RGB")'), "The picture has colours, and the model sees them."),
        Slip("the batch's axis is missing", Edit("return encoding / " + NORM, "return (encoding / " + NORM + ")[0]"), "The result is a batch of one, (1, d)."),
        Slip("unreadable files are let through", Edit("        raise ValueError(f\"{image_path} cannot be read as a picture: {error}\") from error", "        raise"), "A file that cannot be read is to end in a ValueError, in words that a user understands."),
        Slip("None where the file cannot be read", Edit("        raise ValueError(f\"{image_path} cannot be read as a picture: {error}\") from error", "        return None"), "Whoever calls this function would go on with None: raise a ValueError."),
    ],
    variants=[
        Variant("by Keras's load_img, nearest", encoding_by_keras),
        Variant("Lanczos", encoding_by_lanczos),
        Variant("nearest, by hand", encoding_by_nearest),
        Variant("bicubic, in tensors", encoding_in_tensors),
        Variant("bilinear, not smoothed", Edit("    picture = picture.resize((n_W, n_H), Image.Resampling.BILINEAR)\n    pixels = np.asarray(picture, dtype=np.float32).reshape(1, n_H, n_W, n_C) / 255", "    pixels = np.asarray(picture, dtype=np.float32).reshape(1, *picture.size[::-1], n_C) / 255\n    pixels = keras.ops.image.resize(pixels, (n_H, n_W))")),
        Variant("box", Edit("BILINEAR", "BOX")),
        Variant("in double precision", Edit("np.float32", "np.float64")),
    ],
    hints=[
        "Four steps: read, resize, call the model, normalise. model.input_shape is (None, n_H, n_W, n_C).",
        'Image.open(image_path).convert("RGB"), or "L" for one channel, then .resize((n_W, n_H)): Pillow has the width first. An array of it, over 255, with an axis for the batch in front.',
        "encoding = model(pixels, training=False); divide by np.linalg.norm(encoding). Around the reading: try … except OSError as error: raise ValueError(…) from error.",
    ],
    dtype="float",
    limit_float32=TF32,
    observer=look_at_encoding,
)

# --- verify and who_is_it --------------------------------------------------------------------------------------------


def look_at_door(function, *, picture, database, identity=None, refuses=False):
    """Write a picture to a file and ask who it is, of a model whose encoding is the pixels themselves.

    Arguments:
        function -- `verify`, or `who_is_it`
        picture -- array (h, w, 3) of uint8
        database -- dict from names to encodings
        identity -- the name that is claimed, where one is
        refuses -- whether nothing can be said: there is nobody, or nobody of that name
    """
    import contextlib
    import io
    import os
    import tempfile

    import keras
    from PIL import Image

    model = keras.Sequential([keras.Input(picture.shape), keras.layers.Flatten()])
    claimed = () if identity is None else (identity,)
    printed = io.StringIO()
    with tempfile.TemporaryDirectory() as folder, contextlib.redirect_stdout(printed):
        path = os.path.join(folder, "camera.png")
        Image.fromarray(picture).save(path)
        if refuses:
            try:
                function(path, *claimed, database, model)
            except (KeyError, ValueError):
                return {"a KeyError or a ValueError is raised": True}
            return {"a KeyError or a ValueError is raised": False}
        result = function(path, *claimed, database, model)
    if claimed:
        return result
    return {"the result": result, '"Not in the database." is printed': "not in the database" in printed.getvalue().lower()}


def somebody(rng):
    """A picture, and its encoding."""
    picture = rng.integers(0, 256, (int(rng.integers(2, 4)), int(rng.integers(3, 5)), 3)).astype(np.uint8)
    pixels = picture.reshape(-1).astype(float)
    return picture, pixels / np.linalg.norm(pixels)


def at_distance(rng, encoding, distance):
    """A vector of length 1 so far away."""
    aside = rng.standard_normal(len(encoding))
    aside -= (aside @ encoding) * encoding
    aside /= np.linalg.norm(aside)
    cosine = 1 - distance**2 / 2
    return cosine * encoding + np.sqrt(1 - cosine**2) * aside


def people(rng, encoding, *distances, dtype=np.float64, flat=False):
    """A database with somebody at each of these distances, and the names in its order, which is not that of the alphabet."""
    names = [str(name) for name in rng.permutation(NAMES)[: len(distances)]]
    if len(names) > 1 and names == sorted(names):
        names.reverse()
    vectors = [at_distance(rng, encoding, distance).astype(dtype) for distance in distances]
    return dict(zip(names, vectors if flat else [vector[None] for vector in vectors])), names


def verify_cases(rng):
    def one(title, claimed, others, **more):
        picture, encoding = somebody(rng)
        place = int(rng.integers(len(others) + 1))
        distances = [*others[:place], claimed, *others[place:]]
        database, names = people(rng, encoding, *distances, **more)
        return case(title, picture=picture, identity=names[place], database=database)

    near, far = (lambda: float(rng.uniform(0.3, 0.66))), (lambda: float(rng.uniform(0.9, 1.3)))
    yield one("the right person, nearest of all", near(), [far(), far()])
    yield one("somebody else, near to another", far(), [near(), far()])
    yield one("the right person, though another is nearer", near() + 0.02, [0.2, 0.25])
    yield one("just inside", float(rng.uniform(0.67, 0.695)), [far()])
    yield one("just outside", float(rng.uniform(0.705, 0.73)), [near()])
    yield one("vectors without the batch's axis", near(), [far(), near()], flat=True)
    yield one("vectors without the batch's axis, the wrong person", far(), [far(), near()], flat=True)
    yield one("single precision", near(), [far(), near()], dtype=np.float32)
    yield one("the opposite", float(rng.uniform(1.6, 1.9)), [near(), far()])
    picture, encoding = somebody(rng)
    database, names = people(rng, encoding, near(), far(), near())
    yield case("nobody of that name", picture=picture, identity="Zed", database=database, refuses=True)
    yield case("nobody at all", picture=picture, identity=names[0], database={}, refuses=True)


def verify_by_hand(image_path, identity, database, model):
    if not database or identity not in database:
        raise KeyError(f"unknown: {identity}")
    a, b = np.asarray(img_to_encoding(image_path, model)).flatten(), np.asarray(database[identity]).flatten()
    dist = np.sqrt(np.sum(np.square(a - b)))
    door_open = bool(dist < 0.7)
    print("welcome" if door_open else "go away")
    return dist, door_open


def verify_as_often_seen(image_path, identity, database, model):
    encoding = img_to_encoding(image_path, model)
    dist = np.linalg.norm(encoding - database[identity])
    if dist < 0.7:
        print("It's " + str(identity) + ", welcome in!")
        door_open = True
    else:
        print("It's not " + str(identity) + ", please go away")
        door_open = False
    return dist, door_open


def verify_in_tensors(image_path, identity, database, model):
    known = database.get(identity)
    if known is None:
        raise ValueError("no such person")
    difference = keras.ops.subtract(keras.ops.reshape(img_to_encoding(image_path, model), (-1,)), keras.ops.cast(keras.ops.reshape(known, (-1,)), "float32"))
    dist = keras.ops.norm(difference)
    return dist, bool(dist < 0.7)


def verify_by_the_nearest(image_path, identity, database, model):
    if identity not in database:
        raise ValueError(f"{identity} is not in the database")
    encoding = img_to_encoding(image_path, model)
    dist = min(float(np.linalg.norm(encoding - one)) for one in database.values())
    return dist, dist < 0.7


def verify_without_a_look_at_the_name(image_path, identity, database, model):
    if identity not in database:
        return None, False
    dist = float(np.linalg.norm(img_to_encoding(image_path, model) - database[identity]))
    return dist, dist < 0.7


def verify_pixels(image_path, identity, database, model):
    if identity not in database:
        raise ValueError(f"{identity} is not in the database")
    pixels = np.asarray(Image.open(image_path).convert("RGB"), dtype=np.float32)[None] / 255
    dist = float(np.linalg.norm(keras.ops.convert_to_numpy(model(pixels)) - database[identity]))
    return dist, dist < 0.7


DIST = "float(np.linalg.norm(encoding - np.reshape(database[identity], (1, -1))))"

VERIFY = Exercise(
    solution.verify,
    points=7,
    cases=verify_cases,
    slips=[
        Slip("the distance is squared", Edit(DIST, DIST + " ** 2"), "The Euclidean distance is the root of the sum of squares."),
        Slip("absolute differences", Edit(DIST, "float(np.sum(np.abs(encoding - np.reshape(database[identity], (1, -1)))))"), "The Euclidean distance is the root of the sum of squares."),
        Slip("the cosine, not the distance", Edit(DIST, "float(np.sum(encoding * np.reshape(database[identity], (1, -1))))"), "The scalar product grows as two encodings come closer; a distance falls."),
        Slip("one minus the cosine", Edit(DIST, "float(1 - np.sum(encoding * np.reshape(database[identity], (1, -1))))"), "Of two vectors of length 1 that is half the square of their distance."),
        Slip("the mean of the squares", Edit(DIST, "float(np.sqrt(np.mean((encoding - np.reshape(database[identity], (1, -1))) ** 2)))"), "A sum of squares, not their mean: the distance must not fall as d grows."),
        Slip("a threshold of 0.5", Edit("door_open = dist < 0.7", "door_open = dist < 0.5"), "Look at the docstring again: from which distance on does the door stay shut?"),
        Slip("a threshold of 1", Edit("door_open = dist < 0.7", "door_open = dist < 1.0"), "Look at the docstring again: from which distance on does the door stay shut?"),
        Slip("the threshold is reversed", Edit("door_open = dist < 0.7", "door_open = dist > 0.7"), "A small distance means the same person."),
        Slip("the nearest person, whoever is claimed", verify_by_the_nearest, "A stranger who looks like somebody else must not come in as the person claimed: one picture, one encoding."),
        Slip("not normalised", verify_pixels, "img_to_encoding gives the encoding, of length 1: the model alone does not."),
        Slip("the door comes first", Edit("return dist, door_open", "return door_open, dist"), "In which order are the two returned?"),
        Slip("the door alone", Edit("return dist, door_open", "return door_open"), "Two values are returned: the distance, and whether the door opens."),
        Slip("nothing is returned", Edit("    return dist, door_open\n", ""), "Printing is not returning."),
        Slip("an unknown name is let through", verify_without_a_look_at_the_name, "A name that the database does not have is a mistake of the caller: say so by an error."),
    ],
    variants=[
        Variant("by hand", verify_by_hand),
        Variant("by the dict's own error", verify_as_often_seen),
        Variant("in tensors", verify_in_tensors),
    ],
    hints=[
        "Three steps: the encoding of the picture, its distance to database[identity], the comparison with 0.7.",
        "np.linalg.norm(encoding - database[identity]) is the distance, for vectors of both shapes.",
        "door_open = dist < 0.7; print a welcome, or not; return dist, door_open. Before all that: a KeyError or ValueError where identity is not in database.",
    ],
    uses=("img_to_encoding",),
    observer=look_at_door,
)


def who_cases(rng):
    def one(title, *distances, **more):
        picture, encoding = somebody(rng)
        database, _ = people(rng, encoding, *distances, **more)
        return case(title, picture=picture, database=database)

    near, far = (lambda: float(rng.uniform(0.3, 0.66))), (lambda: float(rng.uniform(0.9, 1.3)))
    yield one("in the middle of the database", far(), near(), far(), far())
    yield one("last of the database", far(), far(), near())
    yield one("first of the database", near(), far(), far())
    yield one("several below the threshold", 0.6, float(rng.uniform(0.3, 0.4)), 0.5, 0.65)
    yield one("nobody", far(), float(rng.uniform(0.75, 0.85)), far())
    yield one("just inside", far(), float(rng.uniform(0.67, 0.695)))
    yield one("just outside", float(rng.uniform(0.705, 0.73)), far())
    yield one("one person", near())
    yield one("vectors without the batch's axis", far(), near(), float(rng.uniform(0.67, 0.69)), flat=True)
    yield one("single precision", near(), far(), float(rng.uniform(0.15, 0.28)), dtype=np.float32)
    picture, encoding = somebody(rng)
    order = [str(name) for name in rng.permutation(NAMES)[:6]]
    low, middle, high = sorted(order[1:4])
    face = at_distance(rng, encoding, near())[None]
    vectors = [face if 1 <= place <= 3 else at_distance(rng, encoding, far())[None] for place in range(6)]
    yield case("three with the same face", picture=picture, database=dict(zip([order[0], middle, low, high, *order[4:]], vectors)))
    yield case("far from everybody", picture=picture, database=people(rng, encoding, *(float(rng.uniform(1.5, 1.9)) for _ in range(3)))[0])
    yield case("nobody in the database", picture=picture, database={}, refuses=True)


def who_one_by_one(image_path, database, model):
    if len(database) == 0:
        raise ValueError("empty database")
    encoding = img_to_encoding(image_path, model)
    min_dist, identity = 100, None
    for name, known in database.items():
        dist = np.linalg.norm(encoding - known)
        if dist < min_dist:
            min_dist, identity = dist, name
    if min_dist >= 0.7:
        print("Not in the database.")
        return min_dist, None
    print("it's " + str(identity) + ", the distance is " + str(min_dist))
    return min_dist, identity


def who_by_min(image_path, database, model):
    encoding = np.ravel(img_to_encoding(image_path, model))
    distances = {name: float(np.sqrt(np.sum((np.ravel(known) - encoding) ** 2))) for name, known in database.items()}
    identity = min(distances, key=distances.get)
    min_dist = distances[identity]
    if min_dist < 0.7:
        return min_dist, identity
    print("Not in the database.")
    return min_dist, None


def who_in_tensors(image_path, database, model):
    if not database:
        raise KeyError("nobody is in the database")
    known = keras.ops.stack([keras.ops.cast(keras.ops.reshape(one, (-1,)), "float32") for one in database.values()])
    distances = keras.ops.convert_to_numpy(keras.ops.norm(keras.ops.subtract(known, img_to_encoding(image_path, model)), axis=1))
    nearest = int(distances.argmin())
    name = list(database)[nearest] if distances[nearest] < 0.7 else None
    if name is None:
        print("Not in the database.")
    return distances[nearest], name


def who_is_first(image_path, database, model):
    if not database:
        raise ValueError("The database is empty.")
    encoding = img_to_encoding(image_path, model)
    for name, known in database.items():
        dist = float(np.linalg.norm(encoding - known))
        if dist < 0.7:
            return dist, name
    print("Not in the database.")
    return min(float(np.linalg.norm(encoding - known)) for known in database.values()), None


def who_never_beyond(image_path, database, model):
    if not database:
        raise ValueError("The database is empty.")
    encoding = img_to_encoding(image_path, model)
    min_dist, identity = 0.7, None
    for name, known in database.items():
        dist = float(np.linalg.norm(encoding - known))
        if dist < min_dist:
            min_dist, identity = dist, name
    if identity is None:
        print("Not in the database.")
    return min_dist, identity


def who_is_last(image_path, database, model):
    if not database:
        raise ValueError("The database is empty.")
    encoding = img_to_encoding(image_path, model)
    for name, known in database.items():
        min_dist, identity = float(np.linalg.norm(encoding - known)), name
    if min_dist >= 0.7:
        identity = None
        print("Not in the database.")
    return min_dist, identity


def who_of_nobody(image_path, database, model):
    encoding = img_to_encoding(image_path, model)
    min_dist, identity = 100.0, None
    for name, known in database.items():
        dist = float(np.linalg.norm(encoding - known))
        if dist < min_dist:
            min_dist, identity = dist, name
    if min_dist >= 0.7:
        identity = None
        print("Not in the database.")
    return min_dist, identity


REFUSED = '        identity = None\n        print("Not in the database.")'
DISTANCES = "np.linalg.norm(known - encoding, axis=1)"

WHO_IS_IT = Exercise(
    solution.who_is_it,
    points=9,
    cases=who_cases,
    slips=[
        Slip("the farthest, not the nearest", Edit("np.argmin(distances)", "np.argmax(distances)"), "The smaller the distance, the more alike two faces are."),
        Slip("somebody, however far", Edit(REFUSED, '        print("Not in the database.")'), "A stranger is nobody in the database: what is `identity` then?"),
        Slip("a stranger's distance is lost", Edit("return min_dist, identity", "return (min_dist, identity) if identity else (None, None)"), "The least distance is returned in any case."),
        Slip("nothing is printed", Edit('\n        print("Not in the database.")', ""), "Beyond the threshold a sentence is printed; the docstring has it."),
        Slip("the same is printed for everybody", Edit('        print("Not in the database.")\n    else:\n        print(f"It is {identity}, at a distance of {min_dist:.2f}.")', '    print("Not in the database.")'), "Only a stranger is not in the database."),
        Slip("the threshold is where the search begins", who_never_beyond, "What is the least distance where all are beyond the threshold? Begin the search at infinity."),
        Slip("the first below the threshold", who_is_first, "There may be several below the threshold: look at all of them before you answer."),
        Slip("the last of the database", who_is_last, "A distance is only kept where it is smaller than the least so far."),
        Slip("the last of equals", Edit("np.argmin(distances)", "len(names) - 1 - np.argmin(distances[::-1])"), "Of equal distances the first counts: is `<=` the comparison you want?"),
        Slip("the names are sorted", Edit("names = list(database)", "names = sorted(database)"), "Of equal distances the first in the order of the dict counts, not that of the alphabet."),
        Slip("squared distances", Edit(DISTANCES, DISTANCES + " ** 2"), "The Euclidean distance is the root of the sum of squares."),
        Slip("absolute differences", Edit(DISTANCES, "np.sum(np.abs(known - encoding), axis=1)"), "The Euclidean distance is the root of the sum of squares."),
        Slip("the cosine, not the distance", Edit(DISTANCES, "np.sum(known * encoding, axis=1)"), "The scalar product grows as two encodings come closer; a distance falls."),
        Slip("a threshold of 0.5", Edit("if not min_dist < 0.7", "if not min_dist < 0.5"), "Look at the docstring again: up to which distance is somebody known?"),
        Slip("a threshold of 1", Edit("if not min_dist < 0.7", "if not min_dist < 1.0"), "Look at the docstring again: up to which distance is somebody known?"),
        Slip("the threshold is reversed", Edit("if not min_dist < 0.7", "if min_dist < 0.7"), "Who is not in the database is far from everybody in it."),
        Slip("a place, not a name", Edit("names[nearest]", "int(nearest)"), "The identity is a name, a key of the dict, not the place where it stands."),
        Slip("the name comes first", Edit("return min_dist, identity", "return identity, min_dist"), "In which order are the two returned?"),
        Slip("nothing is known of an empty database", who_of_nobody, "An empty database is a mistake of the caller: say so by an error."),
    ],
    variants=[
        Variant("one by one", who_one_by_one),
        Variant("by min", who_by_min),
        Variant("in tensors", who_in_tensors),
    ],
    hints=[
        "One encoding of the picture, then one distance for each name: `for name, known in database.items()`.",
        "Keep the least distance and its name while you go along; start with infinity, and replace it where a distance is smaller.",
        'After the loop: if min_dist is not below 0.7, set identity to None and print "Not in the database.". Before it: an error where the database is empty.',
    ],
    uses=("img_to_encoding",),
    observer=look_at_door,
)

# --- triplet_loss ----------------------------------------------------------------------------------------------------


def loss_cases(rng):
    def draw(m, d, alpha, tight=0.7, far=1.0, near=1.0, turned=0):
        """Triplets, some of which cost something; none of them so near to the hinge that rounding decides."""
        while True:
            anchor = rng.standard_normal((m, d))
            positive = anchor + near * tight * rng.standard_normal((m, d))
            negative = anchor + far * tight * rng.standard_normal((m, d))
            positive[:turned], negative[:turned] = negative[:turned].copy(), positive[:turned].copy()
            costs = np.sum((anchor - positive) ** 2, axis=1) - np.sum((anchor - negative) ** 2, axis=1) + alpha
            mixed = 0 < np.sum(costs > 0) < m and (not turned or np.sum(costs > 0) == turned)
            if np.all(np.abs(costs) > 0.02) and (mixed or m == 1 or far < near):
                return [one.astype(np.float32) for one in np.stack([anchor, positive, negative])[:, rng.permutation(m)]]

    def one(title, m, d, alpha=0.2, named=False, y_true=None, kind=list, **more):
        with_alpha = {"alpha": alpha} if named else {}
        return case(title, y_true=y_true, y_pred=kind(draw(m, d, alpha, **more)), **with_alpha)

    # By name: what the function gets is made of them, and may not be writable. Few shapes: JAX compiles for each anew.
    m = int(rng.integers(6, 9))
    yield one("some triplets cost something, some nothing", m, 5)
    yield one("128 numbers", m, 128, tight=0.12)
    yield one("a wide margin", m, 5, alpha=float(rng.uniform(1, 2)), named=True)
    yield one("no margin", m, 5, alpha=0.0, named=True)
    yield one("one triplet", 1, 5, alpha=float(rng.uniform(20, 30)), named=True)
    yield one("all cost something", m, 5, far=0.1)
    yield one("all but one cost nothing", m, 5, alpha=float(rng.uniform(0.5, 1)), named=True, far=4.0, near=0.1, turned=1)
    yield one("a tuple", m, 5, kind=tuple)
    yield one("one number each", m, 1, tight=1.0)
    yield one("labels that do not count", m, 5, y_true=rng.integers(0, 5, m).astype(np.float32))


def loss_by_norms(y_true, y_pred, alpha=0.2):
    anchor, positive, negative = y_pred
    near = keras.ops.sum((anchor - positive) ** 2, axis=1)
    far = keras.ops.sum((anchor - negative) ** 2, axis=1)
    return keras.ops.sum(keras.ops.relu(near - far + alpha))


def loss_row_by_row(y_true, y_pred, alpha=0.2):
    total = keras.ops.sum(y_pred[0]) * 0.0
    for row in range(y_pred[0].shape[0]):
        a, p, n = (one[row] for one in y_pred)
        cost = keras.ops.sum(keras.ops.square(p - a)) - keras.ops.sum(keras.ops.square(n - a)) + alpha
        total = total + keras.ops.maximum(cost, 0)
    return total


def loss_without_the_anchors_square(y_true, y_pred, alpha=0.2):
    a, p, n = y_pred
    cost = keras.ops.sum(p * p - n * n - 2 * a * (p - n), axis=-1) + alpha
    return keras.ops.sum(keras.ops.where(cost > 0, cost, keras.ops.zeros_like(cost)))


def loss_in_numpy(y_true, y_pred, alpha=0.2):
    anchor, positive, negative = (keras.ops.convert_to_numpy(one) for one in y_pred)
    costs = ((anchor - positive) ** 2).sum(axis=-1) - ((anchor - negative) ** 2).sum(axis=-1) + alpha
    return keras.ops.convert_to_tensor(np.sum(np.maximum(costs, 0)))


COST = "pos_dist - neg_dist + alpha"
HINGED = "keras.ops.maximum(pos_dist - neg_dist + alpha, 0.0)"
TO_POSITIVE, TO_NEGATIVE = "keras.ops.sum(keras.ops.square(anchor - positive), axis=-1)", "keras.ops.sum(keras.ops.square(anchor - negative), axis=-1)"
BOTH = "    pos_dist = " + TO_POSITIVE + "\n    neg_dist = " + TO_NEGATIVE

TRIPLET_LOSS = Exercise(
    solution.triplet_loss,
    points=12,
    cases=loss_cases,
    slips=[
        Slip("the margin is forgotten", Edit("neg_dist + alpha", "neg_dist"), "Without a margin a network may give every picture the same encoding, and pay nothing."),
        Slip("the margin is always 0.2", Edit("neg_dist + alpha", "neg_dist + 0.2"), "The margin is an argument."),
        Slip("the margin is subtracted", Edit("neg_dist + alpha", "neg_dist - alpha"), "The negative has to be farther away by the margin: does that make the loss larger or smaller?"),
        Slip("the sign is wrong", Edit(COST, "neg_dist - pos_dist + alpha"), "Which of the two distances is to become small, and does it then add to the loss?"),
        Slip("a mean, not a sum", Edit("return keras.ops.sum(", "return keras.ops.mean("), "Nothing is divided by: add up over all triplets."),
        Slip("no sum over the triplets", Edit("return keras.ops.sum(" + HINGED + ")", "return " + HINGED), "The loss is a single number: add up over all triplets."),
        Slip("the maximum outside of the sum", Edit("keras.ops.sum(" + HINGED + ")", "keras.ops.maximum(keras.ops.sum(" + COST + "), 0.0)"), "A triplet that is in order must not make up for another: which comes first, the maximum or the sum?"),
        Slip("the maximum within a triplet", Edit(BOTH + "\n    return keras.ops.sum(" + HINGED + ")", "    costs = keras.ops.square(anchor - positive) - keras.ops.square(anchor - negative)\n    return keras.ops.sum(keras.ops.maximum(costs + alpha, 0.0))"), "The margin and the maximum are of a whole triplet, not of each number in it: sum over d first."),
        Slip("no maximum", Edit(HINGED, COST), "What is in order costs nothing; without the maximum, it would pay to push negatives away for ever."),
        Slip("the distances are not squared", Edit(BOTH, "    pos_dist = keras.ops.norm(anchor - positive, axis=-1)\n    neg_dist = keras.ops.norm(anchor - negative, axis=-1)"), SQUARED),
        Slip("absolute differences", Edit("keras.ops.square(", "keras.ops.abs(", 2), "The distance is a sum of squares."),
        Slip("means of the squares", Edit(BOTH, BOTH.replace("keras.ops.sum", "keras.ops.mean")), "The distance is a sum of squares, not their mean."),
        Slip("from the positive to the negative", Edit("square(anchor - negative)", "square(positive - negative)"), "Both distances are those of the anchor."),
        Slip("computed in NumPy", loss_in_numpy, "Nothing can be learnt through NumPy: only operations of the framework have a gradient."),
    ],
    variants=[
        Variant("by powers and ReLU", loss_by_norms),
        Variant("row by row", loss_row_by_row),
        Variant("the anchor's square cancels", loss_without_the_anchors_square),
    ],
    hints=[
        "Two distances a triplet: from the anchor to the positive, and from the anchor to the negative, each a sum of squares over the last axis.",
        "keras.ops.sum(keras.ops.square(anchor - positive), axis=-1) is (m,). So is the cost of each triplet, pos_dist - neg_dist + alpha.",
        "keras.ops.maximum(cost, 0.0) first, triplet by triplet; then keras.ops.sum of it.",
    ],
    limit_float32=1e-3,  # sums of squares that nearly cancel
    observer=look_at_loss,
)

# --- mining ----------------------------------------------------------------------------------------------------------


def triplets_seen(function, embeddings, labels, margin):
    """Whole numbers where there is none, too: an empty array has no numbers that could be anything else."""
    found = function(embeddings, labels, margin)
    return found.astype(int) if getattr(found, "shape", None) == (0, 3) and hasattr(found, "astype") else found


def mining_cases(rng):
    def people(m, n):
        """m labels of n people, each of whom has two pictures at least."""
        return rng.permutation(np.concatenate([np.repeat(np.arange(n), 2), rng.integers(0, n, m - 2 * n)]))

    # Whole numbers and eighths: their squared distances are exact however they are computed, on any device, and so are ties.
    def eighths(title, m, n, d, margin, dtype=np.float64):
        labels = people(m, n)
        near = rng.integers(-4, 5, (m, d)) + rng.integers(-4, 5, (n, d))[labels]
        return case(title, (near / 8).astype(dtype), labels, margin)

    def whole(title, m, n, d, margin, reach=3, dtype=int, labels=None):
        labels = people(m, n) if labels is None else labels
        return case(title, rng.integers(-reach, reach + 1, (len(labels), d)).astype(dtype), labels, margin)

    m = int(rng.integers(14, 18))
    yield eighths("many numbers a vector", m, 4, 12, 0.4)
    yield eighths("a wide margin", m, 3, 5, 1.3)
    yield eighths("single precision", m, 4, 8, 0.7, dtype=np.float32)
    yield whole("many negatives are equally near", 24, 5, 2, 3.0)
    yield whole("the margin is met exactly", 20, 4, 2, 2, reach=2)
    yield whole("no margin", 20, 4, 2, 0.0)
    yield whole("whole numbers, far apart", m, 4, 3, 7.5, reach=9)
    yield whole("some pictures twice", 22, 4, 1, 1.5, reach=3, dtype=np.float64)
    names = np.array([70, -3, 12])
    yield whole("labels of any size", m, 3, 2, 4.0, labels=names[people(m, 3)])
    yield whole("many pictures of two people", m, 2, 2, 6.0)
    alone = np.concatenate([np.arange(100, 106), people(8, 2)])
    yield whole("some people have one picture", 14, 2, 2, 5.0, labels=rng.permutation(alone))
    yield whole("one person", 7, 1, 3, 2.0)
    yield whole("nobody twice", 7, 7, 3, 2.0, labels=rng.permutation(7))
    yield whole("no picture", 0, 0, 3, 1.0, labels=np.zeros(0, int))


def hard_by_loops(embeddings, labels, margin):
    triplets = []
    for a in range(len(embeddings)):
        others = [n for n in range(len(labels)) if labels[n] != labels[a]]
        if not others:
            continue
        squares = [float(np.sum((embeddings[a].astype(float) - embeddings[k].astype(float)) ** 2)) for k in range(len(labels))]
        nearest = min(others, key=lambda k: squares[k])
        for p in range(len(labels)):
            if p != a and labels[p] == labels[a] and squares[a] + squares[p] - squares[nearest] + margin > 0:
                triplets.append((a, p, nearest))
    return np.array(triplets).reshape(-1, 3)


def hard_by_differences(embeddings, labels, margin):
    squares = np.sum((embeddings[:, None, :] - embeddings[None, :, :]) ** 2, axis=-1, dtype=float)
    same = labels[:, None] == labels[None, :]
    found = np.zeros((0, 3), np.int32)
    if np.all(same):
        return found
    masked = np.ma.masked_array(squares, mask=same)
    nearest = np.argmin(masked.filled(np.inf), axis=1)
    for a, p in np.argwhere(same):
        if a != p and labels[nearest[a]] != labels[a] and squares[a, p] - squares[a, nearest[a]] + margin > 0:
            found = np.vstack([found, [[a, p, nearest[a]]]])
    return found


def hard_in_tensors(embeddings, labels, margin):
    X = keras.ops.convert_to_tensor(embeddings, dtype="float32")
    m = len(labels)
    if m == 0:
        return np.zeros((0, 3))
    lengths = keras.ops.sum(X * X, axis=1)
    D = keras.ops.convert_to_numpy(lengths[:, None] + lengths[None, :] - 2 * keras.ops.matmul(X, keras.ops.transpose(X)))
    same = np.equal.outer(labels, labels)
    n = np.where(same, 1e9, D).argmin(axis=1)
    costs = D - D[np.arange(m), n][:, None] + margin
    wanted = same & ~np.eye(m, dtype=bool) & (costs > 0) & (labels[n] != labels)[:, None]
    a, p = np.where(wanted)
    return keras.ops.convert_to_tensor(np.column_stack([a, p, n[a]]))


def hard_without_a_filter(embeddings, labels, margin):
    D = np.sum((embeddings[:, None].astype(float) - embeddings[None]) ** 2, axis=-1)
    found = []
    for a in range(len(labels)):
        others = np.flatnonzero(labels != labels[a])
        if len(others):
            n = others[np.argmin(D[a, others])]
            found += [(a, p, n) for p in np.flatnonzero(labels == labels[a]) if p != a]
    return np.array(found, dtype=int).reshape(-1, 3)


def hard_all_negatives(embeddings, labels, margin):
    D = np.sum((embeddings[:, None].astype(float) - embeddings[None]) ** 2, axis=-1)
    m, found = len(labels), []
    for a in range(m):
        for p in range(m):
            if a != p and labels[a] == labels[p]:
                found += [(a, p, n) for n in range(m) if labels[n] != labels[a] and D[a, p] - D[a, n] + margin > 0]
    return np.array(found, dtype=int).reshape(-1, 3)


def hard_farthest_positive(embeddings, labels, margin):
    D = np.sum((embeddings[:, None].astype(float) - embeddings[None]) ** 2, axis=-1)
    found = []
    for a in range(len(labels)):
        others = np.flatnonzero(labels != labels[a])
        alike = [p for p in np.flatnonzero(labels == labels[a]) if p != a]
        if len(others) and alike:
            n, p = others[np.argmin(D[a, others])], max(alike, key=lambda p: D[a, p])
            if D[a, p] - D[a, n] + margin > 0:
                found.append((a, p, n))
    return np.array(found, dtype=int).reshape(-1, 3)


def hard_nearest_to_the_positive(embeddings, labels, margin):
    D = np.sum((embeddings[:, None].astype(float) - embeddings[None]) ** 2, axis=-1)
    m, found = len(labels), []
    for a in range(m):
        others = np.flatnonzero(labels != labels[a])
        for p in range(m):
            if a != p and labels[a] == labels[p] and len(others):
                n = others[np.argmin(D[p, others])]
                if D[a, p] - D[a, n] + margin > 0:
                    found.append((a, p, n))
    return np.array(found, dtype=int).reshape(-1, 3)


HARD_ROOTS = "    distances = np.sqrt(np.maximum(distances + np.sum(X**2, axis=1)[:, None], 0))\n"
ROWS = "anchors, positives, negatives[anchors]"

MINE_HARD_TRIPLETS = Exercise(
    solution.mine_hard_triplets,
    points=13,
    cases=mining_cases,
    slips=[
        Slip("identical pictures are mined", Edit("    np.fill_diagonal(same, False)\n", ""), SAME_PICTURE),
        Slip("each pair once", Edit("same & (distances > least - margin)", "np.triu(same) & (distances > least - margin)"), ORDERED),
        Slip("the farthest negative", Edit("np.where(same, np.inf, distances)\n    negatives = np.argmin(to_negatives, axis=1)\n    least = np.min(to_negatives, axis=1, keepdims=True)", "np.where(same, -np.inf, distances)\n    negatives = np.argmax(to_negatives, axis=1)\n    least = np.max(to_negatives, axis=1, keepdims=True)\n    least[np.isinf(least)] = np.inf"), "Which negative costs most: the one that is near, or the one that is far?"),
        Slip("all negatives", hard_all_negatives, "Each pair gets one negative, the nearest of its anchor."),
        Slip("the farthest positive alone", hard_farthest_positive, "Every ordered pair of one label gives a triplet, not only the farthest of each anchor."),
        Slip("the nearest negative of the positive", hard_nearest_to_the_positive, "The negative is the one that is nearest to the anchor."),
        Slip("the margin is forgotten", Edit("least - margin", "least"), "A triplet costs something as long as the negative is not farther by the margin."),
        Slip("the margin is subtracted", Edit("least - margin", "least + margin"), "The loss adds the margin: which triplets have a loss above 0?"),
        Slip("triplets that cost exactly nothing", Edit("distances > least - margin", "distances >= least - margin"), "Where the loss is exactly 0 there is nothing to learn: above 0, not from 0 on."),
        Slip("triplets in order are kept too", hard_without_a_filter, "A triplet that costs nothing teaches nothing: keep those with a loss above 0."),
        Slip("the distances are not squared", Edit("    same = labels", HARD_ROOTS + "    same = labels"), SQUARED),
        Slip("the last of equally near ones", Edit("np.argmin(to_negatives, axis=1)", "len(X) - 1 - np.argmin(to_negatives[:, ::-1], axis=1)"), LOWEST),
        Slip("the anchor is its own negative", Edit("np.where(same, np.inf, distances)", "np.where(same & ~np.eye(len(X), dtype=bool), np.inf, distances)"), "An anchor is no negative of its own: which entries of the matrix are to be left out of the search?"),
        Slip("the nearest of all, whoever it is", Edit("np.where(same, np.inf, distances)", "np.where(np.eye(len(X), dtype=bool), np.inf, distances)"), "A negative has another label than the anchor."),
        Slip("sorted by positive", Edit("    return np.stack([" + ROWS + "], axis=1)", "    order = np.argsort(positives, kind=\"stable\")\n    anchors, positives = anchors[order], positives[order]\n    return np.stack([" + ROWS + "], axis=1)"), "Sorted by anchor first, then by positive."),
        Slip("anchor, negative, positive", Edit(ROWS, "anchors, negatives[anchors], positives"), COLUMNS),
        Slip("three rows", Edit("[" + ROWS + "], axis=1", "[" + ROWS + "], axis=0"), "The result has a row for each triplet, (T, 3)."),
        Slip("the shape is lost where there is none", Edit("    return np.stack([" + ROWS + "], axis=1)", "    return np.array(list(zip(" + ROWS + ")), dtype=int)"), "Of no triplets there are still three columns: (0, 3)."),
    ],
    variants=[
        Variant("by loops", hard_by_loops),
        Variant("by differences", hard_by_differences),
        Variant("in tensors, single precision", hard_in_tensors),
    ],
    hints=[
        "All squared distances at once, (m, m), and a mask of the same shape: labels[:, None] == labels. ‖x − y‖² is ‖x‖² − 2 x·y + ‖y‖².",
        "np.where(same, np.inf, distances) leaves only negatives; argmin along axis 1 finds each anchor's nearest, the lowest row first. That is one negative for all pairs of an anchor.",
        "np.nonzero of a mask gives rows and columns in the order wanted: same, without the diagonal, and with a loss above 0. np.stack([anchors, positives, negatives[anchors]], axis=1).",
    ],
    dtype="whole",
    observer=triplets_seen,
)


def semi_hard_by_loops(embeddings, labels, margin):
    triplets = []
    for a in range(len(labels)):
        squares = [float(np.sum((embeddings[a].astype(float) - other) ** 2)) for other in embeddings]
        for p in range(len(labels)):
            if p == a or labels[p] != labels[a]:
                continue
            band = [n for n in range(len(labels)) if labels[n] != labels[a] and squares[p] < squares[n] < squares[p] + margin]
            if band:
                triplets.append([a, p, min(band, key=lambda n: squares[n])])
    return np.array(triplets).reshape(-1, 3).astype(int)


def semi_hard_pair_by_pair(embeddings, labels, margin):
    D = np.sum((embeddings[:, None] - embeddings[None]) ** 2, axis=-1)
    same = labels[:, None] == labels
    a, p = np.nonzero(same & ~np.eye(len(labels), dtype=bool))
    near = D[a, p][:, None]
    band = ~same[a] & (D[a] > near) & (D[a] < near + margin)
    kept = band.any(axis=1)
    if not kept.any():
        return np.empty((0, 3))
    n = np.where(band, D[a], np.inf)[kept].argmin(axis=1)
    return np.c_[a[kept], p[kept], n].astype(np.int32)


def semi_hard_in_tensors(embeddings, labels, margin):
    if len(labels) == 0:
        return np.zeros((0, 3), int)
    X = keras.ops.convert_to_tensor(embeddings, dtype="float32")
    lengths = keras.ops.sum(X * X, axis=1)
    D = keras.ops.convert_to_numpy(lengths[:, None] - 2 * keras.ops.matmul(X, keras.ops.transpose(X)) + lengths)
    triplets = []
    for a in range(len(labels)):
        n = np.flatnonzero(labels != labels[a])
        for p in np.flatnonzero(labels == labels[a]):
            inside = n[(D[a, n] > D[a, p]) & (D[a, n] < D[a, p] + margin)]
            if a != p and len(inside):
                triplets.append([a, p, inside[np.argmin(D[a, inside])]])
    return np.reshape(np.array(triplets, dtype=int), (-1, 3))


def semi_hard_all_of_the_band(embeddings, labels, margin):
    D = np.sum((embeddings[:, None].astype(float) - embeddings[None]) ** 2, axis=-1)
    found = []
    for a in range(len(labels)):
        for p in range(len(labels)):
            if a != p and labels[a] == labels[p]:
                found += [(a, p, n) for n in np.flatnonzero((labels != labels[a]) & (D[a] > D[a, p]) & (D[a] < D[a, p] + margin))]
    return np.array(found, dtype=int).reshape(-1, 3)


def semi_hard_first_of_the_band(embeddings, labels, margin):
    D = np.sum((embeddings[:, None].astype(float) - embeddings[None]) ** 2, axis=-1)
    found = []
    for a in range(len(labels)):
        for p in range(len(labels)):
            if a != p and labels[a] == labels[p]:
                found += [(a, p, n) for n in np.flatnonzero((labels != labels[a]) & (D[a] > D[a, p]) & (D[a] < D[a, p] + margin))[:1]]
    return np.array(found, dtype=int).reshape(-1, 3)


def semi_hard_nearest_to_the_positive(embeddings, labels, margin):
    D = np.sum((embeddings[:, None].astype(float) - embeddings[None]) ** 2, axis=-1)
    found = []
    for a in range(len(labels)):
        for p in range(len(labels)):
            band = np.flatnonzero((labels != labels[a]) & (D[a] > D[a, p]) & (D[a] < D[a, p] + margin))
            if a != p and labels[a] == labels[p] and len(band):
                found.append((a, p, band[np.argmin(D[p, band])]))
    return np.array(found, dtype=int).reshape(-1, 3)


PLACE = 'np.searchsorted(values, row[positives], side="right")'
KEPT = "farther < row[positives] + margin"
FARTHER = "        farther = np.append(values, np.inf)[place]\n        kept = " + KEPT
ANCHORS = "    for anchor, row in enumerate(distances):\n"

MINE_SEMI_HARD_TRIPLETS = Exercise(
    solution.mine_semi_hard_triplets,
    points=13,
    cases=mining_cases,
    slips=[
        Slip("identical pictures are mined", Edit("        same[anchor] = False\n", ""), SAME_PICTURE),
        Slip("each pair once", Edit("positives = np.flatnonzero(same)", "positives = np.flatnonzero(same)\n        positives = positives[positives > anchor]"), ORDERED),
        Slip("the nearest negative, even if it is nearer than the positive", Edit(PLACE, "np.zeros(len(positives), dtype=int)"), "A semi-hard negative is farther from the anchor than the positive."),
        Slip("as far as the positive", Edit('side="right"', 'side="left"'), "A semi-hard negative is farther than the positive, not as far."),
        Slip("farther by exactly the margin", Edit(KEPT, "farther <= row[positives] + margin"), "A negative that is farther by the whole margin costs nothing."),
        Slip("the margin is forgotten", Edit(KEPT, "place < len(values)"), "A negative that is farther by more than the margin costs nothing: it is not semi-hard."),
        Slip("within the margin on both sides", Edit(PLACE, 'np.searchsorted(values, row[positives] - margin, side="right")'), "A semi-hard negative is farther from the anchor than the positive: the margin is on one side only."),
        Slip("the farthest of the band", Edit("place = " + PLACE + "\n" + FARTHER, 'place = np.searchsorted(values, row[positives] + margin, side="left") - 1\n        kept = (place >= 0) & (values[place] > row[positives])'), "Of the negatives in the band the nearest counts: it costs most."),
        Slip("all of the band", semi_hard_all_of_the_band, "Each pair gets one negative, the nearest in the band."),
        Slip("the first of the band", semi_hard_first_of_the_band, "Of the negatives in the band the nearest counts, not the one in the lowest row."),
        Slip("the nearest to the positive", semi_hard_nearest_to_the_positive, "The negative is the one that is nearest to the anchor."),
        Slip("a pair without one gets another", Edit(FARTHER, "        place = np.minimum(place, len(values) - 1)\n        kept = np.ones(len(positives), dtype=bool)"), "A pair without a negative in the band is left out."),
        Slip("the distances are not squared", Edit(ANCHORS, ANCHORS + "        row = np.sqrt(np.maximum(row + np.sum(X[anchor] ** 2), 0))\n"), SQUARED),
        Slip("the last of equally near ones", Edit("np.minimum.reduceat", "np.maximum.reduceat"), LOWEST),
        Slip("anchor, negative, positive", Edit("found[:, 1], found[:, 2] =", "found[:, 2], found[:, 1] ="), COLUMNS),
        Slip("sorted by positive", Edit("return np.concatenate(triplets)", 'triplets = np.concatenate(triplets)\n    return triplets[np.argsort(triplets[:, 1], kind="stable")]'), "Sorted by anchor first, then by positive."),
        Slip("three rows", Edit("return np.concatenate(triplets)", "return np.concatenate(triplets).T"), "The result has a row for each triplet, (T, 3)."),
        Slip("the shape is lost where there is none", Edit("return np.concatenate(triplets)", "return np.array([one for of_anchor in triplets for one in of_anchor], dtype=int)"), "Of no triplets there are still three columns: (0, 3)."),
    ],
    variants=[
        Variant("by loops", semi_hard_by_loops),
        Variant("a row for each pair", semi_hard_pair_by_pair),
        Variant("in tensors, single precision", semi_hard_in_tensors),
    ],
    hints=[
        "For a pair (a, p) the band is a mask over all pictures: another label than a, farther from a than p is, and by less than the margin.",
        "Of the band the nearest: np.where(band, distances, np.inf) and argmin, which takes the lowest row first. Leave out pairs whose band is empty.",
        "For many pictures: sort an anchor's negatives by distance, once; np.searchsorted with side=\"right\" then finds the first that is farther than each positive.",
    ],
    dtype="whole",
    observer=triplets_seen,
)

# --- similarity heads ------------------------------------------------------------------------------------------------


def chi_square_cases(rng):
    """Encodings whose sums are 0, or well away from it."""
    m, d = int(rng.integers(3, 6)), int(rng.integers(6, 10))

    def positive(*shape):
        return rng.uniform(0.1, 2, shape)

    def signed(*shape):
        f_i, f_j = rng.uniform(0.5, 2, shape), rng.uniform(-0.4, 2, shape)
        sign = rng.choice([-1, 1], shape)
        return sign * f_i, sign * f_j

    yield case("two vectors", positive(d), positive(d))
    yield case("m pairs of vectors", positive(m, d), positive(m, d))
    yield case("as many pairs as numbers", positive(d, d), positive(d, d))
    yield case("numbers of both signs", *signed(m, d))
    f_i, f_j = positive(2, m, d)
    f_i[:, :2], f_j[:, :2] = 0, 0
    f_i[:, 2] = 0
    yield case("numbers that are both 0", f_i, f_j)
    f_i, f_j = signed(m, d)
    f_j[:, 1] = -f_i[:, 1]
    f_j[0] = -f_i[0]
    yield case("opposite numbers, whose sum is 0", f_i, f_j)
    f_i, f_j = signed(d)
    f_i[0], f_j[0] = 1.5, -1.5
    yield case("a vector with a sum of 0", f_i, f_j)
    yield case("whole numbers", rng.integers(0, 5, (m, d)), rng.integers(0, 5, (m, d)))
    yield case("single precision", *(one.astype(np.float32) for one in signed(m, d)))
    yield case("one pair", positive(1, d), positive(1, d))
    yield case("one number each", positive(m, 1), positive(m, 1))
    yield case("nothing but 0", np.zeros(d), np.zeros(d))


def chi_square_where(f_i, f_j):
    total = np.add(f_i, f_j)
    empty = total == 0
    return np.where(empty, 0.0, np.square(np.subtract(f_i, f_j)) / np.where(empty, 1, total)).sum(axis=-1)


def chi_square_by_loops(f_i, f_j):
    if np.ndim(f_i) == 2:
        return np.array([chi_square_similarity(a, b) for a, b in zip(f_i, f_j)])
    return float(sum((a - b) ** 2 / (a + b) for a, b in zip(f_i.astype(float), f_j.astype(float)) if a + b != 0))


def chi_square_in_tensors(f_i, f_j):
    f_i, f_j = (keras.ops.convert_to_tensor(one, dtype="float32") for one in (f_i, f_j))
    total = f_i + f_j
    whole = keras.ops.where(total == 0, keras.ops.ones_like(total), total)
    return keras.ops.sum(keras.ops.where(total == 0, keras.ops.zeros_like(total), (f_i - f_j) ** 2 / whole), axis=-1)


def chi_square_made_finite(f_i, f_j):
    with np.errstate(all="ignore"):
        ratio = (f_i - f_j) ** 2 / (f_i + f_j)
    return np.sum(np.nan_to_num(ratio), axis=-1)


DIVIDED = "np.divide((f_i - f_j) ** 2, total, out=terms, where=total != 0)"

CHI_SQUARE_SIMILARITY = Exercise(
    solution.chi_square_similarity,
    points=6,
    cases=chi_square_cases,
    slips=[
        Slip("only where both are 0", Edit("where=total != 0", "where=(f_i != 0) | (f_j != 0)"), "Of opposite numbers the sum is 0 too, and their term counts 0."),
        Slip("no guard at 0", Edit(DIVIDED, "terms = (f_i - f_j) ** 2 / total"), "Two zeros have a sum of 0: what is 0 / 0, and what should it count?"),
        Slip("a small number added below", Edit(DIVIDED, "terms = (f_i - f_j) ** 2 / (total + 1e-7)"), "Of opposite numbers the sum is 0 too: divided by something tiny, their difference becomes enormous. Such a term counts 0."),
        Slip("infinite terms stay", chi_square_made_finite, "Where the sum is 0 and the difference is not, the ratio is infinite, which nan_to_num makes a huge number: such a term counts 0."),
        Slip("only positive sums", Edit("where=total != 0", "where=total > 0"), "A sum below 0 can be divided by: only a sum of 0 cannot."),
        Slip("absolute sums", Edit("2, total, out", "2, np.abs(total), out"), "The sum stays as it is, also where it is negative."),
        Slip("sums of absolute numbers", Edit("total = f_i + f_j", "total = np.abs(f_i) + np.abs(f_j)"), "The sum is that of the numbers as they are, also where they are negative."),
        Slip("absolute differences", Edit("(f_i - f_j) ** 2", "np.abs(f_i - f_j)"), "The differences are squared."),
        Slip("the sum is squared too", Edit("2, total, out", "2, total**2, out"), "Only the difference is squared."),
        Slip("one half of it", Edit("return np.sum", "return 0.5 * np.sum"), "Other books take one half of it; the formula here does not."),
        Slip("a mean, not a sum", Edit("np.sum(terms", "np.mean(terms"), "Nothing is divided by: add up the terms."),
        Slip("the ratio of the sums", Edit("return np.sum(terms, axis=-1)", "below = np.sum(total, axis=-1)\n    return np.sum((f_i - f_j) ** 2, axis=-1) / np.where(below == 0, 1, below)"), "Divide term by term, then add up."),
        Slip("all pairs together", Edit("np.sum(terms, axis=-1)", "np.sum(terms)"), "Each pair has a number of its own: the sum is over the last axis."),
        Slip("along the first axis", Edit("axis=-1", "axis=0"), "Each pair has a number of its own: the sum is over the last axis."),
    ],
    variants=[
        Variant("by where", chi_square_where),
        Variant("number by number", chi_square_by_loops),
        Variant("in tensors, single precision", chi_square_in_tensors),
    ],
    hints=[
        "Three steps: the squared differences, the sums, and their ratio where the sum is not 0.",
        "NumPy divides where it is told to: np.divide(a, b, out=np.zeros(b.shape), where=b != 0), of floats.",
        "np.sum of the terms over axis=-1: one number of two vectors, m numbers of two arrays (m, d).",
    ],
    limit_float32=1e-3,  # a negative sum's term is subtracted
)


def head_cases(rng, positive=False):
    m, d = int(rng.integers(4, 7)), int(rng.integers(6, 10))

    def one(title, *shape, b=None, weight=1.0, dtype=np.float64):
        f_i, f_j = rng.uniform(0.2, 2, (2, *shape))
        if not positive:
            sign = rng.choice([-1, 1], shape)
            f_i, f_j = sign * f_i, sign * (f_j - 0.3)
        w = weight * rng.normal(0, 1, shape[-1])
        # So that the heads of all pairs stand around 0, where σ tells them apart.
        terms = ((f_i - f_j) ** 2 / (f_i + f_j)) if positive else np.abs(f_i - f_j)
        b = float(rng.uniform(0.5, 1.5) - np.mean(terms @ w)) if b is None else b
        return case(title, f_i.astype(dtype), f_j.astype(dtype), w.astype(dtype), b)

    yield one("two vectors", d)
    yield one("m pairs of vectors", m, d)
    yield one("as many pairs as numbers", d, d)
    yield one("no bias", m, d, b=0.0)
    yield one("a whole number for a bias", m, d, b=int(rng.choice([-2, -1, 1, 2])))
    yield one("single precision", m, d, dtype=np.float32)
    yield one("one number each", m, 1)
    yield one("one pair", 1, d)
    f_i, f_j, w = rng.uniform(0.5, 2, (m, d)), rng.uniform(0.5, 2, (m, d)), rng.uniform(5000, 9000, d) if positive else rng.uniform(500, 900, d)
    f_i[0] = f_j[0] + rng.uniform(0.0, 0.001, d)
    f_i[1] = f_j[1] + rng.uniform(0.0, 0.001, d)
    yield case("large weights", f_i, f_j, w, float(rng.uniform(-0.5, 0.5)))
    yield case("large weights, below 0", f_i, f_j, -w, float(rng.uniform(-0.5, 0.5)))
    yield case("whole numbers", rng.integers(1, 4, (m, d)), rng.integers(1, 4, (m, d)), rng.integers(-1, 2, d), 1)
    if positive:
        f_i, f_j = rng.uniform(0.2, 2, (2, m, d))
        f_i[:, 0], f_j[:, 0] = 0, 0
        yield case("numbers that are both 0", f_i, f_j, rng.normal(0, 0.6, d), float(rng.normal()))
        f_j[1:, 1] = -f_i[1:, 1]
        yield case("opposite numbers, whose sum is 0", f_i, f_j, rng.normal(0, 0.6, d), float(rng.normal()))


def chi_square_head_cases(rng):
    yield from head_cases(rng, positive=True)


def head_by_tanh(f_i, f_j, w, b):
    return 0.5 * (1 + np.tanh((np.sum(w * np.abs(np.subtract(f_i, f_j)), axis=-1) + b) / 2))


def head_by_scipy(f_i, f_j, w, b):
    from scipy.special import expit

    return expit(np.dot(np.absolute(f_i - f_j), w) + b)


def head_in_tensors(f_i, f_j, w, b):
    f_i, f_j, w = (keras.ops.convert_to_tensor(one, dtype="float32") for one in (f_i, f_j, w))
    return keras.ops.sigmoid(keras.ops.sum(keras.ops.abs(f_i - f_j) * w, axis=-1) + b)


def head_of_one_minus(f_i, f_j, w, b):
    z = np.sum(np.abs(f_i - f_j) * w, axis=-1) + b
    with np.errstate(over="ignore"):
        return 1 / (1 + np.exp(-z))


SIGMOID = "np.where(z >= 0, 1.0, small) / (1.0 + small)"
SMALL = "    small = np.exp(-np.abs(z))  # never more than 1: nothing overflows\n"
HEAD_SLIPS = [
    Slip("no sigmoid", Edit("return " + SIGMOID, "return z"), "A probability lies between 0 and 1: what makes one of any number?"),
    Slip("the sigmoid is turned around", Edit("z >= 0", "z < 0"), "σ grows: of a large number it is nearly 1."),
    Slip("not a number where it is large", Edit(SMALL + "    return " + SIGMOID, "    return np.exp(z) / (1 + np.exp(z))"), STABLE),
    Slip("tanh", Edit("return " + SIGMOID, "return np.tanh(z)"), "tanh runs from −1 to 1, and σ from 0 to 1."),
    Slip("yes or no", Edit("return " + SIGMOID, "return (z >= 0) * 1.0"), "A probability is wanted, not a decision."),
    Slip("the bias is forgotten", Edit(" @ w + b", " @ w"), "There is a bias, too."),
    Slip("the bias is subtracted", Edit(" @ w + b", " @ w - b"), "The bias is added."),
]

SIAMESE_HEAD = Exercise(
    solution.siamese_head,
    points=6,
    cases=head_cases,
    slips=[
        *HEAD_SLIPS,
        Slip("no absolute values", Edit("np.abs(f_i - f_j) @ w", "(f_i - f_j) @ w"), "Which of the two comes first must not matter."),
        Slip("squared differences", Edit("np.abs(f_i - f_j) @ w", "(f_i - f_j) ** 2 @ w"), "The absolute values of the differences, not their squares."),
        Slip("the absolute value of the sum", Edit("np.abs(f_i - f_j) @ w", "np.abs((f_i - f_j) @ w)"), "The absolute value is taken number by number, before the weights."),
        Slip("the weights are not used", Edit("np.abs(f_i - f_j) @ w", "np.sum(np.abs(f_i - f_j), axis=-1)"), "Each difference has a weight of its own."),
        Slip("a mean, not a sum", Edit("@ w + b", "@ w / len(w) + b"), "Nothing is divided by: add up the weighted differences."),
        Slip("the bias at each number", Edit("@ w + b", "@ w + len(w) * b"), "The bias is added once, after the sum."),
        Slip("all pairs together", Edit("np.abs(f_i - f_j) @ w + b", "np.sum(np.abs(f_i - f_j) * w) + b"), "Each pair has a probability of its own: the sum is over the last axis."),
    ],
    variants=[
        Variant("by tanh", head_by_tanh),
        Variant("by SciPy", head_by_scipy),
        Variant("in tensors, single precision", head_in_tensors),
        Variant("one over one plus", head_of_one_minus),
    ],
    hints=[
        "First z, one number a pair: the absolute differences, times w, added up over the last axis, plus b.",
        "np.abs(f_i - f_j) @ w + b is z for two vectors and for m pairs of them.",
        "e^−|z| never overflows. For z ≥ 0, σ is 1 / (1 + e^−|z|); for z < 0 it is e^−|z| / (1 + e^−|z|).",
    ],
    limit_float32=TF32,
)


def chi_head_by_where(f_i, f_j, w, b):
    total = np.add(f_i, f_j)
    ratio = np.where(total == 0, 0, np.subtract(f_i, f_j) ** 2 / np.where(total == 0, 1, total))
    return (1 + np.tanh((np.sum(ratio * w, axis=-1) + b) / 2)) / 2


def chi_head_by_scipy(f_i, f_j, w, b):
    from scipy.special import expit

    total = np.asarray(f_i + f_j, dtype=float)
    total[total == 0] = np.inf
    return expit(((f_i - f_j) ** 2 / total) @ w + b)


def chi_head_in_tensors(f_i, f_j, w, b):
    f_i, f_j, w = (keras.ops.convert_to_tensor(one, dtype="float32") for one in (f_i, f_j, w))
    total = f_i + f_j
    terms = keras.ops.where(total == 0, 0.0, (f_i - f_j) ** 2 / keras.ops.where(total == 0, 1.0, total))
    return keras.ops.sigmoid(keras.ops.sum(terms * w, axis=-1) + b)


SIAMESE_HEAD_CHI_SQUARE = Exercise(
    solution.siamese_head_chi_square,
    points=5,
    cases=chi_square_head_cases,
    slips=[
        *HEAD_SLIPS,
        Slip("no guard at 0", Edit(DIVIDED, "terms = (f_i - f_j) ** 2 / total"), "Two zeros have a sum of 0: what is 0 / 0, and what should it count?"),
        Slip("a small number added below", Edit(DIVIDED, "terms = (f_i - f_j) ** 2 / (total + 1e-7)"), "Of opposite numbers the sum is 0 too: divided by something tiny, their difference becomes enormous. Such a term counts 0."),
        Slip("absolute differences", Edit("(f_i - f_j) ** 2", "np.abs(f_i - f_j)"), "The differences are squared."),
        Slip("the sums are forgotten", Edit(DIVIDED, "terms = (f_i - f_j) ** 2"), "Each squared difference is divided by a sum."),
        Slip("the sum is squared too", Edit("2, total, out", "2, total**2, out"), "Only the difference is squared."),
        Slip("the weights are not used", Edit("terms @ w", "np.sum(terms, axis=-1)"), "Each term has a weight of its own."),
        Slip("a mean, not a sum", Edit("terms @ w", "terms @ w / len(w)"), "Nothing is divided by: add up the weighted terms."),
        Slip("all pairs together", Edit("terms @ w + b", "np.sum(terms * w) + b"), "Each pair has a probability of its own: the sum is over the last axis."),
    ],
    variants=[
        Variant("by where and tanh", chi_head_by_where),
        Variant("by SciPy", chi_head_by_scipy),
        Variant("in tensors, single precision", chi_head_in_tensors),
    ],
    hints=[
        "It is siamese_head with other terms: (f_i − f_j)² / (f_i + f_j), number by number, in place of |f_i − f_j|.",
        "The terms are those of chi_square_similarity, before they are added up: 0 where the sum is 0.",
        "z = terms @ w + b, then σ as in siamese_head.",
    ],
    limit_float32=TF32,
)

# --- thresholds and rates --------------------------------------------------------------------------------------------


def decisions_seen(function, distances, same):
    """The share of pairs that are decided rightly at the threshold that is found: there may be many that are best."""
    import numpy as np

    threshold = np.asarray(function(distances, same), dtype=float)
    if threshold.ndim:
        raise TypeError(f"expected one number, got an array of shape {threshold.shape}")
    return {"the share that is decided rightly": float(np.mean((distances.astype(float) < threshold) == same.astype(bool)))}


def pairs(rng, n_same, n_different, apart=1.0, scale=1.0, start=0.0):
    """Distances of pairs, and which are of one person; eighths, many of them equal, or not."""
    distances = np.concatenate([rng.normal(2, 0.5, n_same), rng.normal(2 + apart, 0.5, n_different)])
    order = rng.permutation(n_same + n_different)
    same = np.arange(n_same + n_different) < n_same
    return start + scale * np.abs(distances[order]), same[order]


def in_steps(drawn, size=0.25):
    distances, same = drawn
    return np.round(distances / size) * size, same


def threshold_cases(rng):
    def sought(draw):
        """Where it is not enough to accept all, or none; of a size that nobody guesses."""
        while True:
            distances, same = draw()
            right = [np.sum((distances < t) == same) for t in np.append(np.unique(distances), np.inf)]
            if max(right) > max(right[0], right[-1]):
                return float(rng.uniform(4, 9)) * distances, same

    n = int(rng.integers(20, 30))
    yield case("as many of both kinds", *sought(lambda: pairs(rng, n, n)))
    yield case("few are of one person", *sought(lambda: pairs(rng, 8, 3 * n, apart=0.9)))
    yield case("most are of one person", *sought(lambda: pairs(rng, 3 * n, 9, apart=0.9)))
    yield case("many equal distances", *sought(lambda: in_steps(pairs(rng, n, n + 5), 0.5)))
    yield case("large distances", *sought(lambda: pairs(rng, n, n - 3, scale=900.0)))
    yield case("small distances", *sought(lambda: pairs(rng, n, n + 2, scale=0.01)))
    distances, same = sought(lambda: in_steps(pairs(rng, n, n + 4), 0.125))
    yield case("single precision", distances.astype(np.float32), same)
    yield case("whole numbers", np.round(8 * distances).astype(int), same)
    yield case("well apart", *sought(lambda: pairs(rng, n, int(rng.integers(6, 15)), apart=6.0)))
    yield case("all are of one person", pairs(rng, n + 3, 0)[0], np.ones(n + 3, bool))
    yield case("none is of one person", pairs(rng, 0, n + 1)[0], np.zeros(n + 1, bool))
    kind = bool(rng.integers(2))
    yield case("one pair", rng.uniform(0.5, 2, 1), np.array([kind]))
    yield case("two pairs, equally far", np.full(2, rng.uniform(0.5, 2)), np.array([kind, not kind]))


def threshold_by_trying(distances, same):
    candidates = [min(distances) - 1] + sorted(distances) + [max(distances) + 1]
    return max(candidates, key=lambda t: np.mean((distances < t) == same))


def threshold_by_table(distances, same):
    candidates = np.append(np.unique(distances).astype(float), np.inf)
    right = (distances[None, :] < candidates[:, None]) == same[None, :]
    return candidates[right.sum(axis=1).argmax()]


def threshold_by_running_sums(distances, same):
    order = np.argsort(distances, kind="stable")
    distances, same = distances[order].astype(float), same[order].astype(int)
    gain = np.concatenate([[0], np.cumsum(2 * same - 1)])
    for place in range(1, len(distances)):
        if distances[place] == distances[place - 1]:
            gain[place] = -len(distances) - 1
    best = int(np.argmax(gain))
    return float(distances[best]) if best < len(distances) else float(distances[-1] * 2 + 1)


def threshold_of_means(distances, same):
    if same.all() or not same.any():
        return float(np.mean(distances))
    return float((np.mean(distances[same]) + np.mean(distances[~same])) / 2)


def threshold_in_percent(distances, same):
    grid = np.linspace(0, 2, 201)
    return float(grid[np.argmax([np.mean((distances < t) == same) for t in grid])])


def threshold_balanced(distances, same):
    candidates = np.append(np.unique(distances), np.inf)
    rates = [np.mean(distances[same] < t) if same.any() else 0 for t in candidates]
    others = [np.mean(distances[~same] >= t) if not same.all() else 0 for t in candidates]
    return float(candidates[np.argmax(np.add(rates, others))])


def threshold_of_no_mistake(distances, same):
    return float(np.min(distances[~same])) if not same.all() else float(np.max(distances) + 1)


BEST = "candidates[np.argmax(accepted + refused)]"
CANDIDATES = "np.concatenate([seen[:1], (seen[:-1] + seen[1:]) / 2, [np.nextafter(seen[-1], np.inf)]])"

BEST_THRESHOLD = Exercise(
    solution.best_threshold,
    points=5,
    cases=threshold_cases,
    slips=[
        Slip("the worst threshold, or the other way round", Edit("np.argmax", "np.argmin"), "`distance < t` means the same person, and as many pairs as possible are to be decided rightly."),
        Slip("shares of each kind", threshold_balanced, "Each pair counts alike: where few are of one person, these weigh less."),
        Slip("nothing beyond the largest distance", Edit(CANDIDATES, "seen"), "If all pairs are to be accepted, where must the threshold be?"),
        Slip("accepted from the threshold on", Edit("return float(" + BEST + ")", "best = seen[max(np.searchsorted(seen, " + BEST + ") - 1, 0)]\n    return float(best)"), "A pair at exactly t is refused: with `<`, t lies beyond the last distance that is to be accepted."),
        Slip("nobody is ever refused", Edit(CANDIDATES, "np.concatenate([(seen[:-1] + seen[1:]) / 2, [np.nextafter(seen[-1], np.inf)]])"), "If all pairs are to be refused, where must the threshold be?"),
        Slip("only accepted pairs count", Edit("accepted + refused", "accepted"), "A pair of different people that is refused is decided rightly, too."),
        Slip("only refused pairs count", Edit("accepted + refused", "refused"), "A pair of one person that is accepted is decided rightly, too."),
        Slip("halfway between the means", threshold_of_means, "The means say nothing of how many are on the wrong side: count."),
        Slip("no stranger is let in", threshold_of_no_mistake, "Both mistakes count alike: what if a single stranger looks like somebody?"),
        Slip("a fixed grid", threshold_in_percent, "Distances can be of any size: which thresholds make a difference at all?"),
        Slip("the number of right decisions", Edit("return float(" + BEST + ")", "return float(np.max(accepted + refused))"), "The threshold is asked for, not how good it is."),
        Slip("a place, not a distance", Edit("return float(" + BEST + ")", "return float(np.argmax(accepted + refused))"), "argmax says where in the list of thresholds the best one stands: which one is it?"),
    ],
    variants=[
        Variant("by trying all", threshold_by_trying),
        Variant("by a table of all decisions", threshold_by_table),
        Variant("by running sums", threshold_by_running_sums),
    ],
    hints=[
        "Only the order matters: between two neighbouring distances, all thresholds decide alike. Which few are worth trying?",
        "Try each distance as t, and one beyond the largest: np.mean((distances < t) == same) is the share that is right.",
        "Keep the t with the largest share: np.argmax of the list of shares says where it stands.",
    ],
    observer=decisions_seen,
)


def rate_cases(rng):
    def unambiguous(draw):
        """Where two thresholds are equally close to the point where the rates meet, their means must agree."""
        while True:
            distances, same = draw()
            thresholds = np.append(np.unique(distances), np.inf)
            accepted = np.array([np.mean(distances[~same] < t) for t in thresholds])
            rejected = np.array([np.mean(distances[same] >= t) for t in thresholds])
            gaps = np.abs(accepted - rejected)
            means = ((accepted + rejected) / 2)[gaps <= gaps.min() + 1e-6]
            if np.ptp(means) < 1e-9:
                return distances, same

    n = int(rng.integers(30, 45))
    yield case("as many of both kinds", *unambiguous(lambda: pairs(rng, n, n)))
    yield case("few are of one person", *unambiguous(lambda: pairs(rng, 7, 4 * n)))
    yield case("most are of one person", *unambiguous(lambda: pairs(rng, 3 * n, 11)))
    yield case("many equal distances", *unambiguous(lambda: in_steps(pairs(rng, n, n + 9), 0.5)))
    yield case("very few different distances", *unambiguous(lambda: in_steps(pairs(rng, n, n + 7, apart=0.6), 2.0)))
    yield case("hardly apart", *unambiguous(lambda: pairs(rng, n, n + 6, apart=0.2)))
    yield case("the wrong way round", *unambiguous(lambda: pairs(rng, n, n + 8, apart=-1.0)))
    yield case("large distances", *unambiguous(lambda: pairs(rng, n, n - 3, scale=50.0, start=10.0)))
    distances, same = unambiguous(lambda: in_steps(pairs(rng, n, 2 * n), 0.125))
    yield case("single precision", distances.astype(np.float32), same)
    distances, same = unambiguous(lambda: in_steps(pairs(rng, n, n + 11, scale=6.0), 1.0))
    yield case("whole numbers", distances.astype(int), same)
    yield case("well apart", *pairs(rng, n, n + 5, apart=9.0))
    yield case("a pair of each kind, the wrong way round", np.array([2.0, 1.0]) + rng.random(), np.array([True, False]))


def rate_by_trying(distances, same):
    best, rate = 2.0, None
    for t in [*sorted(set(distances.tolist())), float(distances.max()) + 1]:
        accepted = np.count_nonzero((distances < t) & ~same) / np.count_nonzero(~same)
        rejected = np.count_nonzero((distances >= t) & same) / np.count_nonzero(same)
        if abs(accepted - rejected) < best - 1e-12:
            best, rate = abs(accepted - rejected), (accepted + rejected) / 2
    return rate


def rate_by_scikit_learn(distances, same):
    from sklearn.metrics import roc_curve

    accepted, found, _ = roc_curve(same, -np.asarray(distances, dtype=float), drop_intermediate=False)
    closest = np.argmin(np.round(np.abs(accepted - (1 - found)), 10))
    return (accepted[closest] + 1 - found[closest]) / 2


def rate_by_table(distances, same):
    t = np.concatenate([np.unique(distances), [np.max(distances) + 1]])[:, None]
    accepted, rejected = (distances[~same] < t).mean(axis=1), (distances[same] >= t).mean(axis=1)
    return np.mean([accepted, rejected], axis=0)[np.argmin(np.abs(accepted - rejected).round(9))]


def rate_by_interpolation(distances, same):
    thresholds = np.append(np.unique(distances), np.inf)
    accepted = np.array([np.mean(distances[~same] < t) for t in thresholds])
    rejected = np.array([np.mean(distances[same] >= t) for t in thresholds])
    gap = accepted - rejected
    k = int(np.argmax(gap >= 0))
    if k == 0 or gap[k] == gap[k - 1]:
        return float((accepted[k] + rejected[k]) / 2)
    share = gap[k - 1] / (gap[k - 1] - gap[k])
    return float(accepted[k - 1] + share * (accepted[k] - accepted[k - 1]))


RATE = "float((accepted[closest] / n_different + rejected[closest] / n_same) / 2)"
CLOSEST = "np.argmin(np.abs(accepted * n_same - rejected * n_different))"
IN_ONE = "thresholds = np.append(np.unique(distances), np.inf)"

EQUAL_ERROR_RATE = Exercise(
    solution.equal_error_rate,
    points=5,
    cases=rate_cases,
    slips=[
        Slip("the other way round", Edit("    n_same, n_different", "    distances, thresholds = -distances, -thresholds[::-1]\n    n_same, n_different"), "A pair is accepted when its distance is below t, and what is counted are the errors."),
        Slip("the rate of wrong acceptances alone", Edit(RATE, "float(accepted[closest] / n_different)"), "Where the two rates do not meet exactly, the mean of both is returned."),
        Slip("the rate of wrong rejections alone", Edit(RATE, "float(rejected[closest] / n_same)"), "Where the two rates do not meet exactly, the mean of both is returned."),
        Slip("the larger of the two", Edit(RATE, "float(max(accepted[closest] / n_different, rejected[closest] / n_same))"), "Where the two rates do not meet exactly, the mean of both is returned."),
        Slip("shares of all pairs", Edit(RATE, "float((accepted[closest] + rejected[closest]) / len(same))"), "Of what is each rate a share? Not of all pairs: wrong acceptances of the different ones, wrong rejections of the same ones."),
        Slip("counts are compared, not rates", Edit(CLOSEST, "np.argmin(np.abs(accepted - rejected))"), "Where one kind is rarer, equal counts are not equal rates."),
        Slip("the least sum of errors", Edit(CLOSEST, "np.argmin(accepted * n_same + rejected * n_different)"), "The rate is read where the two are equal, or nearly; it need not be where their sum is least."),
        Slip("the sum, not the mean", Edit(") / 2)", "))"), "The mean of both rates is returned."),
        Slip("the threshold", Edit(RATE, "float(np.minimum(thresholds, np.max(distances))[closest])"), "The rate is asked for, not the threshold where it is met."),
        Slip("interpolated", rate_by_interpolation, "Only thresholds at the distances count, nothing in between: where the rates do not meet, the mean of the closest two."),
        Slip("accepted from the threshold on", Edit("rejected = n_same - np.searchsorted(np.sort(distances[same]), thresholds)", 'rejected = n_same - np.searchsorted(np.sort(distances[same]), thresholds, side="right")'), "A pair at exactly t is not accepted: of both kinds."),
    ],
    variants=[
        Variant("by trying all", rate_by_trying),
        Variant("by scikit-learn's curve", rate_by_scikit_learn),
        Variant("by a table", rate_by_table),
    ],
    hints=[
        "Two rates for each threshold: of the different pairs the share with distance < t, and of the same pairs the share with distance ≥ t.",
        "The first grows with t, the second falls. Try every distance as t, and one beyond the largest.",
        "np.argmin(np.abs(accepted - rejected)) says where they are closest; the result is the mean of the two there.",
    ],
)


def identification_cases(rng):
    yield case("one per cent, a hundred people", float(rng.uniform(0.008, 0.012)), int(rng.integers(80, 120)))
    yield case("one person", float(rng.uniform(0.02, 0.3)), 1)
    yield case("two people", float(rng.uniform(0.1, 0.4)), 2)
    yield case("a crowd", float(rng.uniform(2e-4, 6e-4)), int(rng.integers(2000, 4000)))
    yield case("nearly a coin", float(rng.uniform(0.4, 0.6)), int(rng.integers(3, 6)))
    yield case("it never errs", 0.0, int(rng.integers(10, 100)))
    yield case("it always errs", 1.0, int(rng.integers(10, 100)))


def identification_by_logarithms(p, K):
    return float(-np.expm1(K * np.log1p(-p))) if p < 1 else 1.0


def identification_one_by_one(p, K):
    right = 1.0
    for _ in range(K):
        right *= 1 - p
    return 1 - right


IDENTIFICATION_ERROR = Exercise(
    solution.identification_error,
    points=2,
    cases=identification_cases,
    slips=[
        Slip("K times as likely", Edit("1 - (1 - p) ** K", "K * p"), "Probabilities are not simply added: what would K = 200 give at one per cent?"),
        Slip("K times as likely, at most 1", Edit("1 - (1 - p) ** K", "min(K * p, 1.0)"), "That is a bound, for errors that never come together: how likely is it that none of the K comparisons errs?"),
        Slip("the probability that all err", Edit("1 - (1 - p) ** K", "p**K"), "One error is enough: how likely is it that none of the K comparisons errs?"),
        Slip("the probability that none errs", Edit("1 - (1 - p) ** K", "(1 - p) ** K"), "That is how likely it is that all goes well."),
        Slip("one comparison too few", Edit("** K", "** (K - 1)"), "With how many people is somebody compared?"),
        Slip("in per cent", Edit("1 - (1 - p) ** K", "100 * (1 - (1 - p) ** K)"), "The result is a share in [0, 1], as p is."),
    ],
    variants=[
        Variant("by logarithms", identification_by_logarithms),
        Variant("one by one", identification_one_by_one),
    ],
    hints=[
        "Ask the other way round: how likely is it that none of the K comparisons errs?",
        "One is right with 1 − p; K of them, each by itself, with (1 − p) to the power of K.",
        "1 - (1 - p) ** K.",
    ],
)

EXERCISES = [
    IMG_TO_ENCODING,
    VERIFY,
    WHO_IS_IT,
    TRIPLET_LOSS,
    MINE_HARD_TRIPLETS,
    MINE_SEMI_HARD_TRIPLETS,
    CHI_SQUARE_SIMILARITY,
    SIAMESE_HEAD,
    SIAMESE_HEAD_CHI_SQUARE,
    BEST_THRESHOLD,
    EQUAL_ERROR_RATE,
    IDENTIFICATION_ERROR,
]
