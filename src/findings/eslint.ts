// `eslint --format json`: a list with one entry for each file that was looked at.
import { fail, succeed } from '../model/result.ts';
import { fieldsOf, listOf, mapsOf, onlyMapsOf, parseJson, spanOf, textOf } from './fields.ts';
import type { Parsed, ReportedFinding } from './report.ts';

export function parseEslint(text: string): Parsed {
  const json = parseJson(text);
  if (!json.ok) return json;
  const files = listOf(json.value);
  if (files === undefined) return fail('it is no list, which `eslint --format json` prints');
  const findings: ReportedFinding[] = [];
  let silenced = 0;
  for (const entry of files) {
    const result = fieldsOf(entry);
    const file = textOf(result?.filePath);
    const messages = onlyMapsOf(result?.messages);
    if (result === undefined || file === undefined || messages === undefined) {
      return fail('an entry has no `filePath` and `messages`, which `eslint --format json` prints');
    }
    silenced += mapsOf(result.suppressedMessages).length;
    for (const message of messages) {
      findings.push({
        // Without a rule it is what ESLint itself could not do, as a rule to parse the file.
        rule: textOf(message.ruleId) ?? (message.fatal === true ? 'parsing' : 'eslint'),
        severity: message.severity === 2 || message.fatal === true ? 'error' : 'warning',
        message: textOf(message.message) ?? 'ESLint gives no message.',
        file,
        ...spanOf({ line: message.line, column: message.column, endLine: message.endLine, endColumn: message.endColumn }),
      });
    }
  }
  return succeed({ findings, examined: { unit: 'files', count: files.length }, silenced });
}
