import { fail, succeed } from '../model/result.ts';
import { spanOf } from './fields.ts';
import type { Parsed, ReportedFinding } from './report.ts';
import { readXml } from './xml.ts';

/** The XML of Checkstyle, which many linters write as well. */
export function parseCheckstyle(text: string): Parsed {
  const root = readXml(text);
  if (!root.ok) return root;
  if (root.value.name !== 'checkstyle') return fail(`its root is <${root.value.name}>, and <checkstyle> was expected`);
  const findings: ReportedFinding[] = [];
  const files = root.value.children.filter(({ name }) => name === 'file');
  for (const { attributes, children } of files) {
    for (const { name, attributes: error } of children) {
      // Checkstyle writes <exception> where a check of its own failed.
      if (name === 'exception') return fail(`the tool failed at ${attributes.name ?? 'a file'}`);
      if (name !== 'error' || error.severity === 'ignore') continue;
      findings.push({
        rule: ruleOf(error.source),
        severity: error.severity === undefined || error.severity === 'error' ? 'error' : 'warning',
        message: error.message ?? 'The tool gives no message.',
        ...(attributes.name === undefined ? {} : { file: attributes.name }),
        ...spanOf({ line: error.line, column: error.column, endLine: undefined, endColumn: undefined }),
      });
    }
  }
  // Some tools name every file, some only those with problems: where none is named, nobody knows.
  return succeed({ findings, examined: files.length === 0 ? undefined : { unit: 'files', count: files.length }, silenced: 0 });
}

/** `com.puppycrawl.tools.checkstyle.checks.naming.MethodNameCheck` is known as `MethodName`, `eslint.rules.no-var` as `no-var`. */
function ruleOf(source: string | undefined): string {
  if (source === undefined || source === '') return 'error';
  if (source.startsWith('com.puppycrawl.')) return source.replace(/^.*\./, '').replace(/Check$/, '');
  return source.replace(/^eslint\.rules\./, '');
}
