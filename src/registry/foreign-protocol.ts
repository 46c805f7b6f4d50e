// The protocol of plugins in other languages, version 1, as data: what answers must look like, and what schema/ says of both documents.
import type { Manifest, ObjectSchema, Schema } from '../plugin-api.ts';

export const protocolVersion = 1;

const text = (description: string): Schema => ({ type: 'string', description });
const whole = (description: string, minimum = 0): Schema => ({ type: 'integer', minimum, description });
const number = (description: string): Schema => ({ type: 'number', description });
const anything = (description: string): Schema => ({ type: 'json', description });
const list = (items: Schema, description: string): Schema => ({ type: 'array', items, description });
const object = (
  description: string,
  properties: ObjectSchema['properties'],
  optional: readonly string[] = [],
): ObjectSchema & Schema => ({
  type: 'object',
  description,
  properties,
  required: Object.keys(properties).filter((name) => !optional.includes(name)),
  additionalProperties: false,
});

const location = object(
  'A place in a file: 1-based, end exclusive.',
  {
    file: text('Relative to the tree, with `/`.'),
    line: whole('Line.', 1),
    column: whole('Column.', 1),
    endLine: whole('Last line.', 1),
    endColumn: whole('Column after the last one.', 1),
  },
  ['line', 'column', 'endLine', 'endColumn'],
);
const finding = object(
  'One thing that is wrong.',
  {
    code: text('A code of the manifest.'),
    severity: { type: 'string', enum: ['error', 'warning'], description: 'Only errors make a gate red.' },
    message: text('One sentence: what was measured, and what was expected.'),
    subject: text('Tells two findings of one code apart, and stays the same from attempt to attempt.'),
    location,
    hint: text('The way out.'),
    evidence: text('Raw text; cut at 4 KiB.'),
    repro: text('A command that shows it again.'),
    magnitude: number('For codes with the baseline `ratchet`; bigger is worse.'),
  },
  ['location', 'hint', 'evidence', 'repro', 'magnitude'],
);
const briefItem = object(
  'One piece of knowledge for later actions.',
  { title: text('In a few words.'), text: text('What an action should know.'), source: location },
  ['source'],
);
const measurement = object(
  'A number with its unit.',
  {
    name: text('What was measured.'),
    value: number('The number.'),
    unit: {
      type: 'string',
      enum: ['count', 'percent', 'ratio', 'milliseconds', 'microseconds', 'bytes', 'per-second', 'usd', 'tokens'],
      description: 'Its unit.',
    },
    limit: object('What it was held against.', {
      at: number('The limit.'),
      direction: { type: 'string', enum: ['at-least', 'at-most'], description: 'Which side is good.' },
    }),
    base: number('The same on base.'),
    interval: object('Confidence interval.', { low: number('Lower end.'), high: number('Upper end.'), level: number('0 to 1.') }),
  },
  ['limit', 'base', 'interval'],
);
const artifact = object('A file for the report.', {
  name: text('File name in the report.'),
  path: text('Of the file, relative to the folder `output` of the request.'),
  mediaType: text('For example `text/html`.'),
});
const outputs = anything('As the manifest declares them; absent: none.');

/** What a plugin of a kind answers when it could do its job. */
export const answers = {
  gate: object(
    'The answer of a gate.',
    {
      outputs,
      examined: object('How much it looked at; fewer than `min`, or nothing, is never green.', {
        unit: text('Of what: `files`.'),
        count: whole('How many.'),
        min: whole('How many it needs.'),
      }),
      findings: list(finding, 'What is wrong; an empty list where nothing is.'),
      measurements: list(measurement, 'Numbers for the report.'),
      artifacts: list(artifact, 'Files for the report.'),
      inconclusive: text('Why it could not decide, when it could not.'),
    },
    ['outputs', 'measurements', 'artifacts', 'inconclusive'],
  ),
  context: object(
    'The answer of a context plugin.',
    { outputs, brief: list(briefItem, 'What later actions should know.'), artifacts: list(artifact, 'Files for the report.') },
    ['outputs', 'artifacts'],
  ),
  action: object(
    'The answer of an action. What changed is not its to say: trees are compared.',
    {
      outputs,
      outcome: {
        type: 'string',
        enum: ['ok', 'blocked', 'refused', 'truncated', 'budget', 'looping', 'infrastructure'],
        description: 'How it ended.',
      },
      summary: text('One sentence for the report.'),
      state: anything('Given back on the next attempt.'),
      artifacts: list(artifact, 'Files for the report.'),
    },
    ['outputs', 'state', 'artifacts'],
  ),
} as const satisfies Partial<Record<Manifest['kind'], ObjectSchema>>;

