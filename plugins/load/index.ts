import {
  type CpuTime,
  defineGate,
  type Finding,
  type Host,
  type Inputs,
  pluginError,
  type Request,
  type ServiceInstance,
  titleOf,
} from '../../src/plugin-api.ts';
import { type Compared, compare } from './comparison.ts';
import { controls } from './controls.ts';
import { type Generator, startGenerator } from './generator.ts';
import { end, fateOf, type Running, startOf } from './instances.ts';
import { type Judged, judgeLoad, type Limits, wrongAnswer } from './limits.ts';
import { type Code, manifest } from './manifest.ts';
import type { Checked, Loaded, Order } from './order.ts';
import { faultOf } from './request-faults.ts';
import type { Comparable } from './round.ts';
import { targetOf } from './targets.ts';
import { died } from './trouble.ts';

type LoadHost = Host<typeof manifest>;
type LoadInputs = Inputs<typeof manifest>;
type Work = Extract<Order, { readonly kind: 'load' }>['work'];
const warmUpRequests = 100;
const enoughErrors = 20;

/** What came of one request without base. */
interface Looked {
  readonly request: Request;
  readonly judged: Judged;
  readonly loaded: Loaded | undefined;
  /** Its first answer had a body. */
  readonly bodied: boolean;
  /** Answers that were looked at. */
  readonly examined: number;
}

export default defineGate(
  manifest,
  async (inputs, host) => {
    const limits = { errors: 0, ...inputs.limits };
    const amount = inputs.amount ?? (limits.p99 === undefined ? 250 : 500);
    const fault = faultOf({ requests: inputs.requests, amount, limits, hasDuration: inputs.duration !== undefined });
    if (fault !== undefined) throw pluginError({ code: 'load/inputs', ...fault });
    const { base, candidate } = host.trees;
    const same = base.hash === candidate.hash;
    const comparing = inputs.compare !== undefined && !same;
    const share = comparing ? 0.4 : 1;

    host.progress(0, `starting ${inputs.service}`);
    const started = await startOf(host, { service: inputs.service, tree: candidate });
    if (!started.ok) {
      if (same || !(await comesUp(host, inputs.service))) throw started.error;
      return nothingButA(unreachable(inputs.service, started.error.message));
    }
    const { instance } = started;
    await using generator = await startGenerator(host, instance);
    const looked: Looked[] = [];
    try {
      for (const [index, request] of inputs.requests.entries()) {
        host.progress((share * index) / inputs.requests.length, titleOf(request));
        looked.push(await look(host, { inputs, amount, limits, request, running: started, generator }));
      }
    } finally {
      await end(instance);
    }

    let compared: Compared | undefined;
    if (comparing) {
      const well = looked.filter(({ judged }) =>
        judged.findings.every(({ code }) => code === 'load/slow' || code === 'load/throughput'),
      );
      compared = await compareWithBase(host, { inputs, generator, looked: well, share });
    } else if (inputs.compare !== undefined) host.log.info('Base and candidate are the same, so there is nothing to compare.');

    const findings = [...looked.flatMap(({ judged }) => judged.findings), ...(compared?.findings ?? [])];
    const undecided = [...looked.flatMap(({ judged }) => judged.undecided), ...(compared?.undecided ?? [])];
    const loads = looked.flatMap(({ loaded }) => loaded ?? []);
    const sum = (of: (loaded: Loaded) => number) => loads.reduce((total, loaded) => total + of(loaded), 0);
    const report = {
      requests: looked.map(({ request, loaded }) => ({ request: titleOf(request), load: loaded ?? null })),
      comparison: compared === undefined ? null : { rounds: compared.rounds, logarithmsOfCandidateByBase: compared.series },
    };
    return {
      outputs: {
        requests: sum(({ right, wrong, failed }) => right + wrong + failed),
        errors: sum(({ failed, unanswered }) => failed + unanswered),
        rounds: compared?.rounds ?? 0,
      },
      examined: { unit: 'requests', count: looked.reduce((total, { examined }) => total + examined, 0), min: 1 },
      findings,
      measurements: [...looked.flatMap(({ judged }) => judged.measurements), ...(compared?.measurements ?? [])],
      artifacts: [await host.artifact('load.json', 'application/json', `${JSON.stringify(report, null, 1)}\n`)],
      ...(undecided.length === 0 ? {} : { inconclusive: undecided.join('; ') }),
    };
  },
  { prove: controls },
);

