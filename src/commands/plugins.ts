import { mkdtemp, readFile, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { nearest } from '../diagnostics/nearest.ts';
import { builtIn } from '../generated/plugins.ts';
import type { Diagnostic } from '../model/diagnostic.ts';
import { exitCodes } from '../model/exit.ts';
import { fail, type Result, succeed } from '../model/result.ts';
import type { Manifest } from '../plugin-api.ts';
import { noPluginWords, openRegistry } from '../registry/registry.ts';
import { createInk, wantsColor } from '../report/ink.ts';
import { manifestLines, pluginListLines } from '../report/plugin-lines.ts';
import { wrapAt, wrapLines } from '../report/wrap.ts';
import { scopeFolder } from './call.ts';
import { complain, problem } from './complain.ts';
import type { Io } from './io.ts';
import { builtInPlugins, teamPlugins } from './known-plugins.ts';

export interface PluginsCall {
  readonly name?: string;
  readonly json?: boolean;
  readonly repo?: string;
}

/** `bexpert plugins [name]`: what there is, or all that one takes, gives and can report. The name is as after `uses:`. */
export async function plugins(call: PluginsCall, io: Io): Promise<number> {
  const ink = createInk(wantsColor({ isTTY: io.stdout.isTTY, env: io.env }));
  const show = (value: unknown, lines: () => readonly string[]) =>
    io.stdout.write(
      call.json === true ? `${JSON.stringify(value, undefined, 2)}\n` : `${wrapLines(lines(), wrapAt(io.stdout)).join('\n')}\n`,
    );
  const scope = await scopeFolder(call.repo, io.cwd);
  if (!scope.ok) {
    await complain(io, scope.error);
    return exitCodes.badPlaybook;
  }
  if (call.name === undefined) {
    const own = await teamPlugins(scope.value);
    const all = [...(await builtInPlugins()), ...(own.ok ? own.value : [])];
    const manifests = all.map(({ uses, manifest }): Manifest => ({ ...manifest, name: uses }));
    show(
      manifests.map(({ name, kind, summary }) => ({ name, kind, summary })),
      () => pluginListLines(manifests, ink),
    );
    if (own.ok) return exitCodes.proven;
    await complain(io, own.error);
    return exitCodes.badPlaybook;
  }
  if (/^(\.\/|npm:)/.test(call.name)) {
    const own = await teamManifest(call.name, scope.value);
    if (!own.ok) {
      await complain(io, own.error);
      return exitCodes.badPlaybook;
    }
    show(own.value, () => manifestLines(own.value, ink));
    return exitCodes.proven;
  }
  const entry = Object.hasOwn(builtIn, call.name) ? builtIn[call.name] : undefined;
  if (entry === undefined) {
    const known = Object.keys(builtIn);
    const near = nearest(call.name, known);
    await complain(io, [problem('cli/unknown-plugin', { name: call.name, known, ...(near === undefined ? {} : { near }) })]);
    return exitCodes.badPlaybook;
  }
  const manifest = await entry.manifest();
  show(manifest, () => manifestLines(manifest, ink, wrapAt(io.stdout)));
  return exitCodes.proven;
}

/** Of a plugin of the repository or of a package, as it lies on disk; bundled apart from those that runs use. */
async function teamManifest(name: string, scope: string): Promise<Result<Manifest, readonly Diagnostic[]>> {
  const cacheFolder = await mkdtemp(path.join(os.tmpdir(), 'bexpert-plugins-'));
  try {
    const readScope = (file: string) => readFile(path.resolve(scope, file), 'utf8').catch(() => undefined);
    const packages = { folder: scope, readScope };
    const found = await openRegistry({ scopeFolder: scope, packages, cacheFolder }).manifest(name);
    return found.ok ? succeed(found.value.manifest) : fail([noPluginWords(name, found.error)]);
  } finally {
    await rm(cacheFolder, { recursive: true, force: true });
  }
}
