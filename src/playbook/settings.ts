// The keys at the top of a playbook that concern the run as a whole.
import type { BudgetPlan, ModelPlan, Plan, SetupPlan } from '../model/plan.ts';
import { version } from '../version.ts';
import { amountOf } from './amounts.ts';
import type { Complaints } from './complaints.ts';
import type { Expressions } from './expressions.ts';
import { pathFault, readGlobs, readPath } from './files.ts';
import { satisfies } from './requires.ts';
import type { Scopes } from './scopes.ts';
import { readSetupSecrets } from './secrets.ts';
import { field, fieldsOf, itemsOf, type Node, numberOf, textOf, textsOf } from './tree.ts';

export function checkVersions(root: Node, complaints: Complaints): void {
  const bexpert = field(root, 'bexpert');
  if (bexpert !== undefined && numberOf(bexpert) !== undefined && numberOf(bexpert) !== 1) {
    complaints.at('playbook/version', { found: String(numberOf(bexpert)) }, bexpert, 'value');
  }
  const requires = field(root, 'requires');
  const range = textOf(requires);
  if (requires === undefined || range === undefined) return;
  const fits = satisfies(version, range);
  if (fits === undefined) {
    const facts = {
      key: 'requires',
      expected: 'a range of versions such as `>=0.1.0` or `^1.2`',
      found: `the text \`${range}\``,
    };
    complaints.at('playbook/form', facts, requires, 'value');
  } else if (!fits) complaints.at('playbook/requires', { range, version }, requires, 'value');
}

/** `within`: the whole run's, whose reserve is kept for the last verification. */
export function readBudget(node: Node | undefined, complaints: Complaints): BudgetPlan {
  const usd = numberOf(field(node, 'usd'));
  const tokensNode = field(node, 'tokens');
  const tokens = amountOf(tokensNode, 'count');
  if (tokensNode !== undefined && textOf(tokensNode) !== undefined && tokens === undefined) {
    const facts = {
      key: 'tokens',
      expected: 'a number such as `50000`, `500k` or `2M`',
      found: `the text \`${textOf(tokensNode)}\``,
    };
    complaints.at('playbook/form', facts, tokensNode, 'value');
  }
  const timeMs = amountOf(field(node, 'time'), 'duration');
  const reserveNode = field(node, 'reserve');
  const reserve = (amountOf(reserveNode, 'percent') ?? 0) / 100;
  if (reserveNode !== undefined && usd === undefined && tokens === undefined && timeMs === undefined) {
    complaints.at('budget/reserve', { why: 'nothing is limited' }, reserveNode, 'key');
  } else if (reserveNode !== undefined && reserve >= 1) {
    complaints.at('budget/reserve', { why: 'nothing is left to work with' }, reserveNode, 'value');
  }
  return {
    ...(usd === undefined ? {} : { usd }),
    ...(tokens === undefined ? {} : { tokens }),
    ...(timeMs === undefined ? {} : { timeMs }),
    reserve: Math.min(reserve, 1),
  };
}

const uses = ['auto', 'live', 'script'] as const;
const useOf = (text: string | undefined): ModelPlan['use'] | undefined => uses.find((use) => use === text);

/** `override`: `--model auto|live|script|<name>`. A name asks for that model, so nothing stands in for it. */
export async function readModel(options: {
  readonly node: Node | undefined;
  readonly override: string | undefined;
  readonly acts: boolean;
  /** The playbook's, for `model:` of a step. */
  readonly below?: ModelPlan;
  readonly readScope: (file: string) => Promise<string | undefined>;
  readonly complaints: Complaints;
}): Promise<ModelPlan> {
  const { node, override, complaints } = options;
  const chosen = override ?? textOf(node);
  const scriptNode = field(node, 'script');
  const script = readPath(scriptNode, 'script', complaints) ?? options.below?.script;
  const named =
    chosen !== undefined && useOf(chosen) === undefined ? chosen : (textOf(field(node, 'name')) ?? options.below?.name);
  const usual = options.below?.use ?? 'auto';
  const use = chosen === undefined ? (useOf(textOf(field(node, 'use'))) ?? usual) : (useOf(chosen) ?? 'live');
  if (options.acts) {
    if (use === 'script' && script === undefined) {
      if (node === undefined) complaints.add('model/no-script', {});
      else complaints.at('model/no-script', {}, node, 'key');
    }
    if (
      script !== undefined &&
      scriptNode !== undefined &&
      pathFault(script) === undefined &&
      (await options.readScope(script)) === undefined
    ) {
      complaints.at('model/no-script', { script }, scriptNode, 'value');
    }
  }
  return { use, ...(named === undefined ? {} : { name: named }), ...(script === undefined ? {} : { script }) };
}

const sandboxes = ['required', 'preferred', 'off'] as const;

/** In CI a model never works without walls; elsewhere they are taken where they can be had. */
export function readSandbox(options: {
  readonly node: Node | undefined;
  readonly override: Plan['sandbox'] | undefined;
  readonly ci: boolean;
  readonly acts: boolean;
}): Plan['sandbox'] {
  const written = textOf(options.node);
  return (
    options.override ??
    sandboxes.find((sandbox) => sandbox === written) ??
    (options.ci && options.acts ? 'required' : 'preferred')
  );
}

export const readDeliver = (node: Node | undefined): Plan['deliver'] => ({
  to: textOf(field(node, 'to')) === 'branch' ? 'branch' : 'none',
});

export async function readSetup(
  root: Node,
  tools: {
    readonly scopes: Scopes;
    readonly expressions: Expressions;
    readonly complaints: Complaints;
    readonly workingDirectory: string | undefined;
  },
): Promise<readonly SetupPlan[]> {
  const { complaints, expressions, scopes } = tools;
  const plans: SetupPlan[] = [];
  for (const node of itemsOf(field(root, 'setup'))) {
    const run = expressions.line(field(node, 'run'), 'run');
    const outputs = readGlobs(field(node, 'outputs'), complaints, 'repository');
    const workingDirectory =
      readPath(field(node, 'working-directory'), 'working-directory', complaints) ?? tools.workingDirectory;
    plans.push({
      run: run ?? '',
      cacheKey: readGlobs(field(node, 'cache-key'), complaints, 'repository'),
      outputs,
      network: textsOf(field(node, 'network')),
      ...(workingDirectory === undefined ? {} : { workingDirectory }),
      env: {
        ...readSetupSecrets(field(node, 'secrets'), [...fieldsOf(field(root, 'secrets')).keys()], complaints),
        ...(await expressions.env(field(node, 'env'), scopes.setup())),
      },
    });
  }
  return plans;
}
