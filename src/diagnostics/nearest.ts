/**
 * The known name that was probably meant: equal but for case, or so few edits away that the names are more alike than not.
 * Equal distances: the first of `known`.
 */
export function nearest(typed: string, known: Iterable<string>): string | undefined {
  const names = [...known];
  const plain = fold(typed);
  const same = names.find((name) => fold(name) === plain);
  if (same !== undefined) return same;
  let best: string | undefined;
  let bestDistance = Number.POSITIVE_INFINITY;
  for (const name of names) {
    const other = fold(name);
    const bound = Math.min(bestDistance - 1, allowed(Math.max(plain.length, other.length)));
    if (Math.abs(plain.length - other.length) > bound) continue;
    const distance = edits(plain, other);
    if (distance <= bound) [best, bestDistance] = [name, distance];
  }
  return best;
}

const fold = (name: string): string => name.toLowerCase().replaceAll('_', '-');

/** Two fifths of the letters: a swap and a missing letter in five; a two-letter name may have one wrong. */
const allowed = (length: number): number => Math.max(length > 1 ? 1 : 0, Math.floor(length * 0.4));

/** Optimal string alignment: insertions, deletions, substitutions and swaps of neighbours (Damerau 1964), each letter edited once. */
function edits(a: string, b: string): number {
  let beforeLast: number[] = [];
  let last = Array.from({ length: b.length + 1 }, (_, column) => column);
  for (let row = 1; row <= a.length; row++) {
    const current = [row];
    for (let column = 1; column <= b.length; column++) {
      const same = a[row - 1] === b[column - 1];
      let cost = Math.min((last[column] ?? 0) + 1, (current[column - 1] ?? 0) + 1, (last[column - 1] ?? 0) + (same ? 0 : 1));
      if (row > 1 && column > 1 && a[row - 1] === b[column - 2] && a[row - 2] === b[column - 1]) {
        cost = Math.min(cost, (beforeLast[column - 2] ?? 0) + 1);
      }
      current.push(cost);
    }
    beforeLast = last;
    last = current;
  }
  return last[b.length] ?? 0;
}
