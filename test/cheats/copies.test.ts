// Set-up that copied base's code: a candidate that changes what was copied would be judged by base's.
import { expect, it } from 'vitest';
import { copiesIn, staleCopies } from '../../src/engine/set-up-copies.ts';
import { temporary, write } from '../unit/workspace/rig.ts';

const installed = async (change: Readonly<Record<string, string>>) => {
  const [base, copy, candidate] = [temporary(), temporary(), temporary()];
  const code = { 'shop/__init__.py': '', 'shop/orders.py': 'orders\n', 'shop/authors.py': 'authors\n', 'other/__init__.py': '' };
  const texts = { README: 'read\n', 'AUTHORS.md': 'us\n', 'LICENSE-MIT': 'free\n' };
  write(base, { ...code, ...texts });
  const site = 'venv/site-packages';
  write(copy, {
    ...Object.fromEntries(Object.entries(code).map(([name, text]) => [`${site}/${name}`, text])),
    ...Object.fromEntries(Object.entries(texts).map(([name, text]) => [`${site}/someone/${name}`, text])),
    [`${site}/third/__init__.py`]: '',
  });
  write(candidate, { ...code, ...texts, ...change });
  const files = [...Object.keys(code), ...Object.keys(texts)];
  return staleCopies(await copiesIn({ tree: base, files, copy, outputs: ['venv'] }), candidate);
};

it('a module is a copy though it is called as a text that many packages have', async () => {
  expect(await installed({ 'shop/authors.py': 'changed\n' })).toEqual(['shop/authors.py']);
});
it('an empty module is a copy where modules beside it are, and nowhere else', async () => {
  expect(await installed({ 'shop/__init__.py': 'import os\n' })).toEqual(['shop/__init__.py']);
  expect(await installed({ 'other/__init__.py': 'import os\n' })).toEqual([]);
});
it('texts that nothing runs are none', async () => {
  expect(await installed({ README: 'new\n', 'AUTHORS.md': 'new\n', 'LICENSE-MIT': 'new\n' })).toEqual([]);
});
