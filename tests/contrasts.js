// Texts whose contrast with what lies below them is less than WCAG 2.2 AA asks for (1.4.3), each with its ratio; a sign that
// stands beside its word, and is hidden from readers of text, is a graphic (1.4.11).
(root) => {
  const channels = (color) => {
    const found = color.match(/[\d.]+/g).map(Number);
    return [...found.slice(0, 3), found.length > 3 ? found[3] : 1];
  };
  const over = ([r, g, b, a], below) => [r, g, b].map((one, k) => one * a + below[k] * (1 - a));
  const luminance = (rgb) => {
    const linear = rgb.map((one) => (one / 255 <= 0.04045 ? one / 255 / 12.92 : ((one / 255 + 0.055) / 1.055) ** 2.4));
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2];
  };
  const once = (ask, known = new Map()) => (element) => {
    if (!known.has(element)) known.set(element, ask(element));
    return known.get(element);
  };
  const background = once((element) => {
    if (!element) return [255, 255, 255];
    const own = channels(getComputedStyle(element).backgroundColor);
    return own[3] === 1 ? own.slice(0, 3) : over(own, background(element.parentElement));
  });
  const opacity = once((element) => (element ? Number(getComputedStyle(element).opacity) * opacity(element.parentElement) : 1));
  const found = new Set();
  const walker = document.createTreeWalker(root ?? document.body, NodeFilter.SHOW_TEXT);
  while (walker.nextNode()) {
    const text = walker.currentNode.textContent.trim();
    const element = walker.currentNode.parentElement;
    if (!text || !element.checkVisibility({ opacityProperty: true, visibilityProperty: true })) continue;
    if (element.closest("script, style, noscript, mjx-assistive-mml, .visually-hidden, .onlyprint")) continue;
    const style = getComputedStyle(element);
    const below = background(element);
    const [r, g, b, a] = channels(style.color);
    const shown = over([r, g, b, a * opacity(element)], below);
    const [high, low] = [luminance(shown), luminance(below)].sort((x, y) => y - x);
    const ratio = (high + 0.05) / (low + 0.05);
    const size = parseFloat(style.fontSize);
    const isSign = element.closest("[aria-hidden='true']");
    const isLarge = size >= 24 || (size >= 18.66 && Number(style.fontWeight) >= 700);
    if (ratio < (isLarge || isSign ? 3 : 4.5)) found.add(`${ratio.toFixed(2)}: ${style.color} on ${below.map(Math.round)}, ${text.slice(0, 40)}`);
  }
  return [...found];
}
