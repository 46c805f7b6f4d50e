// Workflow commands of GitHub Actions:
// https://docs.github.com/actions/reference/workflows-and-actions/workflow-commands

export interface Annotation {
  readonly level: 'error' | 'warning' | 'notice';
  readonly title: string;
  readonly message: string;
  /** Relative to the root of the repository. */
  readonly file?: string;
  readonly line?: number;
  readonly endLine?: number;
  readonly column?: number;
  readonly endColumn?: number;
}

// As actions/toolkit escapes them (packages/core/src/command.ts): what is left cannot end a property or begin a command.
const data = (text: string): string => text.replaceAll('%', '%25').replaceAll('\r', '%0D').replaceAll('\n', '%0A');
const property = (text: string): string => data(text).replaceAll(':', '%3A').replaceAll(',', '%2C');

/** One line that GitHub shows at the lines of the file. */
export function annotationLine(annotation: Annotation): string {
  const { level, title, message, file, line, endLine, column, endColumn } = annotation;
  // Columns are for one line only: with several, GitHub drops the place.
  const oneLine = endLine === undefined || endLine === line;
  const properties: readonly (readonly [string, string | number | undefined])[] = [
    ['file', file],
    ['line', file === undefined ? undefined : line],
    ['endLine', file === undefined ? undefined : endLine],
    ['col', file === undefined || !oneLine ? undefined : column],
    ['endColumn', file === undefined || !oneLine ? undefined : endColumn],
    ['title', title],
  ];
  const written = properties.flatMap(([name, value]) => (value === undefined ? [] : [`${name}=${property(String(value))}`]));
  return `::${level} ${written.join(',')}::${data(message)}`;
}

/** Text that others wrote, with nothing in it that the runner takes for a command: neither `::name` nor the older `##[name]`. */
export function withoutCommands(text: string): string {
  return text.replace(/^(\s*):(?=:)/gm, '$1\u200b:').replaceAll('##[', '#\u200b#[');
}
