import type { Diagnostic } from '../model/diagnostic.ts';
import type { Output, Reporter } from './reporter.ts';
import { RunFold } from './run-view.ts';
import { sarifOfDiagnostics, sarifOfRun } from './sarif-log.ts';

/** One SARIF log, when everything is over; `beside` draws what happens until then, if anything does. */
export function createSarifReporter(options: {
  readonly output: Output;
  readonly history?: readonly Parameters<RunFold['add']>[0][];
  readonly beside?: Reporter;
}): Reporter {
  const fold = new RunFold();
  for (const event of options.history ?? []) fold.add(event);
  const told: Diagnostic[] = [];
  let written = false;
  return {
    on(event) {
      options.beside?.on(event);
      if (event.type !== 'progress' && event.type !== 'log' && event.type !== 'notice') fold.add(event);
    },
    diagnose: (list) => void told.push(...list),
    async close() {
      await options.beside?.close();
      if (written) return;
      written = true;
      const { view } = fold;
      const diagnostics = view !== undefined && told.length === 0 ? undefined : sarifOfDiagnostics(told);
      const log =
        view === undefined
          ? diagnostics
          : { ...sarifOfRun(view), runs: [...sarifOfRun(view).runs, ...(diagnostics?.runs ?? [])] };
      options.output.write(`${JSON.stringify(log, undefined, 2)}\n`);
    },
  };
}
