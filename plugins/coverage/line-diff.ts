/** Past this many edits a file counts as rewritten: every line between the common start and end is new. */
const editLimit = 1500;

/**
 * Lines of `after`, from 1, that are not in `before`: the shortest edit script of Myers, "An O(ND) Difference Algorithm and Its
 * Variations" (1986), between the common start and end.
 */
export function addedLines(before: string, after: string): ReadonlySet<number> {
  const [old, now] = [before.split('\n'), after.split('\n')];
  let start = 0;
  while (start < old.length && start < now.length && old[start] === now[start]) start += 1;
  let end = 0;
  while (end < old.length - start && end < now.length - start && old.at(-1 - end) === now.at(-1 - end)) end += 1;
  const [a, b] = [old.slice(start, old.length - end), now.slice(start, now.length - end)];
  return new Set(insertions(a, b).map((index) => start + index + 1));
}

/** Indices of `b` that a shortest edit script inserts. */
function insertions(a: readonly string[], b: readonly string[]): readonly number[] {
  const all = b.map((_, index) => index);
  if (a.length === 0) return all;
  const furthest = new Map<number, number>([[1, 0]]);
  const trace: Map<number, number>[] = [];
  const at = (map: ReadonlyMap<number, number>, k: number): number => map.get(k) ?? -1;
  for (let d = 0; d <= Math.min(a.length + b.length, editLimit); d += 1) {
    trace.push(new Map([...furthest].filter(([k]) => Math.abs(k) <= d + 1)));
    for (let k = -d; k <= d; k += 2) {
      let x = k === -d || (k !== d && at(furthest, k - 1) < at(furthest, k + 1)) ? at(furthest, k + 1) : at(furthest, k - 1) + 1;
      while (x < a.length && x - k < b.length && a[x] === b[x - k]) x += 1;
      furthest.set(k, x);
      if (x >= a.length && x - k >= b.length) return backtrack(trace, { x: a.length, y: b.length });
    }
  }
  return all;
}

function backtrack(
  trace: readonly ReadonlyMap<number, number>[],
  from: { readonly x: number; readonly y: number },
): readonly number[] {
  const found: number[] = [];
  let { x, y } = from;
  for (let d = trace.length - 1; d > 0; d -= 1) {
    const before = trace[d] ?? new Map<number, number>();
    const k = x - y;
    const down = k === -d || (k !== d && (before.get(k - 1) ?? -1) < (before.get(k + 1) ?? -1));
    const previous = down ? k + 1 : k - 1;
    const previousX = before.get(previous) ?? 0;
    if (down) found.push(previousX - previous);
    [x, y] = [previousX, previousX - previous];
  }
  return found.reverse();
}
