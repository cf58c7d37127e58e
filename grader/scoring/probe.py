"""Call a function and record what it did, as plain JSON.

The text of this file is sent into the student's kernel, and the same code runs the reference in the trusted process, so
it needs only the standard library and NumPy. Values are sent as a small tree of tagged lists: numbers, strings,
sequences, and arrays as base64 of `.npy` files, never as pickles. Data from a kernel is untrusted: `decode` checks all
of it.
"""

import base64
import hashlib
import io
import json
import math
import re

import numpy as np

# The limits of answers: bytes of one array, depth of nested structures, lists and elements in one answer (they are slow
# to read, and an array is a single piece), characters of a text, and bytes of all answers to the cases of a function. The
# largest right answer of any function here has 0.4 MB, all answers of one together 0.6 MB.
MAX_BYTES = 4_000_000
MAX_DEPTH = 12
MAX_PIECES = 200_000
MAX_TEXT = 1_000
MAX_OUTPUT = 20_000_000
MAX_MESSAGE = 300  # characters of an exception's text
KINDS = "biufc"  # bool, int, unsigned, float, complex: no objects, no text
HEADER = re.compile(
    rb"\x93NUMPY\x01\x00..\{'descr': '([<>|=]?[a-zA-Z]\d{0,3})', 'fortran_order': (True|False), "
    rb"'shape': \(((?:\d{1,18}, ?)*(?:\d{1,18})?)\), \} *\n",
    re.DOTALL,
)


class Unreadable(ValueError):
    """Signals that an answer is not what `encode` writes; the message says why, in words for the student."""


def encode(value, depth=0):
    """Turn a value into a JSON tree; a value that has no form there (a generator, say) is named by its type."""
    if depth > MAX_DEPTH:
        return ["other", "a structure nested too deeply"]
    if value is None or type(value) in (bool, int, float):
        return ["plain", value]
    if isinstance(value, str):
        return ["plain", value[:MAX_TEXT]]
    if isinstance(value, (tuple, list)):
        kind = "tuple" if isinstance(value, tuple) else "list"
        return [kind, [encode(item, depth + 1) for item in value]]
    if isinstance(value, dict):
        return ["dict", [[encode(k, depth + 1), encode(v, depth + 1)] for k, v in value.items()]]
    try:
        array = _as_array(value)
        if array.nbytes > MAX_BYTES:
            return ["other", f"{type(value).__name__} of shape {array.shape}, too large to be read"]
        return ["array", _npy(array)]
    except Exception:
        return ["other", type(value).__name__]


def _as_array(value):
    """Return a number, an array, or a tensor of any backend as a plain NumPy array."""
    if hasattr(value, "detach"):  # a tensor of PyTorch: off the graph, and off the GPU
        value = value.detach().cpu()
    if hasattr(value, "numpy"):
        value = value.numpy()
    array = np.asarray(value)
    if array.dtype.kind not in KINDS:
        array = array.astype(np.float32)  # bfloat16 and similar types have a kind of their own
    return array


def _npy(array):
    file = io.BytesIO()
    np.lib.format.write_array(file, np.asarray(array), allow_pickle=False)
    return base64.b64encode(file.getvalue()).decode()


def decode(tree, depth=0):
    """Turn a tree back into a value.

    Raises:
        Unreadable -- for anything that `encode` would not have written
    """
    if depth > MAX_DEPTH + 1 or not isinstance(tree, list) or len(tree) != 2:
        raise Unreadable("the answer is not in the form that the grader reads")
    kind, content = tree
    if kind == "plain" and (content is None or isinstance(content, (bool, int, float))):
        return content
    if kind == "plain" and isinstance(content, str) and len(content) <= MAX_TEXT:
        return content
    if kind in ("tuple", "list") and isinstance(content, list):
        items = [decode(item, depth + 1) for item in content]
        return tuple(items) if kind == "tuple" else items
    if kind == "dict" and isinstance(content, list):
        return dict(_decode_pair(pair, depth) for pair in content)
    if kind == "array" and isinstance(content, str):
        if len(content) > 2 * MAX_BYTES:
            raise Unreadable("the answer holds an array that is too large to be read")
        return read_npy(base64.b64decode(content, validate=True))
    if kind == "other" and isinstance(content, str):
        return Other(content[:100])
    raise Unreadable("the answer is not in the form that the grader reads")


def _decode_pair(pair, depth):
    if not isinstance(pair, list) or len(pair) != 2:
        raise Unreadable("the answer holds a dictionary that cannot be read")
    key = decode(pair[0], depth + 1)
    if isinstance(key, np.ndarray) and key.ndim == 0:
        key = key.item()
    if not isinstance(key, (str, int, float, bool, type(None))):
        raise Unreadable("the answer holds a dictionary whose keys are not names or numbers")
    return key, decode(pair[1], depth + 1)


