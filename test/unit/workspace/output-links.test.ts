import { describe, expect, it } from 'vitest';
import { isPluginError } from '../../../src/plugin-api.ts';
import { checkLinks } from '../../../src/workspace/output-links.ts';
import { type Files, temporary, write } from './rig.ts';

/** What is said of an output at `place`; undefined: nothing. */
async function said(files: Files, o: { readonly place?: string; readonly mounted?: boolean } = {}): Promise<string | undefined> {
  const folder = temporary();
  write(folder, files);
  const looked = checkLinks({ folder, place: o.place ?? 'packages/a/node_modules', mounted: o.mounted ?? true });
  return looked.then(
    () => undefined,
    (error: unknown) => {
      if (!isPluginError(error)) throw error;
      return `${error.code}: ${error.message}`;
    },
  );
}

describe('links of a set-up output', () => {
  it.each<[string, Files]>([
    ['a link to another package of the tree', { b: { link: '../../b' } }],
    ['a link to the store in the output', { b: { link: '.pnpm/b@1/node_modules/b' } }],
    ['an interpreter of the system', { python: { link: '/usr/bin/python3' } }],
    ['an absolute link into the tree', { b: { link: '/workspace/packages/b' } }],
    ['an editable install', { 'site/__editable__.b-1.pth': '/workspace/src\n' }],
    [
      'a .pth of comments, code and relative folders',
      { 'site/x.pth': '# ../../../../../x\nimport sys; sys.x = "/home"\n\n../../../../src\r\n' },
    ],
    ['a finder of setuptools', { 'site/__editable___b_finder.py': "MAPPING = {'b': '/workspace/b'}\nPATH = 'b/c'\n" }],
    [
      'a .pnp.cjs whose packages lie in the tree',
      { '.pnp.cjs': '"packageLocation": "./packages/b/"\n"packageLocation": "../../../.yarn/cache/x.zip/node_modules/x/"\n' },
    ],
    ['other files, whatever they say', { 'README.md': '/home/x\n', 'finder.py': "'/home/x'" }],
  ])('may be %s', async (_what, files) => {
    expect(await said(files)).toBeUndefined();
  });
  it.each<[string, Files, string]>([
    ['a link out of the tree', { b: { link: '../../../../b' } }, 'b leads to ../../../../b'],
    ['a link to a home folder', { 'deep/b': { link: '/home/somebody/b' } }, 'deep/b leads to /home/somebody/b'],
    ['a link that only looks like one of the tree', { b: { link: '/workspace/../home' } }, 'b leads to /workspace/../home'],
    ['a folder whose name begins as that of the tree', { b: { link: '/workspace2/b' } }, 'b leads to /workspace2/b'],
    [
      'a .pth to a home folder',
      { 'site/x.pth': '/workspace/src\n/home/somebody/src\n' },
      'site/x.pth leads to /home/somebody/src',
    ],
    ['a .pth out of the tree', { 'x.pth': '../../../../src' }, 'x.pth leads to ../../../../src'],
    ['an .egg-link', { 'b.egg-link': '/home/somebody/b\n.' }, 'b.egg-link leads to /home/somebody/b'],
    ['a finder', { '__editable___b_finder.py': "MAPPING: dict[str, str] = {'b': '/home/b'}" }, 'leads to /home/b'],
    [
      'a .pnp.cjs with a cache of the home folder',
      { '.pnp.cjs': '"packageLocation": "../../../../scratch/home/x.zip/"' },
      'leads to ../../../../scratch/home/x.zip/',
    ],
  ])('may not be %s', async (_what, files, says) => {
    const text = await said(files);
    expect(text).toMatch(/^setup\/outside: The set-up output packages\/a\/node_modules leaves its tree: the link packages/);
    expect(text).toContain(says);
  });
  it.each<[string, Files]>([
    ['a link', { b: { link: '/workspace/packages/b' } }],
    ['an editable install', { 'x.pth': '/workspace/src\n' }],
  ])('may not lead into the tree by an absolute path where every tree has another one: %s', async (_what, files) => {
    expect(await said(files, { mounted: false })).toContain('without a sandbox every tree lies at another path');
    expect(await said({ ...files, b: { link: '../../b' }, 'x.pth': '../../../src\n' }, { mounted: false })).toBeUndefined();
  });
});
