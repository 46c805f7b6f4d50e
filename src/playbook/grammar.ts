// The keys of the language as data: what playbooks are checked with and the published schema is made of. LANGUAGE.md has the same table in words.
import type { ObjectSchema, Schema } from '../plugin-api.ts';

const text = (description: string) => ({ type: 'string', description }) as const;
const texts = (description: string, minItems?: number) =>
  ({
    type: 'array',
    items: { type: 'string', description: 'One of them.' },
    description,
    ...(minItems === undefined ? {} : { minItems }),
  }) as const;
const globs = (description: string) =>
  ({
    type: 'array',
    items: { type: 'string', format: 'glob', description: 'A glob, relative to the scope.' },
    description,
  }) as const;
const duration = (description: string) => ({ type: 'number', format: 'duration', description }) as const;
const choice = <const Options extends readonly string[]>(options: Options, description: string) =>
  ({ type: 'string', enum: options, description }) as const;
/** A value with a form of its own, checked where it is read; `nested` says what stands in it. */
const open = (description: string) => ({ type: 'json', description }) as const;
const part = <const Properties extends Readonly<Record<string, Schema>>>(
  properties: Properties,
  required: readonly string[] = [],
) => ({ type: 'object', properties, required, additionalProperties: false }) as const;

export const inputTypes = ['string', 'number', 'boolean', 'choice', 'list', 'duration', 'size', 'percent', 'file'] as const;
export type InputType = (typeof inputTypes)[number];

const body = {
  uses: text('The plugin that it runs: a built-in one by name, one of the repository by its folder, ./plugins/my-gate.'),
  run: text('A shell command line. It takes no expressions: hand values over in `env`.'),
  argv: texts('A command without a shell: the program and its arguments.', 1),
  with: open('Inputs of the plugin.'),
  env: open('Environment variables of its commands; values may be expressions.'),
  'working-directory': text('Folder in which its commands run, relative to the scope.'),
} as const;