def read_npy(raw):
    """Read the bytes of an `.npy` file (NEP 1) as `encode` writes them, and check the header against the bytes.

    Raises:
        Unreadable -- if the header does not fit the bytes, or the dtype is not one of numbers
    """
    # NumPy's own reader evaluates the header as Python: slow, and not safe for untrusted data.
    header = HEADER.match(raw, 0, 4096)
    if not header:
        raise Unreadable("the answer holds an array that cannot be read")
    kind, fortran, sizes = (text.decode() for text in header.groups())
    try:
        dtype = np.dtype(kind)
    except TypeError as error:
        raise Unreadable("the answer holds an array that cannot be read") from error
    if dtype.kind not in KINDS:
        raise Unreadable(f"the answer holds an array of {dtype}, which are not numbers")
    shape, body = tuple(int(size) for size in sizes.split(",") if size.strip()), raw[header.end() :]
    if math.prod(shape) * dtype.itemsize != len(body):
        raise Unreadable("the answer holds an array whose header does not fit its bytes")
    flat = np.frombuffer(body, dtype)
    return (flat.reshape(shape[::-1]).T if fortran == "True" else flat.reshape(shape)).copy()


class Other:
    """A placeholder for a value of a type that cannot be an answer."""

    def __init__(self, name):
        self.name = name


def well_formed(answer):
    """Return an answer from a kernel, with what `answer_all` writes and nothing else; None if it is none."""
    if not isinstance(answer, dict) or type(answer.get("case")) is not int:
        return None
    kept = {"case": answer["case"], "after": answer.get("after")}
    if isinstance(answer.get("raised"), list):
        names = [name for name in answer["raised"][:20] if isinstance(name, str) and name.isidentifier()]
        names = [name[:60] for name in names]
        message, line = answer.get("message"), answer.get("line")
        return {
            **kept,
            "raised": names,
            "message": message[:MAX_MESSAGE] if isinstance(message, str) else "",
            "line": line if type(line) is int and 0 < line < 10**6 else None,
        }
    if "value" in answer:
        return {**kept, "value": answer["value"]}
    return {**kept, "undefined": True} if answer.get("undefined") is True else None


def observe(function, args, kwargs, observer=None):
    """Call a function on decoded inputs and return what happened, as a JSON tree.

    Returns:
        {"value": tree} or {"raised": [names of the exception's classes], "message": str, "line": int or None};
        with "changed": True if the call altered its inputs
    """
    before = digest(args, kwargs)
    answer = called(function, args, kwargs, observer)
    if digest(args, kwargs) != before:
        answer["changed"] = True
    return answer


def digest(args, kwargs):
    """Return a digest of inputs: whether a call has changed them is compared where no student's code runs."""
    return hashlib.sha256(json.dumps(encode([args, kwargs])).encode()).hexdigest()


def called(function, args, kwargs, observer=None):
    """Call a function and return its value or what it raised; see `observe`."""
    try:
        result = observer(function, *args, **kwargs) if observer else function(*args, **kwargs)
        return {"value": encode(result)}
    except BaseException as error:
        if isinstance(error, KeyboardInterrupt):
            raise
        return {
            "raised": [kind.__name__ for kind in type(error).__mro__],
            "message": _message(error),
            "line": line_of(error, function),
        }


def _message(error):
    try:
        return str(error)[:MAX_MESSAGE]
    except Exception:
        return ""


def line_of(error, function):
    """Return the line of the function's own cell in which the exception was raised; None if there is none.

    Lines are counted from the cell's first line.
    """
    code = getattr(function, "__code__", None)
    lines = []
    step = error.__traceback__
    while step is not None:
        if code is not None and step.tb_frame.f_code.co_filename == code.co_filename:
            lines.append(step.tb_lineno)
        step = step.tb_next
    return lines[-1] if lines else None


def answer_all(function, inputs, publish, observer_source=None):
    """Observe a function on every input and publish each answer as it comes; runs in the student's kernel.

    Arguments:
        function -- the value of the student's name, or None if it is not defined
        inputs -- JSON text, a list of encoded (args, kwargs)
        publish -- called with the JSON text of {"case": index, ...answer, "after": digest of the inputs after the call}
        observer_source -- text of a function `observer(function, *args, **kwargs)`, if a plain call is not enough
    """
    observer = None
    if observer_source:
        namespace: dict = {}
        exec(observer_source, namespace)
        observer = namespace["observer"]
    for index, tree in enumerate(json.loads(inputs)):
        if function is None:
            answer = {"undefined": True}
        else:
            args, kwargs = decode(tree)
            answer = called(function, args, kwargs, observer)
            answer["after"] = digest(args, kwargs)
        publish(json.dumps({"case": index, **answer}))
