/** A text with LF line ends, and the way back to the offsets of the original. */
export interface Normalised {
  readonly text: string;
  /** What most lines of the original end with. */
  readonly eol: '\n' | '\r\n';
  original(offset: number): number;
}

export const toLf = (text: string): string => text.replaceAll('\r\n', '\n');

export function normalise(text: string): Normalised {
  /** Offsets in the new text before which a carriage return was taken out. */
  const removed: number[] = [];
  let lines = 0;
  const lf = text.replaceAll(/\r?\n/g, (end, at: number) => {
    lines += 1;
    if (end.length === 2) removed.push(at - removed.length);
    return '\n';
  });
  return {
    text: lf,
    eol: removed.length * 2 > lines ? '\r\n' : '\n',
    original: (offset) => {
      let low = 0;
      let high = removed.length;
      while (low < high) {
        const middle = (low + high) >> 1;
        if ((removed[middle] ?? 0) < offset) low = middle + 1;
        else high = middle;
      }
      return offset + low;
    },
  };
}
