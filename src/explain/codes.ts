import type { CodeEntry } from '../diagnostics/code-table.ts';
import { allCodes } from '../diagnostics/codes.ts';
import { environmentCodes } from '../diagnostics/codes-environment.ts';
import { placeholderWords } from '../diagnostics/placeholders.ts';
import type { Baseline } from '../plugin-api.ts';
import type { NamedPlugin } from '../registry/named-plugin.ts';
import { type Answer, facts } from './answer.ts';

const diagnostics = allCodes as Readonly<Record<string, CodeEntry>>;
const baselines: Readonly<Record<Baseline, string>> = {
  subtract: 'what base has too does not count, unless the step says `report: all`',
  absolute: 'it counts whatever base has',
  ratchet: 'it counts where the candidate is worse than base',
};
/** Of gates by their name; the engine reports them. */
const ofAnyGate: Readonly<Record<string, string>> = {
  'nothing-examined': 'Base has something to examine, and the candidate left nothing of it.',
};

/** Every code that has an answer of its own. */
export const codesOf = (plugins: readonly NamedPlugin[]): readonly string[] => [
  ...Object.keys(diagnostics),
  ...Object.keys(environmentCodes),
  ...plugins.flatMap(({ manifest }) => (manifest.kind === 'gate' ? Object.keys(manifest.findings) : [])),
  'run/exit-code',
];

export function explainCode(code: string, plugins: readonly NamedPlugin[]): Answer | undefined {
  const entry = Object.hasOwn(diagnostics, code) ? diagnostics[code] : undefined;
  if (entry !== undefined) {
    const found = /^repository\//.test(code) ? 'before anything runs' : 'before anything runs; `bexpert validate` finds it too';
    return {
      kind: 'code',
      subject: code,
      means: entry.means,
      facts: facts(
        ['severity', entry.severity ?? 'error'],
        ['says', placeholderWords(entry.message)],
        ['way out', placeholderWords(entry.hint)],
        ['found', /^cli\//.test(code) ? 'when the command is called' : found],
      ),
    };
  }
  const failure = Object.hasOwn(environmentCodes, code) ? environmentCodes[code] : undefined;
  if (failure !== undefined) {
    return {
      kind: 'code',
      subject: code,
      means: failure,
      facts: facts(
        ['found', 'while a run goes on; the message says what was measured'],
        ['counts', 'as a fault of the surroundings: whoever fills the action step never sees it'],
      ),
    };
  }
  return findingOf(code, plugins);
}

function findingOf(code: string, plugins: readonly NamedPlugin[]): Answer | undefined {
  for (const { uses, manifest } of plugins) {
    const finding = manifest.kind === 'gate' && Object.hasOwn(manifest.findings, code) ? manifest.findings[code] : undefined;
    if (finding === undefined) continue;
    return {
      kind: 'finding',
      subject: code,
      means: finding.means,
      facts: facts(['found by', `the gate \`${uses}\``], ['with base', baselines[finding.baseline]], ['waive', waiving(code)]),
    };
  }
  if (code === 'run/exit-code') {
    return {
      kind: 'finding',
      subject: code,
      means: 'The command of a gate ended with another exit code than 0.',
      facts: facts(
        ['found by', 'the engine, for gates with `run` or `argv`'],
        ['with base', baselines.absolute],
        ['waive', waiving('run/exit-code')],
      ),
    };
  }
  const [, gate, what] = /^([\w-]+)\/([\w-]+)$/.exec(code) ?? [];
  const means = what === undefined || !Object.hasOwn(ofAnyGate, what) ? undefined : ofAnyGate[what];
  if (gate === undefined || means === undefined) return undefined;
  return { kind: 'finding', subject: code, means, facts: facts(['found by', `the engine, for the gate \`${gate}\``]) };
}

const waiving = (code: string): string =>
  `\`waive: [{ findings: [${code}], until: "<date>", by: <name>, reason: <why> }]\` in the step, where a person has decided so`;
