import { readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import type { CodeEntry } from '../../src/diagnostics/code-table.ts';
import { allCodes } from '../../src/diagnostics/codes.ts';
import { environmentCodes } from '../../src/diagnostics/codes-environment.ts';
import { builtIn } from '../../src/generated/plugins.ts';
import { root, sources } from './sources.ts';

const files = [...sources('src'), ...sources('plugins')].filter(
  ({ file }) => !file.endsWith('.test.ts') && !/\/(codes-[\w-]+|manifest)\.ts$/.test(file),
);

/** `code: 'area/what'`, also as one branch of a condition; `${...}` stands for any words. */
function reported(text: string): readonly string[] {
  return [...text.matchAll(/\bcode:([^;{}]*?(?:\$\{[^}]*\}[^;{}]*?)*)(?:,\s*\n|,\s*\w+\b|\s*\}|$)/gm)].flatMap(([, value = '']) =>
    [...value.matchAll(/['`]([a-z][a-z-]*\/(?:[a-z-]|\$\{[^}]*\})+)['`]/g)].map(([, code = '']) => code),
  );
}
const pattern = (code: string): RegExp => new RegExp(`^${code.replace(/\$\{[^}]*\}/g, '[a-z-]+')}$`);

async function findingCodes(): Promise<readonly string[]> {
  const manifests = await Promise.all(Object.values(builtIn).map((entry) => entry.manifest()));
  return [...manifests.flatMap((manifest) => (manifest.kind === 'gate' ? Object.keys(manifest.findings) : [])), 'run/exit-code'];
}
/** What the engine says about gates by their name, such as `<gate>/nothing-examined`. */
const anyGate = /^[a-z-]+\/nothing-examined$/;

describe('codes', () => {
  it('of failures are all in the table that docs/errors.md is made of', async () => {
    const known = [...Object.keys(allCodes), ...Object.keys(environmentCodes), ...(await findingCodes())];
    const missing = files.flatMap(({ file, text }) =>
      reported(text)
        .filter((code) => !anyGate.test(code) && !known.some((one) => pattern(code).test(one)))
        .map((code) => `${file}: ${code}`),
    );
    expect(
      [...new Set(missing)],
      'add each to src/diagnostics/codes-environment.ts with what it means, then run `npm run generate`',
    ).toEqual([]);
  });
  it('in the table are reported somewhere', () => {
    const all = files.map(({ text }) => text).join('\n');
    const templates = files.flatMap(({ text }) => reported(text)).filter((code) => code.includes('${'));
    const unused = Object.keys(environmentCodes).filter(
      (code) =>
        !all.includes(`'${code}'`) && !all.includes(`\`${code}\``) && !templates.some((template) => pattern(template).test(code)),
    );
    expect(unused, 'remove them from src/diagnostics/codes-environment.ts, then run `npm run generate`').toEqual([]);
  });
  it('have one meaning each: no code is in two tables', () => {
    expect(Object.keys(environmentCodes).filter((code) => Object.hasOwn(allCodes, code))).toEqual([]);
  });
  it('say what they mean in one sentence', () => {
    const entries: readonly (readonly [string, string])[] = [
      ...Object.entries(allCodes as Readonly<Record<string, CodeEntry>>).map(([code, { means }]) => [code, means] as const),
      ...Object.entries(environmentCodes),
    ];
    expect(entries.filter(([, means]) => !/^[A-Z`[][^\n]{10,180}\.$/.test(means)).map(([code]) => code)).toEqual([]);
    expect(entries.filter(([code]) => !/^[a-z]+(-[a-z]+)*\/[a-z0-9]+(-[a-z0-9]+)*$/.test(code)).map(([code]) => code)).toEqual(
      [],
    );
  });
  it('are on the page of errors', () => {
    const page = readFileSync(path.join(root, 'docs/errors.md'), 'utf8');
    const missing = [...Object.keys(allCodes), ...Object.keys(environmentCodes)].filter((code) => !page.includes(`\`${code}\``));
    expect(missing, 'run `npm run generate`').toEqual([]);
  });
});
