import picomatch from 'picomatch';
import { nearest } from '../diagnostics/nearest.ts';
import type { StepPlan, Waiver } from '../model/plan.ts';
import type { Complaints } from './complaints.ts';
import type { StepDraft } from './drafts.ts';
import { readGlobs } from './files.ts';
import { field, itemsOf, type Node, textOf, textsOf } from './tree.ts';

/** Waivers of a gate: one whose day is over, or that can match nothing, is said. `today`: `2026-11-25`, UTC. */
export function readWaivers(draft: StepDraft, today: string, complaints: Complaints): StepPlan['waive'] {
  return itemsOf(field(draft.node, 'waive')).map((node) => {
    const waiver = readWaiver(node, complaints);
    checkDay({ node, waiver, today, complaints });
    const codes = codesOf(draft);
    if (codes !== undefined) checkCodes({ node, draft, codes, complaints });
    return waiver;
  });
}

function readWaiver(node: Node, complaints: Complaints): Waiver {
  const within = field(node, 'in');
  return {
    findings: textsOf(field(node, 'findings')),
    ...(within === undefined ? {} : { in: readGlobs(within, complaints) }),
    until: textOf(field(node, 'until')) ?? '',
    by: textOf(field(node, 'by')) ?? '',
    reason: textOf(field(node, 'reason')) ?? '',
  };
}

function checkDay(options: {
  readonly node: Node;
  readonly waiver: Waiver;
  readonly today: string;
  readonly complaints: Complaints;
}): void {
  const { node, waiver, today, complaints } = options;
  const until = field(node, 'until');
  if (until === undefined || !/^\d{4}-\d{2}-\d{2}$/.test(waiver.until)) return;
  const day = new Date(`${waiver.until}T00:00:00Z`);
  if (Number.isNaN(day.getTime()) || day.toISOString().slice(0, 10) !== waiver.until) {
    complaints.at(
      'playbook/form',
      { key: 'until', expected: 'a day of the calendar', found: `\`${waiver.until}\`` },
      until,
      'value',
    );
  } else if (waiver.until < today) {
    complaints.at('waive/expired', { until: waiver.until, by: waiver.by, findings: waiver.findings }, until, 'value');
  }
}

/** Codes that the gate can report, where they are known before it runs. */
function codesOf({ plugin, body, node, id }: StepDraft): readonly string[] | undefined {
  if (plugin?.manifest.kind === 'gate') return Object.keys(plugin.manifest.findings);
  if (body === 'uses' || body === undefined) return undefined;
  // The rules of a tool are its own.
  return field(node, 'findings') === undefined ? ['run/exit-code'] : [`${id}/<rule>`];
}

function mayMatch(pattern: string, code: string): boolean {
  const [gate = '', rule = ''] = code.split('/');
  return rule === '<rule>'
    ? picomatch.isMatch(gate, pattern.split('/')[0] ?? '')
    : code === pattern || picomatch.isMatch(code, pattern);
}

function checkCodes(options: {
  readonly node: Node;
  readonly draft: StepDraft;
  readonly codes: readonly string[];
  readonly complaints: Complaints;
}): void {
  const { codes, draft, complaints } = options;
  for (const item of itemsOf(field(options.node, 'findings'))) {
    const pattern = textOf(item);
    if (pattern === undefined || codes.some((code) => mayMatch(pattern, code))) continue;
    const near = nearest(pattern, codes);
    complaints.at(
      'waive/code',
      { pattern, step: draft.id, known: codes, ...(near === undefined ? {} : { near }) },
      item,
      'value',
    );
  }
}