/** Each part is a map with these keys; what stands in a key of type `json` is said in `nested`. */
export const grammar = {
  playbook: part(
    {
      bexpert: { type: 'number', description: 'The version of the language: 1.' },
      requires: text('The versions of bexpert that can play it, such as ">=0.1.0".'),
      name: text('Its name; by default that of the file.'),
      description: text('What it changes and what it proves.'),
      extends: text(
        'The file that this one builds on: ./base.yml, bexpert:migration, npm:@acme/playbooks/backend.yml, git+https://...',
      ),
      final: texts('Paths of values that no file above this one may change or remove.'),
      bounds: open('Paths of values, and between which amounts they must lie.'),
      inputs: open('What a call may or must say.'),
      secrets: open('Values that are read when a run starts, given to the commands that name them, and masked everywhere.'),
      env: open('Environment variables of every step; values may be expressions.'),
      'working-directory': text('Folder in which commands run, relative to the scope, where they do not name another.'),
      defaults: open('`timeout` of every step, and `with:` values of a plugin wherever it is used.'),
      setup: open('Commands that make a tree ready: installed once per content of their `cache-key`.'),
      services: open('What the gates start: databases, stand-ins for outside dependencies, and the program itself.'),
      auth: open('How bearer tokens are made.'),
      model: open('Who fills the action steps.'),
      sandbox: choice(['required', 'preferred', 'off'], 'Whether commands are walled off.'),
      phases: open('What runs, in order.'),
      finally: open('Steps that run when the verdict is known, whatever it is.'),
      protect: globs('What no action may change, besides tests, gates and their configuration.'),
      budget: open('What a run may spend.'),
      deliver: open('Where the result goes.'),
    },
    ['bexpert'],
  ),
  bound: part({ min: open('The smallest amount that is allowed.'), max: open('The largest amount that is allowed.') }),
  /** A file that `include` brings in. */
  included: part(
    {
      bexpert: { type: 'number', description: 'The version of the language: 1.' },
      description: text('What its steps are for.'),
      inputs: open('What `with` of the `include` may or must say.'),
      steps: open('The steps.'),
    },
    ['bexpert', 'steps'],
  ),
  include: part(
    {
      from: text('The file with the steps, with an address as behind `extends`.'),
      with: open('Inputs of the file.'),
      as: text('What the ids of its steps begin with: with `orders`, `load` becomes `orders-load`.'),
    },
    ['from'],
  ),
  input: part({
    type: choice(inputTypes, 'Its type; by default text.'),
    options: texts('What a choice may be.', 1),
    required: { type: 'boolean', description: 'Must a call give it when it has no default?' },
    default: open('Its value when a call gives none.'),
    description: text('What it means; shown when it is missing.'),
  }),
  secret: part({
    env: text('The environment variable of bexpert that holds it.'),
    file: text('The file that holds it: absolute, below `~/`, or relative to the scope.'),
    command: text('A shell command line of this machine whose standard output it is.'),
  }),
  setup: part(
    {
      run: text('A shell command line.'),
      'cache-key': globs('Files that decide whether an earlier result still holds.'),
      outputs: texts('Folders and files that it makes, relative to the folder in which it runs; globs take what they meet.'),
      network: texts('Hosts that it may reach.'),
      secrets: texts('Secrets that it gets as variables of the same names.'),
      env: open('Its environment variables.'),
      'working-directory': text('Folder in which it runs, relative to the scope.'),
    },
    ['run'],
  ),
  service: part({
    ...body,
    dependencies: texts('Services that it needs; they are started before it.'),
    migrate: text('Shell command line that brings a database to its newest schema; once per tree, into a template.'),
    seed: text('Shell command line that fills a migrated database; once per tree.'),
    prepare: open('Commands that run before it is used: build it, or fill what is no database.'),
    image: text('A container image: what is started in place of a command, by Podman or Docker of this machine.'),
    port: { type: 'integer', minimum: 1, maximum: 65535, description: 'With `image`: the port that its program listens on.' },
    ports: texts('Names of further ports, each a free one: `${{ service.ports.admin }}`.', 1),
    log: text('A file that it writes its log to, relative to the scope; read beside its standard output.'),
    ready: open('How one knows that it is ready.'),
  }),
  preparation: part(
    {
      run: text('A shell command line.'),
      env: open('Its environment variables, besides those of the service.'),
      'working-directory': text('Folder in which it runs, relative to the scope.'),
    },
    ['run'],
  ),
  ready: part({
    http: text('A path that answers with a status from 200 to 299.'),
    tcp: { type: 'integer', minimum: 1, maximum: 65535, description: 'A port that takes connections.' },
    log: text('A text that turns up in its log.'),
    command: text('A shell command line that ends with 0.'),
    within: duration('How long it may take; by default 30s.'),
  }),
  auth: part({
    uses: text('The plugin of kind context that makes it: its output `token` is the token.'),
    with: body.with,
    run: text('A shell command line whose standard output is the token.'),
    env: open('Environment variables of `run`.'),
  }),
  model: part({
    use: choice(['auto', 'live', 'script'], 'auto: the model when its key is set, else the script.'),
    name: text('Name of the model.'),
    script: { type: 'string', format: 'path', description: 'The script that stands in for the model, relative to the scope.' },
  }),
  budget: part({
    usd: { type: 'number', minimum: 0, description: 'Dollars.' },
    tokens: open('Tokens, such as 500k or 2M.'),
    time: duration('How long it may take in all.'),
    reserve: {
      type: 'number',
      format: 'percent',
      minimum: 0,
      maximum: 100,
      description: 'Share that is kept for the last verification.',
    },
  }),
  deliver: part({ to: choice(['branch', 'none'], 'branch: a branch bexpert/<run> in the repository.') }, ['to']),
  phase: part({
    kind: choice(['context', 'action', 'verify', 'approve'], 'What its steps do; by default the name of the phase.'),
    steps: open('Its steps.'),
    parallel: { type: 'integer', minimum: 1, description: 'How many steps run at once; by default as many as there are cores.' },
    if: text('A condition; when it is false the phase is skipped.'),
    'on-failure': open('What happens when a gate is red, or a person rejects.'),
  }),
  retry: part(
    {
      'retry-from': text('The action phase to go back to.'),
      attempts: { type: 'integer', minimum: 1, description: 'How many attempts in all.' },
    },
    ['retry-from', 'attempts'],
  ),
  step: part({
    id: text('Its name in expressions and reports; by default that of the plugin.'),
    name: text('Its title in reports.'),
    ...body,
    include: open('In place of a step: steps from another file.'),
    foreach: open('A list, or an expression that gives one: one step for each `item`.'),
    if: text('A condition; when it is false the step is skipped.'),
    'when-changed': globs('The step is skipped when nothing of these changed.'),
    needs: texts('Steps that must be green, or this one is skipped.'),
    services: texts('Services that it may start.'),
    timeout: duration('How long it may take; by default 10m.'),
    retry: open('How often it is tried again when the environment fails it; a red gate never is.'),
    network: texts('Hosts that its commands may reach.'),
    access: open('Which files it may change or read.'),
    model: open('Who fills it, in place of `model` of the playbook.'),
    sandbox: choice(['required'], 'It acts behind walls or not at all, whatever the playbook or the call allow.'),
    budget: open('What it may spend.'),
    level: choice(['block', 'warn'], 'warn: it is shown and does not count.'),
    inconclusive: choice(['block', 'warn'], 'warn: not being able to decide does not count.'),
    report: choice(['new', 'all'], 'all: findings that base has too count as well.'),
    'held-out': { type: 'boolean', description: 'What it finds is not told to whoever acts.' },
    'allow-empty': text('Why it is in order that there is nothing to examine.'),
    waive: open('Findings that do not count for a while.'),
    evidence: choice(['exit-code'], 'The exit code of a `run:` gate alone may make a run proven.'),
    findings: open('Where the command reports what it finds, and in which format.'),
    artifacts: globs('Files of the command that are kept for the report.'),
    outputs: open('What the command writes to `$BEXPERT_OUTPUT`, by name: string, number or boolean.'),
  }),
  tries: part({ attempts: { type: 'integer', minimum: 2, maximum: 10, description: 'How many tries in all.' } }, ['attempts']),
  findings: part({
    sarif: text('A SARIF 2.1.0 log: its path, a glob, or stdout.'),
    junit: text('JUnit XML, one test for each `testcase`: its path, a glob, or stdout.'),
    tap: text('The Test Anything Protocol: its path, or stdout.'),
    checkstyle: text('Checkstyle XML: its path, a glob, or stdout.'),
    tsc: text('What the TypeScript compiler prints: stdout, or a path.'),
    eslint: text('The JSON of `eslint --format json`: its path, or stdout.'),
    regex: open('A pattern that is tried on each line.'),
  }),
  pattern: part(
    {
      pattern: text('A regular expression with named groups: file, line, column, rule, severity, message.'),
      from: text('What it is tried on: a path, a glob, stderr, or stdout, which is the default.'),
      examined: text('A regular expression of lines that say what was looked at; its group `count` is how much.'),
    },
    ['pattern'],
  ),
  access: part({
    edit: globs('Only these files may be changed.'),
    open: open('Protected files that this step may change all the same.'),
    deny: globs('Files that it may not change.'),
    'no-read': globs('Files that it may not read.'),
  }),
  opening: part(
    {
      paths: globs('The files.'),
      as: choice(['edit', 'append', 'review'], 'How far they are opened.'),
      reason: text('Why.'),
    },
    ['paths', 'as', 'reason'],
  ),
  waiver: part(
    {
      findings: texts('Codes, or globs of codes, such as `coverage/*`.', 1),
      in: globs('Only findings in these files.'),
      until: {
        type: 'string',
        pattern: '^\\d{4}-\\d{2}-\\d{2}$',
        description: 'a date such as `2026-12-31`',
      },
      by: text('Who decided.'),
      reason: text('Why.'),
    },
    ['findings', 'until', 'by', 'reason'],
  ),
} as const satisfies Readonly<Record<string, ObjectSchema>>;
export type Part = keyof typeof grammar;

