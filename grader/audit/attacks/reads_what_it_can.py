# outside: looks on the disk for gradebook, answer keys, solutions, configuration, other hand-ins and homes
import os
import sys

BORING = ("/proc", "/sys", "/dev", "/usr", "/bin", "/sbin", "/lib", "/etc/fonts", "/etc/alternatives")
WANTED = ("gradebook.db", "nbgrader_config.py", "shadow", "passwd", "id_rsa", ".netrc", ".pgpass", ".bash_history", ".git", ".course", "solutions", "hand-ins", "submitted")
START = os.getcwd()


def walk(folder):
    try:
        entries = list(os.scandir(folder))
    except OSError:
        return
    for entry in entries:
        yield entry
        if entry.is_dir(follow_symlinks=False) and not entry.path.startswith(BORING) and not entry.path.startswith(PACKAGES):
            yield from walk(entry.path)


PACKAGES = tuple({path for path in sys.path if "python" in path and path.startswith("/")} | {sys.base_prefix + "/lib", sys.prefix + "/lib", sys.prefix + "/share", sys.base_prefix + "/share"})
for entry in walk("/"):
    if entry.name in WANTED and "site-packages" not in entry.path:
        print("LEAK", entry.path)
    elif entry.name.endswith((".ipynb", ".db", ".sqlite")):
        print("LEAK", entry.path)
    elif entry.name.endswith((".py", ".json", ".md")) and entry.is_file() and not entry.path.startswith(START):
        try:
            text = open(entry.path, errors="replace").read(5_000_000)
        except OSError:
            continue
        if any(f"def {name}(" in text or f'"{name}":' in text for name in FUNCTIONS):
            print("LEAK", entry.path)
for module in ("solutions", "grader.exercises", "grader.spec", "grader.judging", "grader.scoring", "grader.audit"):
    try:
        __import__(module)
        print("LEAK import", module)
    except ImportError:
        pass
for place in ("/root/.ssh", "/root/.bashrc", "/etc/passwd", "/etc/shadow", "/etc/hostname", "/var", "/run", "/srv", "/mnt", "/boot"):
    try:
        os.stat(place)
        print("LEAK", place)
    except OSError:
        pass
