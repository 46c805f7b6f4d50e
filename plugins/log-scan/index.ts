import { setTimeout } from 'node:timers/promises';
import { defineGate, type Host, pluginError, type ServiceInstance } from '../../src/plugin-api.ts';
import { controls } from './controls.ts';
import { type Log, readLog } from './entries.ts';
import { scanEntries } from './findings.ts';
import { manifest } from './manifest.ts';
import { canary, scanSecrets, type Taint } from './secrets.ts';
import { runWorkload } from './workload.ts';

/** A variable that no service reads: it is in the log when a service logs its whole environment. */
const markedVariable = 'BEXPERT_MARKER_SECRET';
const quietMs = 150;
const patienceMs = 3000;

export default defineGate(
  manifest,
  async (inputs, host) => {
    if (inputs.requests.length === 0 && inputs.command === undefined) {
      throw pluginError({
        code: 'log-scan/no-workload',
        message: 'There is no workload, so the log would tell nothing.',
        hint: 'Give `requests`, a list as for `load`, or `command`, such as that of your API tests.',
      });
    }
    const marked: Taint = { text: canary(), what: 'a variable of the environment' };
    host.progress(0, `starting ${inputs.service}`);
    const instance = await host.services.start(inputs.service, { env: { [markedVariable]: marked.text } });
    let text: string;
    let ended: string | undefined;
    let workload: Awaited<ReturnType<typeof runWorkload>>;
    try {
      host.progress(0.3, 'running the workload');
      workload = await runWorkload(host, { inputs, instance });
      text = await settledLog(host, instance);
      const state = await instance.state();
      if (state.kind === 'ended') ended = state.how;
    } finally {
      await instance[Symbol.asyncDispose]();
    }

    host.progress(0.9, 'reading the log');
    const levels = Object.fromEntries(Object.entries(inputs.levels).map(([name, level]) => [name.toLowerCase(), level]));
    const log = readLog(text, { format: inputs.format, levels });
    const secrets = scanSecrets(log.entries, [marked, ...workload.taints]);
    const { findings, ignored } = scanEntries({ log, secrets, ignore: inputs.ignore, root: instance.tree.path });
    for (const { message, reason, entries } of ignored) {
      if (entries === 0) host.log.warn(`\`ignore\` names "${message}", and no finding says so.`);
      else host.log.info(`${entries} entries with "${message}" are ignored: ${reason}`);
    }

    const counts = countsOf(log);
    const trouble = [
      ...workload.trouble,
      ...(ended === undefined
        ? []
        : [`the service ended by itself (${ended}), and what it would have logged after that is not there`]),
    ];
    return {
      outputs: { lines: log.lines, errors: counts.errors, warnings: counts.warnings },
      examined: { unit: 'log lines', count: log.lines, min: 1 },
      findings,
      measurements: [
        { name: 'log lines', value: log.lines, unit: 'count' },
        { name: 'entries at level error or fatal', value: counts.errors, unit: 'count' },
        { name: 'entries at level warn', value: counts.warnings, unit: 'count' },
        { name: 'entries without a level', value: counts.unlevelled, unit: 'count' },
        { name: 'texts that must not be logged', value: workload.taints.length + 1, unit: 'count' },
      ],
      artifacts: [await host.artifact('service.log', 'text/plain', secrets.veil(text))],
      ...(trouble.length === 0 ? {} : { inconclusive: `the workload did not run as it should: ${trouble.join('; ')}` }),
    };
  },
  { prove: controls },
);

/** The log once nothing comes any more: what a request causes is often logged after its answer. */
async function settledLog(host: Host<typeof manifest>, instance: ServiceInstance): Promise<string> {
  const started = host.now();
  let text = await instance.log();
  let since = host.now();
  while (host.now() - since < quietMs && host.now() - started < patienceMs) {
    await setTimeout(quietMs / 3, undefined, { signal: host.signal });
    const next = await instance.log();
    if (next.length !== text.length) since = host.now();
    text = next;
  }
  return text;
}

function countsOf({ entries }: Log) {
  const at = (...levels: readonly unknown[]) => entries.filter(({ level }) => levels.includes(level)).length;
  return { errors: at('error', 'fatal'), warnings: at('warn'), unlevelled: at(undefined) };
}