/** What may stand somewhere; chosen by the type of the value, so that one mistake is one problem. */
export interface Form {
  readonly part?: Part;
  readonly list?: Form;
  readonly map?: Form;
  /** Text is allowed as well, and is this. */
  readonly text?: string;
  /** Numbers are allowed as well. */
  readonly number?: true;
  /** Anything, or any map: checked where it is read, `with` against the manifest of its plugin. */
  readonly any?: 'value' | 'map';
}

const amount = { number: true, text: 'an amount such as 80%, 10m or 2M' } as const;
const steps: Form = { list: { part: 'step', text: 'the name of a plugin' } };
/** What stands in keys of type `json`. */
export const nested: { readonly [P in Part]?: Readonly<Record<string, Form>> } = {
  playbook: {
    bounds: { map: { part: 'bound' } },
    inputs: { map: { part: 'input' } },
    secrets: { map: { part: 'secret' } },
    env: { map: { any: 'value' } },
    defaults: { map: { any: 'value' } },
    setup: { list: { part: 'setup' } },
    services: { map: { part: 'service' } },
    auth: { map: { part: 'auth' } },
    model: { part: 'model', text: 'auto, live, script, or the name of a model' },
    phases: { map: { part: 'phase', list: { part: 'step', text: 'the name of a plugin' } } },
    finally: steps,
    budget: { part: 'budget' },
    deliver: { part: 'deliver' },
  },
  bound: { min: amount, max: amount },
  included: { inputs: { map: { part: 'input' } }, steps },
  include: { with: { any: 'map' } },
  input: { default: { any: 'value' } },
  setup: { env: { map: { any: 'value' } } },
  service: {
    with: { any: 'map' },
    env: { map: { any: 'value' } },
    ready: { part: 'ready' },
    prepare: { list: { part: 'preparation', text: 'a shell command line' } },
  },
  preparation: { env: { map: { any: 'value' } } },
  auth: { with: { any: 'map' }, env: { map: { any: 'value' } } },
  budget: { tokens: { number: true, text: 'a count such as 2M' } },
  phase: { steps, 'on-failure': { part: 'retry' } },
  step: {
    include: { part: 'include' },
    foreach: { list: { any: 'value' }, text: 'an expression that gives a list' },
    with: { any: 'map' },
    env: { map: { any: 'value' } },
    model: { part: 'model', text: 'auto, live, script, or the name of a model' },
    retry: { number: true, part: 'tries' },
    access: { part: 'access' },
    budget: { part: 'budget' },
    waive: { list: { part: 'waiver' } },
    findings: { part: 'findings' },
    outputs: { map: { any: 'value' } },
  },
  findings: { regex: { part: 'pattern', text: 'a pattern' } },
  access: { open: { list: { part: 'opening' } } },
};

/** Keys of the language that this version does not enforce: using one is an error, with what to do instead. */
export const notYet: { readonly [P in Part]?: Readonly<Record<string, string>> } = {
  playbook: {
    mcp: 'An action has the tools of bexpert; have a context step fetch what it must know.',
    prove: 'Remove it; each gate has its negative controls in its own tests.',
  },
};
