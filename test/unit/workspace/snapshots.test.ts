import { chmodSync, mkdirSync, readdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import fc from '../../rig/property.ts';
import { gitIn, opened, sample } from './rig.ts';

type Node =
  | { readonly kind: 'file'; readonly content: Uint8Array; readonly run: boolean }
  | { readonly kind: 'link'; readonly target: string };

// Characters that break one tool or another: quotes, line breaks, globs, what git quotes, what a shell eats, what is no letter.
const name = fc.oneof(
  fc.constantFrom(
    'a',
    'b',
    'a.b',
    'A',
    '-x',
    ' ',
    'a b',
    '"',
    "'",
    '\\',
    '\n',
    '\t',
    '*',
    '[x]',
    ':(x)',
    '#',
    '~',
    'ü',
    'u\u0308',
    '日本',
    '🙂',
    '.x',
    'git~1',
    'CON',
    '$(x)',
    '%',
  ),
  fc
    .string({ minLength: 1, maxLength: 6 })
    .filter(
      (text) =>
        !/[/\0]/.test(text) && text !== '.' && text !== '..' && Buffer.from(text).toString() === text && !/^\.git/i.test(text),
    ),
);
const node: fc.Arbitrary<Node> = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.record({ kind: fc.constant('file' as const), content: fc.uint8Array({ maxLength: 40 }), run: fc.boolean() }),
  },
  {
    weight: 1,
    arbitrary: fc.record({ kind: fc.constant('link' as const), target: fc.constantFrom('a', '../b', '/nowhere', './x y', 'ü') }),
  },
);
const tree = fc
  .uniqueArray(fc.tuple(fc.array(name, { minLength: 1, maxLength: 3 }), node), {
    maxLength: 12,
    selector: ([parts]) => parts.join('/'),
  })
  .map((list) =>
    list.filter(
      ([parts]) => !list.some(([other]) => other.length < parts.length && other.every((part, index) => part === parts[index])),
    ),
  );

function put(root: string, nodes: readonly (readonly [readonly string[], Node])[]): void {
  for (const entry of readdirSync(root)) if (entry !== '.git') rmSync(path.join(root, entry), { recursive: true });
  for (const [parts, one] of nodes) {
    const file = path.join(root, ...parts);
    mkdirSync(path.dirname(file), { recursive: true });
    if (one.kind === 'link') symlinkSync(one.target, file);
    else {
      writeFileSync(file, one.content);
      chmodSync(file, one.run ? 0o755 : 0o644);
    }
  }
}

const full = process.env.BEXPERT_TEST === 'full';

describe('a snapshot', () => {
  it('restored is the identity, for any two trees one after the other, and is what git itself records', async () => {
    const at = sample({ 'a.txt': 'a' });
    const { workspace, base } = await opened(at);
    const work = await workspace.work();
    await fc.assert(
      fc.asyncProperty(tree, tree, async (first, second) => {
        put(work.root, first);
        const one = await workspace.snapshotWork('One', base.commit);
        const manifest = await work.manifest();
        expect(manifest.size).toBe(first.length);
        const git = gitIn(work.root, at.home);
        git('-c', 'core.protectNTFS=false', 'add', '--all', '--force');
        expect(git('-c', 'core.protectNTFS=false', 'write-tree')).toBe(one.tree);
        put(work.root, second);
        const two = await workspace.snapshotWork('Two', base.commit);
        await workspace.restoreWork(one);
        expect(await work.manifest()).toEqual(manifest);
        await workspace.restoreWork(two);
        expect(await workspace.recordWork()).toBe(two.tree);
      }),
      { numRuns: full ? 300 : 25 },
    );
    await workspace[Symbol.asyncDispose]();
  }, 300_000);
  it('keeps names that are no UTF-8', async () => {
    const { workspace, base } = await opened(sample({ 'a.txt': 'a' }));
    const work = await workspace.work();
    writeFileSync(Buffer.concat([Buffer.from(`${work.root}/caf`), Buffer.from([0xe9])]), 'latin');
    const one = await workspace.snapshotWork('One', base.commit);
    expect(one.tree).not.toBe(base.tree);
    await workspace.restoreWork(base);
    expect(readdirSync(work.root).sort()).toEqual(['.git', 'a.txt']);
    await workspace.restoreWork(one);
    expect(readdirSync(work.root, { encoding: 'latin1' as 'utf8' }).sort()).toEqual(['.git', 'a.txt', 'caf\u00e9']);
    await workspace[Symbol.asyncDispose]();
  });
});
