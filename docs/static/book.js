// What scrolls sideways is reached by the keyboard too, and only where it does scroll.
const SCROLLERS = ".picture, .text_html, .text_html > div, div.highlight pre, div.math, .pst-scrollable-table-container";

function letKeysScroll() {
  for (const box of document.querySelectorAll(SCROLLERS)) {
    const scrolls = getComputedStyle(box).overflowX === "auto" && box.scrollWidth > box.clientWidth + 1;
    if (scrolls) box.setAttribute("tabindex", "0");
    else box.removeAttribute("tabindex");
  }
}

window.addEventListener("load", async () => {
  await window.MathJax?.startup?.promise;
  letKeysScroll();
  window.addEventListener("resize", letKeysScroll);
});

// The theme takes the focus off a button that is pressed; whoever presses it by keys goes on from there.
document.addEventListener("click", (event) => {
  const button = event.target.closest?.(".theme-switch-button");
  if (button && event.detail === 0) setTimeout(() => button.focus());
});
