import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';

export const gateJson = {
  kind: 'gate',
  name: 'words',
  api: 1,
  summary: 'Files hold no bad words.',
  command: ['node', 'gate.mjs'],
  inputs: {
    type: 'object',
    properties: {
      word: { type: 'string', default: 'bad', description: 'The word.' },
      within: { type: 'number', format: 'duration', default: 500, description: 'How long.' },
    },
  },
  outputs: {
    type: 'object',
    properties: { files: { type: 'integer', description: 'How many.' } },
    required: ['files'],
  },
  runsOnBase: true,
  findings: { 'words/bad': { means: 'A file holds a bad word.', baseline: 'subtract' } },
  prove: { command: ['node', 'gate.mjs'], controls: [{ name: 'a bad word', expects: 'words/bad' }] },
};

/** A folder of a plugin with a plugin.json; `program` is its `gate.mjs`. Disposing it removes it. */
export async function foreignFolder(
  program: string,
  more: Readonly<Record<string, unknown>> = {},
  files: Readonly<Record<string, string>> = {},
): Promise<{ readonly folder: string } & AsyncDisposable> {
  const parent = await mkdtemp(path.join(os.tmpdir(), 'bexpert-foreign-'));
  const json = { ...gateJson, ...more };
  const folder = path.join(parent, String(json.name));
  const given = JSON.parse(JSON.stringify(json)) as unknown;
  for (const [file, text] of Object.entries({ 'plugin.json': JSON.stringify(given), 'gate.mjs': program, ...files })) {
    await mkdir(path.dirname(path.join(folder, file)), { recursive: true });
    await writeFile(path.join(folder, file), text);
  }
  return { folder, [Symbol.asyncDispose]: () => rm(parent, { recursive: true, force: true }) };
}

/** Begins a program: reads the request, and gives `answer(value)`. */
export const prelude = `
import { readFileSync, writeFileSync, readdirSync, existsSync } from 'node:fs';
const request = JSON.parse(readFileSync(0, 'utf8'));
const answer = (value) => process.stdout.write(JSON.stringify(value));
const green = { outputs: { files: 1 }, examined: { unit: 'files', count: 1, min: 1 }, findings: [] };
const finding = { code: 'words/bad', severity: 'error', message: 'A bad word.', subject: 'a', location: { file: 'a.txt', line: 1 } };
`;
