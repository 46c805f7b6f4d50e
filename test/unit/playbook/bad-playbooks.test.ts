import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { allCodes } from '../../../src/diagnostics/codes.ts';
import { root, sources } from '../../contract/sources.ts';
import { badFolder, codeOf, fixtureShown, fixtures } from './fixture.ts';

/** States of a checkout; their tests make real repositories. */
const ofRepositories = (code: string): boolean => code.startsWith('repository/');
const codes = Object.keys(allCodes).sort();

describe('codes and the folders of test/playbooks/bad', () => {
  it('every code has a folder that holds the mistake', () => {
    const missing = codes.filter((code) => !ofRepositories(code) && !fixtures.some((fixture) => codeOf(fixture) === code));
    const folders = missing.map((code) => `test/playbooks/bad/${code.replace('/', '-')}/`);
    expect(
      folders,
      'add each with a playbook.yml that makes the mistake, or with a call.json that types it: { "args": ["plan", "playbook.yml"] }. Then write what is said with `UPDATE_EXPECTED=1 npx vitest run test/unit/playbook/bad-playbooks.test.ts`, and read it.',
    ).toEqual([]);
  });
  it('every folder is named for a code', () => {
    const unknown = fixtures.filter((fixture) => !codes.includes(codeOf(fixture)));
    expect(unknown, 'the name of a folder is a code with `-` for `/`, and `--<words>` where it is one more of the same').toEqual(
      [],
    );
  });
  it('every folder says what is expected', () => {
    expect(fixtures.filter((fixture) => !existsSync(path.join(badFolder, fixture, 'expected.txt')))).toEqual([]);
  });
  it('every code of a repository is asked for by a test that makes one', () => {
    const text = [...sources('test/unit'), ...sources('test/e2e')].map((source) => source.text).join('\n');
    expect(codes.filter((code) => ofRepositories(code) && !text.includes(code))).toEqual([]);
  });
  it('the page of errors has every code, and none that does not exist any more', () => {
    const page = readFileSync(path.join(root, 'docs/errors.md'), 'utf8');
    const [, section = ''] = /^## In a playbook[^\n]*\n(.*?)^## /ms.exec(page) ?? [];
    const named = [...section.matchAll(/^\| `([a-z-]+\/[a-z0-9-]+)` \|/gm)].map(([, code = '']) => code);
    expect(named.sort(), 'run `npm run generate`').toEqual(codes);
  });
});

describe.each(fixtures)('%s', (name) => {
  it('says what is wrong, where, and what to do', async () => {
    const { text, codes: found, refused } = await fixtureShown(name);
    const file = path.join(badFolder, name, 'expected.txt');
    if (process.env.UPDATE_EXPECTED === '1') writeFileSync(file, text);
    expect(text).toBe(existsSync(file) ? readFileSync(file, 'utf8') : '');
    expect(found).toContain(codeOf(name));
    const { severity = 'error' } = allCodes[codeOf(name)] ?? {};
    if (severity === 'error') expect(refused).toBe(true);
  });
});
