import { exitCodes } from '../model/exit.ts';
import { graphLines } from '../report/graph-lines.ts';
import { graphMermaid } from '../report/graph-mermaid.ts';
import { createInk, wantsColor } from '../report/ink.ts';
import type { PlaybookCall } from './call.ts';
import { complain } from './complain.ts';
import type { Io } from './io.ts';
import { prepareHere } from './prepare-here.ts';

export interface GraphCall extends PlaybookCall {
  readonly format: 'terminal' | 'mermaid';
}

/** `bexpert graph`: phases, steps, what waits for what, the way back, and services, as a drawing. */
export async function graph(call: GraphCall, io: Io): Promise<number> {
  // A drawing needs no values: what a call must say is not missing here.
  const prepared = await prepareHere({ ...call, mode: 'verify' }, io);
  const plan = prepared.ok ? prepared.value.plan : undefined;
  if (plan === undefined) {
    await complain(io, prepared.ok ? prepared.value.diagnostics : prepared.error, {
      sources: prepared.ok ? prepared.value.sources : [],
    });
    return exitCodes.badPlaybook;
  }
  const ink = createInk(wantsColor({ isTTY: io.stdout.isTTY, env: io.env }));
  io.stdout.write(call.format === 'mermaid' ? graphMermaid(plan) : `${graphLines(plan, ink).join('\n')}\n`);
  return exitCodes.proven;
}
