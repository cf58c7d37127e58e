# feedback: scripts, event handlers, frames, remote pictures and floods of colour in every place that a page shows
from IPython.display import HTML, JSON, SVG, Javascript, Latex, Markdown, display

EVIL = (
    "<script>document.title='convnets-evil'</script><img src=x onerror=\"convnets-evil()\"><iframe src='https://evil.example/'></iframe>"
    "<img src='https://evil.example/convnets-evil.png'><svg onload='convnets-evil()'></svg><a href='javascript:convnets-evil()'>x</a>"
    "<style>@import 'https://evil.example/convnets-evil.css';</style><base href='https://evil.example/'>"
    "<form action='https://evil.example/'><input name=convnets-evil></form><meta http-equiv=refresh content='0;url=https://evil.example/'>"
    "</pre></div></textarea></script><script>convnets-evil()</script>"
)
ANSI = "\x1b[31m\x1b[5m\x1b]8;;javascript:convnets-evil()\x07x\x1b]8;;\x07\x1b[999999C\x1b[2J\x1b[?1049h" * 2000
print(EVIL)
print(ANSI)
for one in (HTML(EVIL), Javascript("convnets_evil()"), Markdown(EVIL), Latex(f"$\\href{{javascript:convnets-evil()}}{{x}}$ {EVIL}"), JSON({"x": EVIL})):
    display(one)
display(SVG("<svg xmlns='http://www.w3.org/2000/svg' onload='convnets-evil()'><script>convnets-evil()</script></svg>"))
display({"image/png": "\"><script>convnets-evil()</script>", "image/svg+xml": EVIL, "text/plain": EVIL}, raw=True)
display({"image/png": "iVBORw0KGgo="}, raw=True, metadata={"image/png": {"alt": f'"{EVIL}', "width": '"onload="convnets-evil()'}})
Evil = type(EVIL, (Exception,), {})


def function(*args, **kwargs):
    raise Evil(EVIL + ANSI)


for number, name in enumerate(FUNCTIONS):
    globals()[name] = function if number % 2 else lambda *args, **kwargs: type(EVIL, (), {})()
raise Evil(EVIL + ANSI)
