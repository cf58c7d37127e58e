# outside: IPython startup files, sitecustomize, .pth, shadow modules beside the notebook, files wherever a file can be left
import glob
import os
import site
import sys

MARK = "convnets-left-behind"
PLANT = f"import builtins\nbuiltins.convnets_left_behind = {MARK!r}\nprint('LEAK planted code has run')\n"
home = os.path.expanduser("~")


def plant(path, text=PLANT):
    try:
        os.makedirs(os.path.dirname(path), exist_ok=True)
        with open(path, "w") as file:
            file.write(text)
        return True
    except OSError:
        return False


plant(f"{home}/.ipython/profile_default/startup/00-{MARK}.py")
plant(f"{home}/.ipython/profile_default/ipython_config.py", f"c.InteractiveShellApp.exec_lines = [{PLANT!r}]")
plant(f"{home}/.jupyter/jupyter_config.py")
plant(f"{home}/.matplotlib/matplotlibrc", f"# {MARK}")
plant(f"{home}/.bashrc", f"# {MARK}")
plant(f"{site.getusersitepackages()}/sitecustomize.py")
plant(f"{site.getusersitepackages()}/{MARK}.pth", "import builtins; builtins.convnets_left_behind = 1")
for name in ("numpy", "json", "grader", "data", "tqdm", "sitecustomize", "usercustomize", "random"):
    plant(f"{os.getcwd()}/{name}.py")
    plant(f"{home}/{name}.py")
for folder in ("/tmp", "/dev/shm", home, *glob.glob("/tmp/cn-*")):
    plant(f"{folder}/{MARK}")
    os.symlink("/etc/passwd", f"{folder}/{MARK}-link")
for folder in ("/", "/usr", "/usr/lib", "/usr/local/lib", "/etc", "/dev", "/course", "/course/grader", "/course/data", sys.prefix, sys.base_prefix, *[path for path in sys.path if path.startswith("/") and not path.startswith(home)]):
    if plant(f"{folder}/{MARK}.pth", f"# {MARK}") or plant(f"{folder}/sitecustomize.py", f"# {MARK}"):
        print("LEAK can write to", folder)
os.environ["CONVNETS_LEFT_BEHIND"] = MARK
os.umask(0o777)
