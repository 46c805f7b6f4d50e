import type { RunEvent } from '../model/event.ts';
import type { Output, Reporter } from './reporter.ts';

/** Every event as one line of JSON, and nothing else; `schema/event.schema.json` describes them. */
export function createJsonReporter(output: Output): Reporter {
  return {
    on(event: RunEvent): void {
      output.write(`${JSON.stringify(event)}\n`);
    },
    diagnose(list) {
      for (const diagnostic of list) output.write(`${JSON.stringify({ type: 'diagnostic', ...diagnostic })}\n`);
    },
    async close(): Promise<void> {},
  };
}
