import type { PhasePlan, StepPlan } from '../../../src/model/plan.ts';
import type { StepResult } from '../../../src/model/step-result.ts';
import type { Finding, GateManifest, GateResult } from '../../../src/plugin-api.ts';

const place = { file: 'p.yml', range: { start: { line: 1, column: 1 }, end: { line: 1, column: 1 } } };

export const step = (id: string, more: Partial<StepPlan> = {}): StepPlan => ({
  id,
  name: id,
  place,
  body: { kind: 'plugin', plugin: id, with: { kind: 'map', entries: {} } },
  needs: [],
  requires: [],
  env: {},
  services: [],
  timeoutMs: 1000,
  exclusive: false,
  level: 'block',
  inconclusive: 'block',
  waive: [],
  ...more,
});
export const phase = (steps: readonly StepPlan[], more: Partial<PhasePlan> = {}): PhasePlan => ({
  id: 'verify',
  kind: 'verify',
  place,
  steps,
  ...more,
});

export const manifest: GateManifest = {
  kind: 'gate',
  name: 'lint',
  api: 1,
  summary: 'A gate for tests of the engine.',
  inputs: { type: 'object', properties: {}, additionalProperties: false },
  outputs: { type: 'object', properties: {}, additionalProperties: false },
  powers: [],
  runsOnBase: true,
  findings: {
    'lint/new': { means: 'Only new ones count.', baseline: 'subtract' },
    'lint/always': { means: 'Counts always.', baseline: 'absolute' },
    'lint/count': { means: 'Counts when there is more of it.', baseline: 'ratchet' },
  },
};
export const finding = (code: string, subject: string, more: Partial<Finding> = {}): Finding => ({
  code,
  severity: 'error',
  message: `${subject} is wrong`,
  subject,
  ...more,
});
export const found = (findings: readonly Finding[], more: Partial<GateResult> = {}): GateResult => ({
  outputs: {},
  examined: { unit: 'files', count: 3, min: 1 },
  findings,
  ...more,
});
export const gate = (
  verdict: Extract<StepResult, { kind: 'gate' }>['verdict'],
  more: Partial<Extract<StepResult, { kind: 'gate' }>> = {},
): StepResult => ({
  kind: 'gate',
  verdict,
  outputs: {},
  examined: { unit: 'files', count: 1, min: 1 },
  findings: [],
  measurements: [],
  artifacts: [],
  evidence: 'examined',
  ...more,
});
