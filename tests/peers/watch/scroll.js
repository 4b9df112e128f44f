// Scrolls through the ladder from top to bottom, and looks at each frame.
new Promise((done) => {
  const ladder = document.querySelector("#ladder");
  const steps = 120;
  const result = { frames: 0, most_rows: 0, blank: 0 };
  ladder.scrollTop = 0;
  const frame = () => {
    const rows = document.querySelectorAll("#ladder .message").length;
    result.most_rows = Math.max(result.most_rows, rows);
    if (rows === 0) result.blank += 1;
    result.frames += 1;
    if (result.frames === steps) {
      done(result);
      return;
    }
    ladder.scrollTop = (ladder.scrollHeight * result.frames) / steps;
    requestAnimationFrame(frame);
  };
  requestAnimationFrame(frame);
});
