"""How Sphinx makes the course book. `make site` prepares its pages and builds it: see grader/publishing/site/book.py."""

import importlib.util
from pathlib import Path

project = "Convnets"
html_title = "Convnets"
language = "en"
extensions = ["myst_nb"]
html_theme = "sphinx_book_theme"
html_static_path = ["static"]
html_css_files = ["book.css"]
html_js_files = ["book.js"]
html_favicon = "static/favicon.svg"
html_copy_source = False
html_use_index = False
html_show_sphinx = False
html_theme_options = {
    "home_page_in_toc": True,
    "use_download_button": False,
    "use_fullscreen_button": False,
    "search_bar_text": "Search the book",
    "toc_title": "On this page",
    "pygments_light_style": "a11y-high-contrast-light",
    "pygments_dark_style": "a11y-high-contrast-dark",
    "footer_content_items": [],
    "navbar_persistent": [],
}
# The text is what its authors typed: no other quotes and dashes than theirs.
smartquotes = False

nb_execution_mode = "off"
nb_merge_streams = True
nb_code_prompt_show = "Show the code"
nb_code_prompt_hide = "Hide the code"
myst_enable_extensions = ["dollarmath", "amsmath"]
myst_heading_anchors = 3

# The package is 24 MB, most of them for what is not here: other formats, other languages.
MATHJAX = Path(importlib.util.find_spec("sphinx-mathjax-offline").origin).parent / "static" / "mathjax"
MATHJAX_PARTS = ("tex-chtml.js", "output/chtml", "input/tex", "a11y", "sre/mathmaps/base.json", "sre/mathmaps/en.json")
mathjax_path = "mathjax/tex-chtml.js"


def copy_mathjax(app, exception):
    """MathJax and its fonts into the book, so that it is read without a network."""
    from sphinx.util.fileutil import copy_asset

    for part in MATHJAX_PARTS if exception is None else ():
        target = Path(app.outdir) / "_static" / "mathjax" / part
        copy_asset(MATHJAX / part, target if (MATHJAX / part).is_dir() else target.parent)


def setup(app):
    """What Sphinx calls first."""
    app.connect("build-finished", copy_mathjax)
