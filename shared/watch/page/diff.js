// In which middle part two lines differ. Which lines belong together is the server's business.

/** What two lines have in common around their difference: `[before, left, right, after]`. */
export function middle(left, right) {
  const most = Math.min(left.length, right.length);
  let start = 0;
  while (start < most && left[start] === right[start]) start++;
  let end = 0;
  while (end < most - start && left.at(-1 - end) === right.at(-1 - end)) end++;
  return [
    left.slice(0, start),
    left.slice(start, left.length - end),
    right.slice(start, right.length - end),
    left.slice(left.length - end),
  ];
}