/** One request: its answer without load, the load, and its answer afterwards. */
async function look(
  host: LoadHost,
  o: {
    readonly inputs: LoadInputs;
    readonly amount: number;
    readonly limits: Limits;
    readonly request: Request;
    readonly running: Running;
    readonly generator: Generator;
  },
): Promise<Looked> {
  const { inputs, amount, limits, request, generator } = o;
  const { instance } = o.running;
  const title = titleOf(request);
  const timeoutMs = inputs.timeout;
  const target = await targetOf(host, { request, instance });
  const check = () => generator.ask<'check'>({ kind: 'check', target, timeoutMs });
  const first = await check();
  if (first.wrong !== undefined) return notAsExpected(host, { ...o, checked: first });

  const load = (work: Work) =>
    generator.ask<'load'>({
      kind: 'load',
      target,
      connections: inputs.connections,
      work,
      timeoutMs,
      stopAfterErrors: hopelessAfter(work, limits),
      bodied: first.bodied,
    });
  const before = await slowdownBeside(instance, generator);
  const warm = await load({ amount: Math.min(warmUpRequests, amount) });
  const cpuBefore = totalCpu(await instance.cpu());
  const alone = warm.stoppedEarly
    ? warm
    : await load(inputs.duration === undefined ? { amount } : { durationMs: inputs.duration });
  const cpuMs =
    warm.stoppedEarly || alone.sent === 0 ? undefined : (totalCpu(await instance.cpu()) - cpuBefore) / 1000 / alone.sent;
  const loaded = warm.stoppedEarly ? warm : withWarmUp(alone, warm);
  const after = await slowdownBeside(instance, generator);
  const judged = judgeLoad(title, {
    loaded,
    limits,
    connections: inputs.connections,
    slowdown: Math.max(before, after),
    ...(cpuMs === undefined ? {} : { cpuMs }),
  });
  const last = await check();
  const fate = await fateOf(o.running);
  const findings = [
    ...judged.findings,
    ...(fate === undefined ? [] : [died(title, { fate, when: 'under load', log: await instance.log() })]),
    ...(last.wrong === undefined ? [] : [wrongAnswer(title, { checked: last, when: 'after' })]),
  ];
  return {
    request,
    judged: { ...judged, findings },
    loaded,
    bodied: first.bodied,
    examined: loaded.right + loaded.wrong + loaded.failed + 1,
  };
}

/** How much slower other work makes the machine. The service stands still, so that its own work does not pass for that. */
async function slowdownBeside(instance: ServiceInstance, generator: Generator): Promise<number> {
  await instance.freeze();
  try {
    return (await generator.ask<'calibrate'>({ kind: 'calibrate' })).slowdown;
  } finally {
    await instance.thaw();
  }
}

/** Microseconds. */
const totalCpu = ({ user, system }: CpuTime): number => user + system;

/** So many errors are too many, whatever comes after them, and evidence enough. */
function hopelessAfter(work: Work, { errors }: Limits): number {
  if (errors === 0) return enoughErrors;
  return 'amount' in work ? Math.floor((work.amount * errors) / 100) + enoughErrors : Number.MAX_SAFE_INTEGER;
}

/** What went wrong while it warmed up went wrong; its times do not count. */
function withWarmUp(loaded: Loaded, warm: Loaded): Loaded {
  const bad = warm.wrong + warm.failed + warm.unanswered;
  if (bad === 0) return loaded;
  const merged = (a: Readonly<Record<string, number>>, b: Readonly<Record<string, number>>) =>
    Object.fromEntries(
      [...new Set([...Object.keys(a), ...Object.keys(b)])].map((name) => [name, (a[name] ?? 0) + (b[name] ?? 0)]),
    );
  return {
    ...loaded,
    sent: loaded.sent + bad,
    wrong: loaded.wrong + warm.wrong,
    failed: loaded.failed + warm.failed,
    unanswered: loaded.unanswered + warm.unanswered,
    wrongs: merged(loaded.wrongs, warm.wrongs),
    errors: merged(loaded.errors, warm.errors),
  };
}

