import { Writable } from 'node:stream';
import { DefaultRenderer, Listr, ListrLogger, ProcessOutput } from 'listr2';
import type { RunEvent } from '../model/event.ts';
import { createInk, wantsColor } from './ink.ts';
import { closing, copied, gateLines, phaseTitle, stepLine } from './passages.ts';
import { createPlainReporter } from './plain.ts';
import { printableLine } from './printable.ts';
import type { Output, Reporter, ReporterOptions } from './reporter.ts';
import { RunFold, stepWidth } from './run-view.ts';
import { StepRow } from './step-row.ts';
import { failureWords, stepWords, toolTarget } from './step-words.ts';
import { isWider, wrapAt, wrapLines } from './wrap.ts';

/** Whether this is a terminal was decided before; listr2 would ask the process again. */
class PhaseRenderer extends DefaultRenderer {
  static override nonTTY = true;
}

/** listr2 replaces `write` of the streams that it draws on; this one is its own, so the program's streams stay as they are. */
function canvas(output: Output): NodeJS.WriteStream {
  const stream = new Writable({
    decodeStrings: false,
    write(chunk: unknown, _encoding, done) {
      output.write(String(chunk));
      done();
    },
  });
  return Object.assign(stream, { isTTY: true, columns: output.columns ?? 80 }) as unknown as NodeJS.WriteStream;
}

/**
 * A live list for each phase of each attempt, and lines as in a log between them. A task added to a running list of listr2 never
 * runs, so a list is made when its phase starts and all its steps are known; its tasks only wait for events.
 */
export function createTtyReporter(options: ReporterOptions): Reporter {
  const { output, now } = options;
  const ink = createInk(wantsColor({ isTTY: output.isTTY, env: options.env }));
  const columns = wrapAt(output);
  const fold = new RunFold();
  let tail: Promise<unknown> = Promise.resolve();
  let rows: ReadonlyMap<string, StepRow> = new Map();
  for (const event of options.history ?? []) fold.add(event);
  let width = stepWidth(fold.view);

  // Everything that is not a live list is told by the plain reporter, after the lists before it have ended.
  const between = createPlainReporter({
    ...options,
    output: { ...output, write: (text) => void later(() => output.write(text)) },
  });
  const later = (draw: () => unknown): void => {
    tail = tail.then(draw).catch((error: unknown) => output.write(`(the view failed: ${String(error)})\n`));
  };

  const runList = async (list: ReadonlyMap<string, StepRow>): Promise<void> => {
    const surface = canvas(output);
    const tick = setInterval(() => {
      for (const row of list.values()) row.redraw();
    }, 1000);
    tick.unref();
    try {
      await new Listr(
        [...list.values()].map((row) => ({ title: row.title, task: (_: unknown, task) => row.show(task) })),
        {
          concurrent: true,
          exitOnError: false,
          registerSignalListeners: false,
          renderer: PhaseRenderer,
          rendererOptions: {
            logger: new ListrLogger({ useIcons: true, toStderr: [], processOutput: new ProcessOutput(surface, surface) }),
            formatOutput: 'truncate',
          },
        },
      ).run();
    } finally {
      clearInterval(tick);
    }
  };

  const endList = (): void => {
    for (const row of rows.values()) row.finish({ kind: 'quiet', title: `${row.name}  did not run to its end` });
    rows = new Map();
  };
  const onAbort = (): void => {
    for (const row of rows.values()) row.say('stopping; Ctrl-C twice more leaves at once');
  };
  options.signal.addEventListener('abort', onAbort, { once: true });

  const tell = (event: RunEvent): void => {
    switch (event.type) {
      case 'run-started':
        width = stepWidth(fold.view);
        between.on(event);
        return;
      case 'phase-started': {
        endList();
        if (event.kind === 'approve') {
          // A person is asked: nothing may move under the question.
          between.on(event);
          return;
        }
        const list = new Map(event.steps.map((step) => [step, new StepRow(step.padEnd(width), now)]));
        const title = phaseTitle(event, fold.view);
        rows = list;
        later(() => output.write(`\n${ink.bold(title)}\n`));
        if (list.size > 0) later(() => runList(list));
        return;
      }
      case 'phase-finished':
        endList();
        return;
      case 'step-started':
        rows.get(event.step)?.start();
        return;
      case 'progress':
        rows.get(event.step)?.say(`${Math.round(event.fraction * 100)} %, ${printableLine(event.label)}`);
        return;
      case 'tool-called':
        rows.get(event.step)?.say(`${event.name}${toolTarget(event.input)}${event.isError ? ' (refused or failed)' : ''}`);
        return;
      case 'step-retried':
        rows.get(event.step)?.say(`${failureWords(event.failure)}; try ${event.retry + 1} of ${event.of + 1}`);
        return;
      case 'log':
        rows.get(event.step)?.say(printableLine(event.message));
        return;
      case 'step-finished': {
        const step = fold.step(event);
        if (step === undefined) return;
        const tone = stepWords(event.result).tone;
        const line = stepLine(step, fold.view, ink, width).trimStart();
        rows.get(event.step)?.finish({ kind: tone === 'bad' ? 'bad' : tone === 'quiet' ? 'quiet' : 'good', title: line });
        if (step.kind === 'approve') later(() => output.write(`  ${line}\n`));
        const found = gateLines(step, ink);
        // The row is cut where the terminal ends.
        const cut = tone !== 'good' && isWider(`  ${line}`, columns) ? [`    ${stepWords(event.result).detail}`] : [];
        const below = wrapLines([...cut, ...found], columns, copied);
        if (below.length > 0) later(() => output.write(`  ${ink.bold(step.step)}\n${below.join('\n')}\n`));
        return;
      }
      case 'run-finished': {
        endList();
        const { view } = fold;
        if (view !== undefined)
          later(() => output.write(`\n${wrapLines(closing(view, ink, options), columns, copied).join('\n')}\n`));
        return;
      }
      default:
        between.on(event);
        return;
    }
  };
  return {
    on(event) {
      if (event.type !== 'progress' && event.type !== 'log' && event.type !== 'notice') fold.add(event);
      tell(event);
    },
    async drawn() {
      for (let seen: unknown; seen !== tail; ) {
        seen = tail;
        await seen;
      }
    },
    async close() {
      options.signal.removeEventListener('abort', onAbort);
      endList();
      // A draw may queue another one.
      for (let seen: unknown; seen !== tail; ) {
        seen = tail;
        await seen;
      }
    },
  };
}
