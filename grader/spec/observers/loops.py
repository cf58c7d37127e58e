"""The observer of functions that must work without a Python loop: it counts Python's steps, and looks at no clock.

The observer runs in the student's kernel, which gets the text of the function alone.
"""

# mypy: disable-error-code="no-untyped-def"


def look_for_a_loop(function, *args, also=(), larger=None, further=0, what="", helpers=()):
    """Call a function; or say whether its steps of Python, lines and calls, grow with what it is given.

    Each call is made twice and the second one is counted: the first may compile something, or fill a cache.

    Arguments:
        args -- of the call
        also -- arguments of more calls, whose results are returned with the first one's in a list
        larger -- arguments of another call, with more pixels or boxes; if given, the results are not returned
        further, what -- how many more of what they are
        helpers -- names of functions whose own steps do not count

    Returns:
        the result, the results, or a dict of what is compared, by a name that a message can use
    """
    import sys

    def steps(these):
        found, inside = 0, 0

        def helper(frame, event, arg):
            nonlocal inside
            inside -= event == "return"
            return helper

        def trace(frame, event, arg):
            nonlocal found, inside
            if event == "call" and frame.f_code.co_name in helpers:
                inside += 1
                return helper
            found += not inside
            return trace

        function(*these)
        before = sys.gettrace()
        sys.settrace(trace)
        try:
            function(*these)
        finally:
            sys.settrace(before)
        return found

    if larger is not None:
        return {f"Python's steps grow with the number of {what}": steps(larger) - steps(args) > further / 2}
    if also:
        return [function(*these) for these in (args, *also)]
    return function(*args)
