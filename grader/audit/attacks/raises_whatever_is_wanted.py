# in-process: refuses every input with an exception that is of every kind, and whose text is hostile
KINDS = (ValueError, TypeError, IndexError, KeyError, ZeroDivisionError, NotImplementedError, AssertionError)


class Every(ValueError, TypeError, AssertionError):
    def __str__(self):
        raise SystemExit

    __repr__ = __str__


def refuse(kind):
    def function(*args, **kwargs):
        raise kind("<script>alert(1)</script>" * 10_000)

    return function


for number, name in enumerate(FUNCTIONS):
    globals()[name] = refuse([Every, *KINDS, KeyboardInterrupt, SystemExit, GeneratorExit][number % (len(KINDS) + 4)])
