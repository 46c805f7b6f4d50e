import { defineManifest } from '../../src/plugin-api.ts';

export const manifest = defineManifest({
  kind: 'action',
  name: 'agent',
  api: 1,
  summary: 'Lets a language model change the work tree with the tools of the step, within budget and rules.',
  inputs: {
    type: 'object',
    properties: {
      goal: { type: 'string', description: 'What is to be achieved, in the words of the team.' },
      instructions: { type: 'string', description: 'How this team works: conventions, commands, what to leave alone.' },
      model: {
        type: 'string',
        pattern: '^[A-Za-z0-9][A-Za-z0-9._:@/-]*$',
        description: 'Name of the model; default: the one that the README names.',
      },
      effort: {
        type: 'string',
        enum: ['low', 'medium', 'high', 'xhigh', 'max'],
        description: "How much the model thinks; default: the model's own.",
      },
      'max-turns': {
        type: 'integer',
        minimum: 1,
        maximum: 1000,
        default: 100,
        description: 'Replies of the model in one attempt, after which the step ends with outcome budget.',
      },
      'max-output-tokens': {
        type: 'integer',
        minimum: 1024,
        default: 32_000,
        description: 'Tokens of one reply; doubled once when a reply is cut off.',
      },
    },
    required: ['goal'],
    additionalProperties: false,
  },
  outputs: {
    type: 'object',
    properties: {
      model: { type: 'string', description: 'The model that answered.' },
      turns: { type: 'integer', description: 'Its replies in this attempt.' },
    },
    required: ['model', 'turns'],
    additionalProperties: false,
  },
  powers: ['network'],
  env: ['ANTHROPIC_API_KEY', 'ANTHROPIC_AUTH_TOKEN', 'ANTHROPIC_BASE_URL'],
  model: { env: ['ANTHROPIC_API_KEY', 'ANTHROPIC_BASE_URL'], standIn: 'script' },
});
