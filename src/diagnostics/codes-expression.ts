import type { CodeTable } from './code-table.ts';

const near = (name: string | undefined): string => (name === undefined ? '' : `Did you mean \`${name}\`? `);
const listed = (names: readonly string[]): string => {
  const shown = names.slice(0, 12).map((name) => `\`${name}\``);
  const more = names.length > 12 ? ` and ${names.length - 12} more` : '';
  return names.length === 0 ? 'nothing' : `${shown.join(', ')}${more}`;
};
const counted = (count: number): string => `${count} ${count === 1 ? 'argument' : 'arguments'}`;

/** What can be wrong with an expression, before a run. */
export const expressionCodes = {
  'expression/unterminated': {
    means: 'A `${{` has no `}}`.',
    message: () => 'The expression that begins with `${{` here has no `}}`.',
    hint: () => 'Add `}}`. Text in expressions stands in single quotes; is one of them open?',
  },
  'expression/empty': {
    means: 'Nothing stands between `${{` and `}}`.',
    message: () => 'The expression is empty.',
    hint: () => 'Name a value, such as `${{ inputs.goal }}`, or remove it.',
  },
  'expression/too-large': {
    means: 'An expression is longer, or nested deeper, than can be read.',
    message: (facts: { what: 'long' | 'deep'; limit: number }) =>
      facts.what === 'long'
        ? `The expression has more than ${facts.limit} characters.`
        : `The expression is nested more than ${facts.limit} levels deep.`,
    hint: () => 'What needs so much is a plugin.',
  },
  'expression/syntax': {
    means: 'An expression is not written as GitHub Actions expressions are.',
    message: (facts: { what: string }) => `${facts.what}.`,
    hint: (facts: { instead: string }) => facts.instead,
  },
  'expression/unknown-name': {
    means: 'An expression names a context that does not exist, or not here.',
    message: (facts: { name: string; elsewhere?: string }) =>
      facts.elsewhere === undefined ? `There is no \`${facts.name}\` here.` : `\`${facts.name}\` cannot be used here.`,
    hint: (facts: { elsewhere?: string; near?: string; known: readonly string[] }) =>
      `${facts.elsewhere === undefined ? near(facts.near) : `${facts.elsewhere} `}Here are ${listed(facts.known)}.`,
  },
  'expression/unknown-property': {
    means: 'An expression asks for a property that its object is known not to have.',
    message: (facts: { of: string; name: string }) => `\`${facts.of}\` has no \`${facts.name}\`.`,
    hint: (facts: { elsewhere?: string; near?: string; declare?: string; known: readonly string[] }) =>
      facts.elsewhere ??
      `${near(facts.near)}It has ${listed(facts.known)}.${facts.declare === undefined || facts.near !== undefined ? '' : ` ${facts.declare}`}`,
  },
  'expression/no-properties': {
    means: 'An expression asks a text, a number, a boolean or a list for a property.',
    message: (facts: { of: string; type: string; name: string }) =>
      `\`${facts.of}\` is ${facts.type} and has no \`${facts.name}\`.`,
    hint: (facts: { of: string; list: boolean; name: string }) =>
      facts.list
        ? `\`${facts.of}[0]\` is its first item, \`${facts.of}.*.${facts.name}\` the list of what its items have.`
        : `Write \`${facts.of}\`.`,
  },
  'expression/unknown-function': {
    means: 'An expression calls a function that does not exist.',
    message: (facts: { name: string }) => `There is no function \`${facts.name}\`.`,
    hint: (facts: { near?: string; known: readonly string[] }) => `${near(facts.near)}The functions are ${listed(facts.known)}.`,
  },
  'expression/github-function': {
    means: 'An expression calls a function of GitHub Actions that has no meaning in a playbook, which has its own way.',
    message: (facts: { name: string }) => `There is no function \`${facts.name}\` in a playbook.`,
    hint: (facts: { instead: string }) => facts.instead,
  },
  'expression/argument-count': {
    means: 'A function is called with too few or too many arguments.',
    message: (facts: { name: string; given: number; expected: string }) =>
      `\`${facts.name}\` takes ${facts.expected}, and has ${counted(facts.given)} here.`,
    hint: (facts: { usage: string }) => `It is called as \`${facts.usage}\`.`,
  },
  'expression/argument': {
    means: 'An argument of a function is of a type or a form that the function cannot use.',
    message: (facts: { name: string; what: string }) => `\`${facts.name}\` ${facts.what}.`,
    hint: (facts: { usage: string }) => `It is called as \`${facts.usage}\`.`,
  },
  'expression/never-true': {
    means: 'A comparison can never be true, because of the types or because the text is none of the options.',
    message: (facts: { left: string; right: string; why: string }) =>
      `\`${facts.left}\` is never equal to \`${facts.right}\`: ${facts.why}.`,
    hint: (facts: { instead: string }) => facts.instead,
  },
  'expression/not-text': {
    means: 'A list or an object stands in the middle of text, where it would become the word `Array` or `Object`.',
    message: (facts: { text: string; type: string }) => `\`${facts.text}\` is ${facts.type} and cannot become part of a text.`,
    hint: (facts: { text: string }) => `Name one of its parts, or write \`\${{ toJSON(${facts.text}) }}\`.`,
  },
  'expression/condition': {
    means: 'A condition holds text beside its expression, and so is always true.',
    message: () => 'There is text outside of `${{ }}`, so the condition would be a text, which is always true.',
    hint: (facts: { whole: string }) => `Put all of it inside, or leave the braces out: \`${facts.whole}\`.`,
  },
} as const satisfies CodeTable;
