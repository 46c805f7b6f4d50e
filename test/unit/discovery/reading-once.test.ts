import { expect, it } from 'vitest';
import type { Files } from '../../../src/discovery/index.ts';
import { sharedReading } from '../../../src/discovery/reading-once.ts';
import { filesOf } from '../../rig/reading.ts';

/** Files that count how often they are read. */
function counted(content: Readonly<Record<string, string>>, hash = ''): { readonly tree: Files; reads(): number } {
  const files = filesOf(content);
  let reads = 0;
  const readBytes = async (file: string) => {
    reads += 1;
    return files.readBytes(file);
  };
  return { tree: { hash, glob: (patterns) => files.glob(patterns), readBytes }, reads: () => reads };
}
const content = { 'a.js': 'export const a = 1;', 'b/c.js': 'export const c = 1;' };

it('a tree is read once for all who ask for the same files of it', async () => {
  const { tree, reads } = counted(content);
  const [first, second] = await Promise.all([sharedReading({ tree }), sharedReading({ tree, files: [], scope: '' })]);
  expect(second).toBe(first);
  expect(await sharedReading({ tree })).toBe(first);
  expect(reads()).toBe(2);
  const part = await sharedReading({ tree, scope: 'b' });
  expect([...part.facts.keys()]).toEqual(['b/c.js']);
});

it('so are trees of the same content, and others are not', async () => {
  const [one, same, other] = [counted(content, 'f00'), counted(content, 'f00'), counted(content, 'ba5')];
  const first = await sharedReading({ tree: one.tree });
  expect(await sharedReading({ tree: same.tree })).toBe(first);
  expect(await sharedReading({ tree: other.tree })).not.toBe(first);
  expect([one.reads(), same.reads(), other.reads()]).toEqual([2, 0, 2]);
});

it('who gives up ends nobody else', async () => {
  const { tree } = counted(content);
  const end = new AbortController();
  const ended = sharedReading({ tree, signal: end.signal });
  const other = sharedReading({ tree });
  end.abort(new Error('given up'));
  await expect(ended).rejects.toThrow('given up');
  expect([...(await other).facts.keys()]).toEqual(['a.js', 'b/c.js']);
});
