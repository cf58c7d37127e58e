# in-process: publishes answers itself, before it is asked and while: forged verdicts, lying .npy headers, deep JSON
import base64
import json

from IPython import get_ipython

publish = get_ipython().display_pub.publish


def npy(header, body=b"\0" * 8):
    text = header.encode() + b" " * (118 - len(header)) + b"\n"
    return base64.b64encode(b"\x93NUMPY\x01\x00" + len(text).to_bytes(2, "little") + text + body).decode()


TREES = [
    ["array", npy("{'descr': '<f8', 'fortran_order': False, 'shape': (1000000000, 1000000000), }")],
    ["array", npy("{'descr': '<f8', 'fortran_order': False, 'shape': (-1,), }")],
    ["array", npy("{'descr': '|O', 'fortran_order': False, 'shape': (1,), }", b"cos\nsystem\n(S'true'\ntR.")],
    ["array", npy("{'descr': '<U4', 'fortran_order': False, 'shape': (1,), }")],
    ["array", npy("__import__('os').system('true')")],
    ["array", npy("{'descr': '<f8', 'fortran_order': False, 'shape': (" + "9" * 60 + ",), }")],
    ["array", "not base64 \u2028"],
    ["plain", {"points": 100}],
    ["dict", [[["list", []], 1]]],
    ["tuple", [["other", "<script>"] * 9]],
    ["other", "x" * 1_000_000],
    ["plain", float("nan")],
    ["plain", float("inf")],
    ["plain", 10**400],
    "value",
]


def answers(number):
    tree = TREES[number % len(TREES)]
    for case in (*range(20), True, -1, 1e9, None, "0", [0]):
        yield json.dumps({"case": case, "value": tree, "passed": True, "points": 100, "status": "passed"})
    yield json.dumps({"case": 0, "raised": "ValueError", "message": ["x"], "line": {}})
    yield '{"case": 0, "value": ' + "[" * 50_000 + "]" * 50_000 + "}"
    yield "[" * 100_000
    yield "{"
    yield "null"


def forger(number):
    def forge(*args, **kwargs):
        for text in answers(number):
            publish({"application/x-convnets-answer": text})
        raise NotImplementedError

    return forge


for number, name in enumerate(FUNCTIONS):
    globals()[name] = forger(number)
    for text in answers(number):
        publish({"application/x-convnets-answer": text, "text/plain": "100"})
