export type NewKind = 'gate' | 'context' | 'action';
export type NewLanguage = 'ts' | 'js' | 'python';

// Without the word itself: the gate would find it in its own page.
const does: Readonly<Record<NewKind, string>> = {
  gate: 'Looks for lines with a word that says that something is still to be done. Fewer than one file is never green.',
  context: 'Tells later actions which files there are.',
  action: 'Ends files with a line break.',
};
const findings = `
| code | means |
| --- | --- |
| \`NAME/word\` | A line holds the word. |

It cannot see whether a word is meant as one, or stands in a text about it.
`;

/** The page of a new plugin. `test` is the command that runs its test. */
export function readme(options: { readonly kind: NewKind; readonly language: NewLanguage; readonly test: string }): string {
  const { kind, language, test } = options;
  const input =
    language === 'python' ? '`pattern`: a glob, `**/*.md` by default.' : '`files`: a list of globs, `**/*.md` by default.';
  return `# NAME

${does[kind]}

Input: ${input}
${kind === 'gate' ? findings : ''}
Its test: \`${test}\`
`;
}
