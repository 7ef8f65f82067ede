/**
 * For a page: notes in `window.drawn` when the first picture with each text of a speech was made, `[text, milliseconds since 1970]`, and
 * in `window.late` by how many milliseconds a timer comes too late, which is what the machine does to everybody. It is an
 * expression, to be evaluated there.
 */
(() => {
  const drawn = [];
  const seen = new Set();
  const look = () => {
    const texts = [...document.querySelectorAll('article .text bdi')].map((element) => element.textContent.trim());
    const fresh = texts.filter((text) => !seen.has(text));
    for (const text of fresh) seen.add(text);
    if (fresh.length === 0) return;
    // The next picture holds them, and is being made now.
    requestAnimationFrame(() => {
      for (const text of fresh) drawn.push([text, performance.timeOrigin + performance.now()]);
    });
  };
  look();
  new MutationObserver(look).observe(document.body, { subtree: true, childList: true, characterData: true });
  const everyMs = 20;
  const late = [];
  let last = performance.now();
  setInterval(() => {
    const now = performance.now();
    late.push(Math.max(0, now - last - everyMs));
    last = now;
  }, everyMs);
  Object.assign(window, { drawn, late });
})();
