# in-process: while it is called, looks for expected values in In[], frames, gc and sys.modules
import gc
import sys

from IPython import get_ipython

FORBIDDEN = ("expected", "tolerance", "slips", "answer_key")


def found():
    for text in map(str, [*get_ipython().user_ns.get("In", []), *get_ipython().history_manager.input_hist_raw]):
        if text != OWN and any(word in text for word in ('"expected"', "'expected'", "CaseKey", "Tolerance(")):
            yield "In"
    for frame in list(sys._current_frames().values()):
        while frame is not None:
            if frame.f_globals is not globals() and "site-packages" not in frame.f_code.co_filename:
                for name in frame.f_locals:
                    if any(word in name for word in FORBIDDEN):
                        yield f"frame {name}"
            frame = frame.f_back
    for thing in gc.get_objects():
        if type(thing).__name__ in ("CaseKey", "ExerciseKey", "Rulebook", "Assignment", "Exercise", "Verdict"):
            yield f"object {type(thing).__name__}"
        elif type(thing) is dict and "expected" in thing and "inputs" in thing and thing.keys() <= {"title", "inputs", "raises", "expected", "slips"}:
            yield "a case"
    for name in list(sys.modules):
        if name.startswith(("solutions", "grader.")):
            yield f"module {name}"


OWN = get_ipython().user_ns["In"][-1]


def spy_once():
    looked = []

    def spy(*args, **kwargs):
        for what in found() if not looked else ():
            raise type(f"LEAK {what}", (Exception,), {})
        looked.append(True)
        raise NotImplementedError

    return spy


for name in FUNCTIONS:
    globals()[name] = spy_once()
for what in found():
    print("LEAK", what)
