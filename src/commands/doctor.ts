import { execFile } from 'node:child_process';
import path from 'node:path';
import { promisify } from 'node:util';
import { builtIn } from '../generated/plugins.ts';
import { findEngine } from '../host/container-engine.ts';
import { probeProviders } from '../host/sandbox/select.ts';
import { exitCodes } from '../model/exit.ts';
import { packageRoot } from '../package-root.ts';
import type { DoctorLine } from '../plugin-api.ts';
import { createInk, wantsColor } from '../report/ink.ts';
import { wrapAt, wrapLines } from '../report/wrap.ts';
import { makeStateHome } from '../workspace/state.ts';
import { scopeFolder } from './call.ts';
import { complain } from './complain.ts';
import type { Io } from './io.ts';
import { stateHome } from './state-folder.ts';

export interface DoctorCall {
  readonly repo?: string;
  readonly state?: string;
  readonly json?: boolean;
}

const atLeast = (version: string, wanted: readonly [number, number]): boolean => {
  const [major = 0, minor = 0] = version.split('.').map(Number);
  return major > wanted[0] || (major === wanted[0] && minor >= wanted[1]);
};

function nodeLine(version: string): DoctorLine {
  return atLeast(version, [20, 19])
    ? { ok: true, what: `Node.js ${version}` }
    : { ok: false, what: `Node.js ${version} is too old`, todo: 'Install Node.js 20.19 or newer: https://nodejs.org.' };
}

async function gitLine(): Promise<DoctorLine> {
  const todo = 'Install git 2.30 or newer: https://git-scm.com/downloads.';
  try {
    const { stdout } = await promisify(execFile)('git', ['--version']);
    const version = /\d+\.\d+(\.\d+)?/.exec(stdout)?.[0] ?? '0';
    return atLeast(version, [2, 30])
      ? { ok: true, what: `git ${version}` }
      : { ok: false, what: `git ${version} is too old`, todo };
  } catch {
    return { ok: false, what: 'git is missing', todo };
  }
}

async function stateLine(home: string): Promise<DoctorLine> {
  const problem = await makeStateHome(home);
  if (problem === undefined) return { ok: true, what: `state: ${home}` };
  return { ok: false, what: problem.message, ...(problem.hint === undefined ? {} : { todo: problem.hint }) };
}

async function sandboxLines(call: DoctorCall, io: Io): Promise<readonly DoctorLine[]> {
  const probes = await probeProviders({
    stateFolder: stateHome(call.state, io),
    assetsFolder: path.join(packageRoot(), 'dist/assets'),
    env: io.env,
  });
  const works = probes.some(({ ok }) => ok);
  return probes.map(({ provider, ok, reason, todo }) => ({
    // One sandbox is enough: the others are shown, and cost nothing.
    ok: ok || works,
    what: ok ? `sandbox: ${provider}` : `sandbox: ${provider} does not work here: ${reason ?? 'unknown'}`,
    ...(todo === undefined || works ? {} : { todo }),
  }));
}

/** Few playbooks need one: nothing to do where none answers. */
async function containerLine(io: Io): Promise<DoctorLine> {
  const found = await findEngine({ env: io.env, signal: io.signal });
  return {
    ok: true,
    what:
      'name' in found
        ? `containers: ${found.name} ${found.version} answers; services with \`image\` start there`
        : `containers: none; services with \`image\` need Podman or Docker (${found.join('; ')})`,
  };
}

async function pluginLines(io: Io): Promise<readonly DoctorLine[]> {
  const lines: DoctorLine[] = [];
  for (const entry of Object.values(builtIn)) {
    const plugin = await entry.plugin();
    if (plugin.doctor !== undefined) lines.push(...(await plugin.doctor(io.env)));
    if (plugin.manifest.kind === 'action' && plugin.manifest.model !== undefined) {
      const { env, standIn } = plugin.manifest.model;
      const set = env.find((name) => (io.env[name] ?? '') !== '');
      lines.push({
        ok: true,
        what:
          set === undefined
            ? `model: none of ${env.join(', ')} is set; action steps need a script (\`uses: ${standIn}\`, or \`model: { script: ... }\` in bexpert.yml)`
            : `model: ${set} is set; ${plugin.manifest.name} fills action steps`,
      });
    }
  }
  return lines;
}

/** `bexpert doctor`: what works here, and what to do where something does not. Exit 3 when something must be done. */
export async function doctor(call: DoctorCall, io: Io): Promise<number> {
  const scope = await scopeFolder(call.repo, io.cwd);
  if (!scope.ok) {
    await complain(io, scope.error);
    return exitCodes.badPlaybook;
  }
  const state = await stateLine(stateHome(call.state, io));
  const lines = [
    nodeLine(io.node.version),
    await gitLine(),
    state,
    // The sandboxes are tried in that folder.
    ...(state.ok ? await sandboxLines(call, io) : []),
    await containerLine(io),
    ...(await pluginLines(io)),
  ];
  if (call.json === true) {
    io.stdout.write(`${JSON.stringify({ format: 1, lines }, undefined, 2)}\n`);
  } else {
    const ink = createInk(wantsColor({ isTTY: io.stdout.isTTY, env: io.env }));
    for (const { ok, what, todo } of lines) {
      const rows = [`${ok ? ink.green('ok  ') : ink.red('todo')}  ${what}`, ...(todo === undefined ? [] : [`      ${todo}`])];
      io.stdout.write(`${wrapLines(rows, wrapAt(io.stdout)).join('\n')}\n`);
    }
  }
  return lines.every(({ ok }) => ok) ? exitCodes.proven : exitCodes.environment;
}