/** "I could not do my job": a tool is missing, a port cannot be reached. */
export const errorAnswer = object('The answer of a plugin that could not do its job.', {
  error: object(
    'Why; a model never sees it.',
    {
      code: text('`<name of the plugin>/<what>`, in kebab case.'),
      message: text('A sentence.'),
      hint: text('The way out.'),
    },
    ['hint'],
  ),
});
export const proveAnswer = object(
  'The answer of the `prove` command.',
  {
    applied: { type: 'boolean', description: 'The candidate was changed so that the gate must turn red.' },
    notApplicable: text('Why this control cannot be tried on this tree.'),
  },
  ['applied', 'notApplicable'],
);

const treeForm = object('A tree.', { path: text('Absolute folder of the scope.'), hash: text('Of its tracked content.') });
const serviceForm = object(
  'An instance that was started for this step.',
  {
    url: text('What `services.<name>.url` gives.'),
    host: text('Where it listens.'),
    port: whole('Where it listens.', 1),
    outputs: anything('What its plugin says of it.'),
    tokens: {
      type: 'map',
      values: text('The bearer token.'),
      description:
        'Tokens for it, by the entries of `auth:` that inputs with the format `auth` name. For gates and context plugins.',
    },
  },
  ['tokens'],
);
const services = { type: 'map', values: serviceForm, description: 'By name.' } as const;
const trees = ['candidate', 'base', 'work'] as const;
export type TreeName = (typeof trees)[number];

export const requestForm = object(
  'What a plugin reads from its standard input: one JSON document.',
  {
    protocol: { type: 'integer', minimum: 1, maximum: protocolVersion, description: 'Version of the protocol.' },
    task: { type: 'string', enum: ['run', 'prove'], description: 'Do the job, or apply a negative control to the candidate.' },
    plugin: text('Its name.'),
    control: text('Which control of `prove.controls` is asked for.'),
    inputs: anything('Checked against the manifest, with defaults; amounts are numbers (ms, bytes, percent).'),
    env: {
      type: 'map',
      values: text('Value.'),
      description: 'Variables that `env` of the manifest names, as far as they are set.',
    },
    trees: object(
      'Gates see the candidate and base, context plugins base, actions the work tree and base. Only actions may change theirs.',
      { candidate: treeForm, base: treeForm, work: treeForm },
      trees,
    ),
    services: object('Instances for each tree.', { candidate: services, base: services, work: services }, trees),
    changed: list(
      object('A path.', {
        path: text('Relative to the tree.'),
        status: { type: 'string', enum: ['added', 'changed', 'removed'], description: 'What happened to it.' },
      }),
      'Paths that differ between base and the other tree.',
    ),
    output: text('An empty folder that may be written, for files that the answer names as artifacts.'),
    deadline: object('When it is told to stop (SIGTERM, 2 s later SIGKILL).', {
      at: text('ISO 8601.'),
      inMs: whole('From now, in milliseconds.'),
    }),
    seed: whole('For random numbers: the same one gives the same numbers on a replay.'),
    turn: object(
      'For actions.',
      {
        attempt: whole('1 on the first try.', 1),
        feedback: list(finding, 'What is to be mended.'),
        brief: list(briefItem, 'What context steps found out.'),
        rules: text('What may be edited, and what is protected.'),
        state: anything('What the last answer of this step held as `state`.'),
      },
      ['state'],
    ),
  },
  ['control', 'turn'],
);

/** A line of standard error that is no plain text. */
export const noteForms = {
  progress: object('How far it is.', { progress: number('0 to 1.'), label: text('What it does.') }),
  log: object('A line of its log.', {
    log: { type: 'string', enum: ['debug', 'info', 'warn'], description: 'Level.' },
    message: text('The line.'),
  }),
} as const;
