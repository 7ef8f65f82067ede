/**
 * For a page: notes in `window.drawn` when a picture was made in which a speech has another text than before, `[text,
 * milliseconds since 1970]`. It is an expression, to be evaluated there.
 */
(() => {
  const drawn = [];
  const last = new WeakMap();
  const look = () => {
    const fresh = [];
    for (const element of document.querySelectorAll('article .text bdi')) {
      const text = element.textContent.trim();
      if (last.get(element) === text) continue;
      last.set(element, text);
      fresh.push(text);
    }
    if (fresh.length === 0) return;
    // The next picture holds them. A message that is sent while it begins arrives when it has been laid out and painted.
    requestAnimationFrame(() => {
      const { port1, port2 } = new MessageChannel();
      port1.onmessage = () => {
        for (const text of fresh) drawn.push([text, performance.timeOrigin + performance.now()]);
        port1.close();
      };
      port2.postMessage(null);
    });
  };
  look();
  new MutationObserver(look).observe(document.body, { subtree: true, childList: true, characterData: true });
  Object.assign(window, { drawn });
})();
