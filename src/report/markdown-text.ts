import { printable, printableLine } from './printable.ts';

/** Text that stands in a line of Markdown as it is: it cannot open a heading, a list, a quote, a tag, a link or a table cell. */
export function inline(text: string): string {
  return printableLine(text)
    .replace(/[\\`*_[\]|~]/g, '\\$&')
    .replaceAll('<', '&lt;')
    .replace(/^(?=[#>+=-])/, '\\')
    .replace(/^(\d+)(?=[.)])/, '$1\\');
}

/** `code`, whatever it holds; safe in a table. */
export function code(text: string): string {
  const line = printableLine(text).replaceAll('|', '\\|');
  const longest = Math.max(0, ...[...line.matchAll(/`+/g)].map((run) => run[0].length));
  const fence = '`'.repeat(longest + 1);
  return longest === 0 ? `${fence}${line}${fence}` : `${fence} ${line} ${fence}`;
}

/** A block that no line of `text` can close. */
export function block(text: string, language = 'text', indent = ''): string[] {
  const lines = printable(text).trimEnd().split('\n');
  const longest = Math.max(2, ...lines.map((line) => /^\s*(`+)/.exec(line)?.[1]?.length ?? 0));
  const fence = '`'.repeat(longest + 1);
  return [`${fence}${language}`, ...lines, fence].map((line) => `${indent}${line}`.trimEnd());
}

export function table(head: readonly string[], rows: readonly (readonly string[])[]): string[] {
  return [
    `| ${head.join(' | ')} |`,
    `| ${head.map(() => '---').join(' | ')} |`,
    ...rows.map((row) => `| ${row.map((cell) => (cell === '' ? ' ' : cell)).join(' | ')} |`),
  ];
}
