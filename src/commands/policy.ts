// `bexpert policy check`: one policy, tried on the playbooks of many repositories as if each had its newest version.
import path from 'node:path';
import type { Diagnostic } from '../model/diagnostic.ts';
import { exitCodes } from '../model/exit.ts';
import { readNamed } from '../playbook/named-file.ts';
import { Source } from '../playbook/source.ts';
import { field, nodeOf, textOf } from '../playbook/tree.ts';
import { createInk, type Ink, wantsColor } from '../report/ink.ts';
import { complain, problem } from './complain.ts';
import type { Io } from './io.ts';
import { foldersOf, type ScopePlaybooks, scopesIn } from './policy-repositories.ts';
import { prepareHere } from './prepare-here.ts';

export interface PolicyCall {
  readonly policy: string;
  readonly repositories: readonly string[];
  readonly state?: string;
  readonly json?: boolean;
}

/** `outdated`: keeps to the newest version, and has another. `violates`: does not keep to the newest version. */
type State = 'ok' | 'outdated' | 'violates' | 'not-extended' | 'invalid' | 'no-playbook';
interface Row {
  readonly repository: string;
  readonly playbook?: string;
  readonly state: State;
  /** sha256 of the version that it has. */
  readonly has?: string;
  readonly diagnostics: readonly Diagnostic[];
  readonly sources: readonly Source[];
}

export async function checkPolicies(call: PolicyCall, io: Io): Promise<number> {
  const bytes = readNamed(path.resolve(io.cwd, call.policy));
  if (!bytes.ok) {
    await complain(io, [problem('cli/no-policy', { file: call.policy, why: bytes.error.why })]);
    return exitCodes.badPlaybook;
  }
  const policy = Source.fromBytes(call.policy, bytes.value);
  if (policy.value === undefined) {
    await complain(io, policy.problems, { sources: [policy] });
    return exitCodes.badPlaybook;
  }
  const folders = foldersOf(call.repositories, io.cwd);
  if (folders.length === 0) {
    await complain(io, [problem('cli/no-repositories', { given: call.repositories })]);
    return exitCodes.badPlaybook;
  }
  const rows: Row[] = [];
  for (const folder of folders) {
    const repository = path.relative(io.cwd, folder) || '.';
    const scopes = scopesIn(folder);
    if (scopes.length === 0) rows.push({ repository, state: 'no-playbook', diagnostics: [], sources: [] });
    for (const scope of scopes) rows.push(...(await checkScope({ scope, repository, policy, call, io })));
  }
  if (call.json === true) {
    const playbooks = rows.map(({ sources: _, ...row }) => row);
    io.stdout.write(
      `${JSON.stringify({ format: 1, policy: { file: policy.file, digest: policy.digest }, playbooks }, undefined, 2)}\n`,
    );
  } else {
    const ink = createInk(wantsColor({ isTTY: io.stdout.isTTY, env: io.env }));
    io.stdout.write(`${table(rows, ink).join('\n')}\n`);
    for (const { diagnostics, sources } of rows) await complain(io, diagnostics, { sources, output: io.stdout });
  }
  return rows.every(({ state }) => state === 'ok') ? exitCodes.proven : exitCodes.gateFailed;
}

async function checkScope(o: {
  readonly scope: ScopePlaybooks;
  readonly repository: string;
  readonly policy: Source;
  readonly call: PolicyCall;
  readonly io: Io;
}): Promise<readonly Row[]> {
  const { scope, policy, call, io } = o;
  const rows: Row[] = [];
  for (const file of scope.playbooks) {
    let has: string | undefined;
    const replaced = new Map<Source, Source>();
    const inPlaceOf = (source: Source): Source | undefined => {
      if (!isVersionOf(source, policy)) return undefined;
      has = source.digest;
      replaced.set(source, replaced.get(source) ?? new Source(source.file, policy.text));
      return replaced.get(source);
    };
    const playbook = path.relative(io.cwd, file);
    const state = call.state === undefined ? {} : { state: call.state };
    const prepared = await prepareHere({ playbook, repo: scope.folder, input: [], mode: 'verify', ...state }, io, inPlaceOf);
    const all = prepared.ok ? prepared.value.diagnostics : prepared.error;
    // Inputs are given by whoever runs it.
    const errors = all.filter(({ code, severity }) => severity === 'error' && code !== 'input/missing');
    const broken = errors.some(({ code }) => code.startsWith('policy/'));
    const keeps: State = has === policy.digest ? 'ok' : 'outdated';
    const found: State = has === undefined ? 'not-extended' : broken ? 'violates' : errors.length > 0 ? 'invalid' : keeps;
    rows.push({
      repository: o.repository,
      playbook,
      state: found,
      ...(has === undefined ? {} : { has }),
      diagnostics: has === undefined ? [] : errors,
      sources: prepared.ok ? prepared.value.sources : [],
    });
  }
  return rows;
}

/** The same policy, of whatever version: it has the same `name`, or, where the policy has none, the same file name. */
function isVersionOf(source: Source, policy: Source): boolean {
  const nameOf = (of: Source): string | undefined => textOf(field(nodeOf(of.value, { source: of, path: [] }), 'name'));
  const name = nameOf(policy);
  return name === undefined ? path.basename(source.file) === path.basename(policy.file) : nameOf(source) === name;
}

const words: Readonly<Record<State, string>> = {
  ok: 'keeps to it',
  outdated: 'keeps to it, and has an older version',
  violates: 'does not keep to it',
  'not-extended': 'does not extend it',
  invalid: 'is not valid',
  'no-playbook': 'has no playbook',
};

function table(rows: readonly Row[], ink: Ink): readonly string[] {
  const width = (values: readonly string[]): number => Math.max(...values.map(({ length }) => length));
  const first = width(rows.map(({ repository }) => repository));
  const second = width(rows.map(({ playbook }) => playbook ?? '-'));
  const lines = rows.map(({ repository, playbook, state }) => {
    const mark = state === 'ok' ? ink.green('ok ') : ink.red('no ');
    return `${mark} ${repository.padEnd(first)}  ${(playbook ?? '-').padEnd(second)}  ${words[state]}`;
  });
  const good = rows.filter(({ state }) => state === 'ok').length;
  return [...lines, `${good} of ${rows.length} keep to the policy in its newest version`];
}