/** No load is put on what is not answered as expected. */
async function notAsExpected(
  host: LoadHost,
  o: { readonly inputs: LoadInputs; readonly request: Request; readonly generator: Generator; readonly checked: Checked },
): Promise<Looked> {
  const { inputs, request, generator, checked } = o;
  const title = titleOf(request);
  const nothing = { request, loaded: undefined, bodied: false, examined: 1 } as const;
  if (checked.status !== undefined) {
    const finding = wrongAnswer(title, { checked, when: 'before' });
    return { ...nothing, judged: { findings: [finding], measurements: [], undecided: [] } };
  }
  const onBase = await checkBase(host, { inputs, request, generator });
  const finding = unreachable(title, checked.wrong ?? 'no answer');
  // Where base does not answer either, the means are broken and nothing was examined.
  return { ...nothing, examined: onBase === undefined ? 0 : 1, judged: { findings: [finding], measurements: [], undecided: [] } };
}

/** Base's answer to a request; undefined: none. */
async function checkBase(
  host: LoadHost,
  o: { readonly inputs: LoadInputs; readonly request: Request; readonly generator: Generator },
): Promise<Checked | undefined> {
  const { base, candidate } = host.trees;
  if (base.hash === candidate.hash) return undefined;
  const started = await startOf(host, { service: o.inputs.service, tree: base });
  if (!started.ok) return undefined;
  try {
    const target = await targetOf(host, { request: o.request, instance: started.instance });
    const checked = await o.generator.ask<'check'>({ kind: 'check', target, timeoutMs: o.inputs.timeout });
    return checked.status === undefined ? undefined : checked;
  } finally {
    await end(started.instance);
  }
}

async function comesUp(host: LoadHost, service: string): Promise<boolean> {
  const started = await startOf(host, { service, tree: host.trees.base });
  if (started.ok) await end(started.instance);
  return started.ok;
}

/** Compares what base answers too; a request that is new has nothing to be compared with. */
async function compareWithBase(
  host: LoadHost,
  o: {
    readonly inputs: LoadInputs;
    readonly generator: Generator;
    readonly looked: readonly Looked[];
    readonly share: number;
  },
): Promise<Compared> {
  const undecided: string[] = [];
  const comparables: Comparable[] = [];
  for (const { request, bodied } of o.looked) {
    const checked = await checkBase(host, { ...o, request });
    if (checked?.wrong === undefined && checked !== undefined)
      comparables.push({ request, bodied: { base: checked.bodied, candidate: bodied } });
    else if (checked?.status === 404 || checked?.status === 405)
      host.log.warn(`${titleOf(request)} is new, so it is not compared: base answers ${checked.status}.`);
    else undecided.push(`${titleOf(request)} could not be compared: base answers it with ${checked?.wrong ?? 'nothing'}`);
  }
  if (comparables.length === 0) return { findings: [], measurements: [], undecided, rounds: 0, series: {} };
  const { tolerance, rounds } = o.inputs.compare ?? { tolerance: 10, rounds: 8 };
  const compared = await compare(host, {
    service: o.inputs.service,
    comparables,
    errors: o.inputs.limits?.errors ?? 0,
    generator: o.generator,
    timeoutMs: o.inputs.timeout,
    tolerance,
    rounds,
    progress: (fraction, label) => host.progress(o.share + (1 - o.share) * fraction, label),
  });
  return { ...compared, undecided: [...undecided, ...compared.undecided] };
}

function unreachable(what: string, why: string): Finding<Code> {
  return {
    code: 'load/unreachable',
    severity: 'error',
    subject: what,
    message: `${what} gives no answer: ${why}`,
    hint: "Look at the service's log and start it by hand with the same variables.",
  };
}

function nothingButA(finding: Finding<Code>) {
  return {
    outputs: { requests: 0, errors: 0, rounds: 0 },
    // The start itself was examined.
    examined: { unit: 'requests', count: 1, min: 1 },
    findings: [finding],
  };
}
