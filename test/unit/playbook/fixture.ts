// A folder of test/playbooks/bad: a mistake, and exactly what a person then reads.
import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import type { Io } from '../../../src/commands/io.ts';
import { runsFolder } from '../../../src/commands/state-folder.ts';
import { main } from '../../../src/main.ts';
import { root } from '../../contract/sources.ts';
import { folderOf } from './prepare-files.ts';
import { type Call, prepareFolder, shown } from './prepare-folder.ts';

/** Pieces of a file that is too long, or too strange, to lie in a repository. */
type Piece = { readonly text: string; readonly times?: number } | { readonly hex: string };

/** `call.json` of a fixture. */
interface FixtureCall extends Call {
  readonly files?: Readonly<Record<string, readonly Piece[]>>;
  /** What was typed; without it the playbook is prepared with plugins that exist only for the tests. */
  readonly args?: readonly string[];
  /** Runs that are kept already. */
  readonly runs?: readonly string[];
}

export interface Shown {
  readonly text: string;
  readonly codes: readonly string[];
  /** Nothing may run, or there is no plan. */
  readonly refused: boolean;
}

export const badFolder = path.join(root, 'test/playbooks/bad');
export const fixtures: readonly string[] = readdirSync(badFolder).sort();
/** `yaml-too-large--words` is for `yaml/too-large`. */
export const codeOf = (fixture: string): string => fixture.replace('-', '/').replace(/--.*$/, '');

/** What is said about a fixture. */
export async function fixtureShown(name: string): Promise<Shown> {
  const own = path.join(badFolder, name);
  const file = path.join(own, 'call.json');
  const call: FixtureCall = existsSync(file) ? (JSON.parse(readFileSync(file, 'utf8')) as FixtureCall) : {};
  const { files, args, runs, ...prepareCall } = call;
  const folder = files === undefined && args === undefined ? own : copyOf(own, files ?? {});
  if (args !== undefined) return typed({ folder, args, runs: runs ?? [], env: call.env ?? {} });
  const prepared = await prepareFolder(folder, prepareCall);
  const wrong = prepared.diagnostics.some(({ severity }) => severity === 'error');
  if (wrong !== (prepared.plan === undefined)) throw new Error(`${name}: a plan and an error, or neither`);
  return { text: shown(prepared), codes: prepared.diagnostics.map(({ code }) => code), refused: wrong };
}

function copyOf(own: string, files: NonNullable<FixtureCall['files']>): string {
  const folder = folderOf({});
  cpSync(own, folder, { recursive: true, filter: (file) => !/\/(call\.json|expected\.txt)$/.test(file) });
  for (const [file, pieces] of Object.entries(files)) {
    const bytes = pieces.map((piece) =>
      'hex' in piece ? Buffer.from(piece.hex, 'hex') : Buffer.from(piece.text.repeat(piece.times ?? 1)),
    );
    writeFileSync(path.join(folder, file), Buffer.concat(bytes));
  }
  return folder;
}

async function typed(o: {
  readonly folder: string;
  readonly args: readonly string[];
  readonly runs: readonly string[];
  readonly env: Readonly<Record<string, string | undefined>>;
}): Promise<Shown> {
  const { folder, args } = o;
  const state = folderOf({});
  const env = { PATH: process.env.PATH, HOME: state, XDG_STATE_HOME: state, ...o.env };
  for (const run of o.runs) {
    const kept = path.join(await runsFolder({ repo: folder }, { cwd: folder, env }), run);
    mkdirSync(kept, { recursive: true });
    writeFileSync(path.join(kept, 'events.jsonl'), '');
  }
  const said: string[] = [];
  const output: Io['stdout'] = { isTTY: false, write: (text) => void said.push(text) };
  const { execPath, platform, arch, versions } = process;
  const node = { version: versions.node, execPath, platform, arch };
  const signal = new AbortController().signal;
  const code = await main(args, { cwd: folder, env, stdout: output, stderr: output, signal, now: () => 0, node });
  const text = said
    .join('')
    .replaceAll(folder, '<folder>')
    .replace(new RegExp(`${state}[\\w./-]*`, 'g'), '<state>');
  return { text, codes: [...text.matchAll(/\[([a-z-]+\/[a-z-]+)\]$/gm)].map(([, found = '']) => found), refused: code !== 0 };
}
