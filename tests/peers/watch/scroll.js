// Scrolls through the ladder from top to bottom, and measures each frame.
new Promise((done) => {
  const ladder = document.querySelector("#ladder");
  const steps = 120;
  const result = { frames: 0, milliseconds: 0, most_rows: 0, blank: 0 };
  const began = performance.now();
  ladder.scrollTop = 0;
  const frame = () => {
    const rows = document.querySelectorAll("#ladder .message").length;
    result.most_rows = Math.max(result.most_rows, rows);
    if (rows === 0) result.blank += 1;
    result.frames += 1;
    if (result.frames === steps) {
      result.milliseconds = performance.now() - began;
      done(result);
      return;
    }
    ladder.scrollTop = (ladder.scrollHeight * result.frames) / steps;
    requestAnimationFrame(frame);
  };
  requestAnimationFrame(frame);
});
