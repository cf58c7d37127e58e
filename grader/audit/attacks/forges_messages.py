# in-process: signs messages with the connection file's key: forged answers, an early end, results of other kinds, rubbish
import glob
import json

from IPython import get_ipython

kernel = get_ipython().kernel
session, socket = kernel.session, kernel.iopub_socket
KEYS = [json.load(open(path))["key"] for path in glob.glob("/tmp/**/kernel.json", recursive=True)]
if len(KEYS) != 1:
    print("LEAK the keys of", len(KEYS), "kernels")
session.key = KEYS[0].encode() if KEYS else session.key
MIME = "application/x-convnets-answer"


def send(kind, content, parent):
    session.send(socket, kind, content=content, parent=parent, ident=f"kernel.{kind}".encode())


def answer(case, **what):
    return {"data": {MIME: json.dumps({"case": case, **what})}, "metadata": {}}


def forger(number):
    def forge(*args, **kwargs):
        parent = kernel.get_parent("shell")
        if number % 5 == 0:
            for case in range(20):
                send("display_data", answer(case, value=["plain", -123.25], passed=True, points=100), parent)
        elif number % 5 == 1:
            send("execute_result", {**answer(0, value=["tuple", []]), "execution_count": 100}, parent)
            send("status", {"execution_state": "idle"}, parent)
        elif number % 5 == 2:
            for case in range(20):
                send("display_data", answer(case, raised=["ValueError", "TypeError", "AssertionError", "IndexError"]), parent)
        elif number % 5 == 3:
            send("error", {"ename": ["x"], "evalue": {}, "traceback": "no list"}, parent)
            send("display_data", {"data": [1], "metadata": 7}, parent)
            send("stream", {"name": {}, "text": ["x"]}, parent)
        else:
            socket.send_multipart([b"x", b"<IDS|MSG>", b"no signature", b"{", b"[]", b"{}", b"\xff"])
            socket.send_multipart([b"x", b"<IDS|MSG>", b""])
            socket.send_multipart([b""])
        raise NotImplementedError

    return forge


for number, name in enumerate(FUNCTIONS):
    globals()[name] = forger(number)
