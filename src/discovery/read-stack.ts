import type { NotUnderstood } from './contract/place.ts';
import type { Reading, Stack } from './contract/reading.ts';

const words = { route: 'routes', table: 'tables' } as const;

/**
 * What an adapter finds. Code may be nested deeper than the stack of whoever follows it, or be what nobody foresaw: then what this
 * adapter would find is missing, it is said, and all else is in the map.
 */
export function readStack<Found>(o: {
  readonly stack: Stack<readonly Found[]>;
  readonly reading: Reading;
  readonly about: keyof typeof words;
  say(what: NotUnderstood): void;
}): readonly Found[] {
  const { stack, reading, about } = o;
  try {
    return stack.read(reading, o.say);
  } catch (error) {
    const [file = ''] = stack.marks.flatMap((mark) => reading.marked(mark));
    const cause =
      error instanceof RangeError
        ? 'some code is nested too deep to be followed'
        : `reading them failed, which is a bug in bexpert: ${error instanceof Error ? error.message : String(error)}`;
    const why = `${words[about]} of ${stack.name} are not in the map: ${cause}`;
    o.say({ file, line: null, what: stack.name, why, about, stack: stack.name });
    return [];
  }
}
