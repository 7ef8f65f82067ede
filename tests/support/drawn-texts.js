/**
 * For a page: notes in `window.drawn` when each text of a speech was first drawn, `[text, milliseconds since 1970]`. It is
 * an expression, to be evaluated there.
 */
(() => {
  const drawn = [];
  const seen = new Set();
  const look = () => {
    const texts = [...document.querySelectorAll('article .text bdi')].map((element) => element.textContent.trim());
    const fresh = texts.filter((text) => !seen.has(text));
    for (const text of fresh) seen.add(text);
    if (fresh.length === 0) return;
    // The picture that is being made will hold them; it is made when the task behind it runs.
    requestAnimationFrame(() => {
      const channel = new MessageChannel();
      channel.port1.onmessage = () => {
        for (const text of fresh) drawn.push([text, performance.timeOrigin + performance.now()]);
      };
      channel.port2.postMessage(0);
    });
  };
  look();
  new MutationObserver(look).observe(document.body, { subtree: true, childList: true, characterData: true });
  window.drawn = drawn;
})();
