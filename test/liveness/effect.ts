// How a key shows that it does something: a playbook without it and with it, and what can then be seen to differ.
import { readRunJournal } from '../../src/engine/run-journal.ts';
import { main } from '../../src/main.ts';
import type { Diagnostic } from '../../src/model/diagnostic.ts';
import type { Plan } from '../../src/model/plan.ts';
import { makeRunReport, type RunReport } from '../../src/report/run-report.ts';
import { here } from '../rig/here.ts';
import type { Files } from '../rig/repository.ts';
import { endsOf, finishOf, of, type Played, play, repositoryOf } from '../unit/engine/play.ts';
import { folderOf, preparedOf } from '../unit/playbook/prepare-files.ts';

interface Pair {
  /**
   * Files of a repository; what is checked or played is `playbook.yml`. A line that begins with `+` is there only with the key, one
   * that begins with `-` only without it: the sign stands in the column of the first blank.
   */
  readonly files: Files;
  readonly mode?: 'run' | 'verify';
  /** Where there is no plan, what is said, in place of its code. */
  readonly words?: true;
  readonly inputs?: Readonly<Record<string, string>>;
  /** Behind walls where the playbook does not say otherwise; else the call says `--sandbox off`. */
  readonly walled?: true;
  /** Added to a small environment. */
  readonly env?: Readonly<Record<string, string>>;
  readonly without: unknown;
  readonly with: unknown;
}
/**
 * Seen in the plan, or in what is wrong with the playbook; only where no run on every machine can show it. With the plugins of
 * known-plugins.ts.
 */
export interface PlanEffect extends Pair {
  /** Why a run does not show it. */
  readonly why: string;
  readonly plan: (plan: Plan) => unknown;
}
/** Seen in a run of the real engine, or in why none began. With the plugins that come with bexpert. */
export interface RunEffect extends Pair {
  /** Takes seconds: in the full tier only. */
  readonly slow?: true;
  readonly run: (seen: Seen) => unknown;
}
/** Seen in what `bexpert explain` says of a path. With the plugins that come with bexpert. */
export interface ExplainEffect extends Pair {
  readonly explain: string;
}
export type Effect = PlanEffect | RunEffect | ExplainEffect;
/** One for each key of a part. */
export type Effects = Readonly<Record<string, Effect>>;

export interface Seen {
  readonly played: Played;
  /** "1 check fail": attempt, step, and how it ended. */
  readonly ends: readonly string[];
  readonly exitCode: number;
  /** What a person reads afterwards, as data. */
  readonly report: RunReport | undefined;
  /** Result of a gate, of its last attempt. */
  readonly gate: (step: string) => Extract<GateResult, { readonly kind: 'gate' }> | undefined;
  /** In the repository that was played. */
  readonly git: (...args: readonly string[]) => Promise<string>;
}
type GateResult = ReturnType<typeof of<'step-finished'>>[number]['result'];

export type Side = 'without' | 'with';
const other = { without: '+', with: '-' } as const;

/** One side of a pair of texts. */
export const sideOf = (text: string, side: Side): string =>
  text
    .split('\n')
    .filter((line) => !line.startsWith(other[side]))
    .map((line) => line.replace(/^[+-](?= )/, ' ').replace(/^[+-]/, ''))
    .join('\n');

/** The lines that are there with the key only. */
export const addedLines = ({ files }: Pair): string =>
  Object.values(files)
    .flatMap((text) => text.split('\n').filter((line) => line.startsWith('+')))
    .join('\n');

const filesOf = ({ files }: Pair, side: Side): Files =>
  Object.fromEntries(Object.entries(files).map(([file, text]) => [file, sideOf(text, side)]));

const errorsOf = (list: readonly Diagnostic[]): readonly string[] =>
  list.flatMap(({ code, severity }) => (severity === 'error' ? [code] : []));

const wordsOf = (list: readonly Diagnostic[]): readonly string[] => list.map(({ message }) => message);

/** What is seen on one side. */
export async function seenOn(effect: Effect, side: Side): Promise<unknown> {
  const { mode = 'verify', inputs = {}, env = {}, words = false, walled = false } = effect;
  const said = words ? wordsOf : errorsOf;
  const files = filesOf(effect, side);
  if ('plan' in effect) {
    const prepared = await preparedOf(files, { mode, inputs, env });
    if (prepared.plan !== undefined) return effect.plan(prepared.plan);
    return said(prepared.diagnostics);
  }
  if ('explain' in effect) {
    const world = here(folderOf(files));
    await main(['explain', effect.explain, '--playbook', 'playbook.yml'], world.io);
    return world.said();
  }
  await using repository = await repositoryOf(files);
  const how = { mode, inputs, env: { PATH: process.env.PATH, HOME: process.env.HOME, ...env } };
  const played = await play(repository, walled ? { ...how, sandboxAsWritten: true } : how).catch((error: Error) => {
    if (!error.message.startsWith('nothing ran: ')) throw error;
    return said(JSON.parse(error.message.slice('nothing ran: '.length)) as readonly Diagnostic[]);
  });
  if (!('events' in played)) return played;
  // Waited for here: the repository is gone afterwards.
  return await effect.run({
    played,
    ends: endsOf(played.events),
    exitCode: finishOf(played.events)?.exitCode ?? played.exitCode,
    report: await reportOf(played.folder),
    gate: (step) =>
      of(played.events, 'step-finished')
        .flatMap((event) => (event.step === step && event.result.kind === 'gate' ? [event.result] : []))
        .at(-1),
    git: (...args) => repository.git(...args),
  });
}

async function reportOf(folder: string): Promise<RunReport | undefined> {
  const records = await readRunJournal(folder);
  return records.ok ? makeRunReport(records.value, { cwd: folder }) : undefined;
}

// ---- Pieces that many entries are made of ------------------------------------------------------------------

/** How the gate `a` ended. */
export const verdict = (seen: Seen): string | undefined => seen.ends.find((end) => end.startsWith('1 a '))?.slice('1 a '.length);

/** A playbook with a gate `a`; `lines` are keys of it, indented by six. */
export const gate = (lines: string, top = ''): string => `bexpert: 1
${top}phases:
  verify:
    - id: a
${lines}`;

/** A playbook in which the script `act.yml` acts and the gate `a` looks; `lines` are keys of the action. */
export const acting = (look: string, lines = '', top = ''): string => `bexpert: 1
model: { script: act.yml }
${top}phases:
  context: [{ id: look, run: "true" }]
  action:
    - id: act
      uses: script
      with: { script: act.yml }
${lines}
  verify:
    - { id: a, run: '${look}', evidence: exit-code }
`;
export const script = (...calls: readonly Readonly<Record<string, string>>[]): string =>
  `bexpert-script: 1\nattempts: ${JSON.stringify([{ calls }])}\n`;
