import type { Facts } from '../diagnostics/code-table.ts';
import { cliCodes } from '../diagnostics/codes-cli.ts';
import { diagnose } from '../diagnostics/diagnose.ts';
import { renderDiagnostics } from '../diagnostics/render.ts';
import type { Diagnostic } from '../model/diagnostic.ts';
import type { Source } from '../playbook/source.ts';
import { wantsColor } from '../report/ink.ts';
import type { Output } from '../report/reporter.ts';
import type { Io } from './io.ts';

type Codes = typeof cliCodes;

/** A diagnostic of the command line itself. */
export function problem<Code extends keyof Codes>(code: Code, facts: Facts<Codes, Code>): Diagnostic {
  return diagnose(cliCodes, code, facts);
}

/** Shows diagnostics with their code frames, on standard error unless they are the command's result. */
export async function complain(
  io: Io,
  list: readonly Diagnostic[],
  where: { readonly sources?: readonly Source[]; readonly output?: Output } = {},
): Promise<void> {
  if (list.length === 0) return;
  const output = where.output ?? io.stderr;
  const text = renderDiagnostics(list, { sources: where.sources ?? [], color: wantsColor({ isTTY: output.isTTY, env: io.env }) });
  output.write(text.endsWith('\n') ? text : `${text}\n`);
}
