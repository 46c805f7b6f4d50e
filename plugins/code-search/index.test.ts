import { describe, expect, it } from 'vitest';
import type { Json, Outputs } from '../../src/plugin-api.ts';
import { testContext } from '../../src/testing.ts';
import plugin from './index.ts';
import type { manifest } from './manifest.ts';

const files = {
  'src/a.ts': "import { pool } from './db.ts';\nexport const a = () => pool.query('select 1');\n",
  'src/b.js': "// pool.query is not called here\nawait pool.query(\n  'select 2',\n  [1],\n);\r\nconst x = a.b?.(1);\n",
  'docs/notes.md': 'Use pool.query with care.\n',
};

async function found(inputs: Json, candidate: Readonly<Record<string, string | Uint8Array>> = files) {
  const seen = await testContext(plugin, { candidate, with: inputs });
  const outputs = seen.result?.outputs as Outputs<typeof manifest> | undefined;
  return {
    places: outputs?.matches.map(({ file, line, column }) => `${file}:${line}:${column}`),
    outputs,
    brief: seen.result?.brief?.[0],
    failure: seen.failure,
  };
}

describe('a search', () => {
  it('for a text finds it letter by letter in every file', async () => {
    const { places, outputs, brief } = await found({ text: 'pool.query' });
    expect(places).toEqual(['docs/notes.md:1:5', 'src/a.ts:2:24', 'src/b.js:1:4', 'src/b.js:2:7']);
    expect(outputs).toMatchObject({ total: 4, searched: 3, 'not-understood': [] });
    expect(brief).toEqual({
      title: 'Search for pool.query',
      text: [
        '4 places in 3 files that were searched.',
        'docs/notes.md:1: Use pool.query with care.',
        "src/a.ts:2: export const a = () => pool.query('select 1');",
        'src/b.js:1: // pool.query is not called here',
        'src/b.js:2: await pool.query(',
      ].join('\n'),
    });
  });
  it('for a text takes no sign in it for an expression', async () => {
    expect((await found({ text: 'a.b?.(1)' })).places).toEqual(['src/b.js:6:11']);
    expect((await found({ text: 'poolxquery' })).places).toEqual([]);
  });
  it('for a regular expression tries each line, without its line break', async () => {
    expect((await found({ regex: '^\\s*\\);$' })).places).toEqual(['src/b.js:5:1']);
    expect((await found({ regex: 'POOL\\.\\w+', 'ignore-case': true, language: 'typescript' })).places).toEqual([
      'src/a.ts:2:24',
    ]);
  });
  it('for a pattern of code finds calls however they are written, and no comments', async () => {
    const { places } = await found({ pattern: 'pool.query($$$)' });
    expect(places).toEqual(['src/a.ts:2:24', 'src/b.js:2:7']);
  });
  it('keeps to its globs and its limit, and still counts the rest', async () => {
    const { places, outputs, brief } = await found({ text: 'pool', files: ['src/**'], max: 2 });
    expect(places).toEqual(['src/a.ts:1:10', 'src/a.ts:2:24']);
    expect(outputs?.total).toBe(4);
    expect(brief?.text).toContain('(2 more beyond max)');
  });
  it('shows of a long line what is around the place', async () => {
    const { outputs } = await found({ text: 'needle' }, { 'a.txt': `${'x'.repeat(5000)} needle ${'y'.repeat(5000)}\n` });
    expect(outputs?.matches[0]?.text).toMatch(/^…x+ needle y+…$/);
    expect(outputs?.matches[0]?.text.length).toBeLessThan(210);
  });
});

describe('what cannot be searched', () => {
  it('is listed with the reason, and the rest is searched', async () => {
    const { places, outputs } = await found(
      { regex: '^(a+)+$' },
      {
        'a.txt': `${'a'.repeat(50)}!\n`,
        'b.txt': 'aa\n',
        'latin1.txt': Buffer.from([0xe4, 0x20]),
        'picture.png': Buffer.from([0x89, 0, 1, 2]),
      },
    );
    expect(places).toEqual(['b.txt:1:1']);
    expect(outputs?.['not-understood']).toEqual([
      {
        file: 'a.txt',
        line: null,
        what: 'a.txt',
        why: expect.stringMatching(/^the regular expression takes more than 2 s on it/),
      },
      { file: 'latin1.txt', line: null, what: 'latin1.txt', why: 'it is not UTF-8 text' },
    ]);
  });
  it.each([
    [{}, 'code-search/asks', 'needs one of `text`, `regex` and `pattern`'],
    [{ text: 'a', regex: 'b' }, 'code-search/asks', 'no two of them'],
    [{ regex: '(' }, 'code-search/asks', '`regex` is no regular expression'],
    [{ pattern: 'fetch(' }, 'code-search/asks', '`pattern` is no typescript code: fetch(.'],
    [{ text: 'a', files: ['lib/**'] }, 'code-search/no-files', 'none fits lib/**'],
  ])('%j fails', async (inputs, code, words) => {
    const { failure } = await found(inputs);
    expect(failure?.code).toBe(code);
    expect(failure?.message).toContain(words);
  });
});
