/** Marks text for a terminal, or leaves it as it is. */
export type Ink = Readonly<Record<'bold' | 'dim' | 'red' | 'yellow' | 'cyan', (text: string) => string>>;

export function createInk(color: boolean): Ink {
  const mark = (open: number, close: number) => (text: string) =>
    color && text !== '' ? `\u001b[${open}m${text}\u001b[${close}m` : text;
  return { bold: mark(1, 22), dim: mark(2, 22), red: mark(31, 39), yellow: mark(33, 39), cyan: mark(36, 39) };
}
