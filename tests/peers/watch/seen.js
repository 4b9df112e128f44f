// Remembers when the next message is in the document: `window.seen`, in milliseconds since 1970.
(() => {
  const last = () => Math.max(0, ...[...document.querySelectorAll("#ladder .number")].map((it) => Number(it.textContent)));
  const before = last();
  window.seen = new Promise((done) => {
    const look = () => (last() > before ? done(performance.timeOrigin + performance.now()) : requestAnimationFrame(look));
    look();
  });
  return true;
})();
