// How deep brackets are in each other, by their bytes alone: the parser ends the process at about 4,000, and what people write has 25 at
// most (10,200 files of seven public projects).

/** Deeper is not read. */
export const deepestBrackets = 500;

/** Counts brackets in strings and comments too: it may say too much, never too little. */
export function isTooDeep(text: string): boolean {
  let depth = 0;
  for (let n = 0; n < text.length; n += 1) {
    const code = text.charCodeAt(n);
    // ( [ { and their ends
    if (code === 40 || code === 91 || code === 123) {
      depth += 1;
      if (depth > deepestBrackets) return true;
    } else if ((code === 41 || code === 93 || code === 125) && depth > 0) depth -= 1;
  }
  return false;
}
