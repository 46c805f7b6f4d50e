import { nearest } from '../diagnostics/nearest.ts';
import { builtIn } from '../generated/plugins.ts';
import { exitCodes } from '../model/exit.ts';
import type { Manifest } from '../plugin-api.ts';
import { createInk, wantsColor } from '../report/ink.ts';
import { manifestLines, pluginListLines } from '../report/plugin-lines.ts';
import { wrapAt, wrapLines } from '../report/wrap.ts';
import { complain, problem } from './complain.ts';
import type { Io } from './io.ts';

export interface PluginsCall {
  readonly name?: string;
  readonly json?: boolean;
}

/** `bexpert plugins [name]`: what there is, or all that one takes, gives and can report. */
export async function plugins(call: PluginsCall, io: Io): Promise<number> {
  const ink = createInk(wantsColor({ isTTY: io.stdout.isTTY, env: io.env }));
  const show = (value: unknown, lines: () => readonly string[]) =>
    io.stdout.write(
      call.json === true ? `${JSON.stringify(value, undefined, 2)}\n` : `${wrapLines(lines(), wrapAt(io.stdout)).join('\n')}\n`,
    );
  if (call.name === undefined) {
    const manifests: Manifest[] = [];
    for (const entry of Object.values(builtIn)) manifests.push(await entry.manifest());
    show(
      manifests.map(({ name, kind, summary }) => ({ name, kind, summary })),
      () => pluginListLines(manifests, ink),
    );
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
