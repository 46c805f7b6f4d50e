// SARIF 2.1.0: https://docs.oasis-open.org/sarif/sarif/v2.1.0/sarif-v2.1.0.html
import { fail, succeed } from '../model/result.ts';
import { type Fields, fieldsOf, listOf, mapsOf, onlyMapsOf, parseJson, spanOf, textOf } from './fields.ts';
import type { Parsed, ReportedFinding } from './report.ts';

/** Section 3.27.9. */
const noProblem: ReadonlySet<unknown> = new Set(['pass', 'open', 'informational', 'notApplicable', 'review']);

export function parseSarif(text: string): Parsed {
  const json = parseJson(text);
  if (!json.ok) return json;
  const log = fieldsOf(json.value);
  if (log === undefined || textOf(log.version) === undefined || !('runs' in log)) {
    return fail('it has no `version` and `runs`, which every SARIF log has');
  }
  if (!/^2\.1\./.test(textOf(log.version) ?? '')) return fail(`it is SARIF ${textOf(log.version)}, and 2.1.0 is read`);
  const findings: ReportedFinding[] = [];
  let [runs, files, silenced] = [0, 0, 0];
  const all = onlyMapsOf(log.runs);
  if (all === undefined) return fail('its `runs` are no list of runs');
  for (const run of all) {
    // Section 3.20.14: the tool says itself that it failed.
    const failed = mapsOf(run.invocations).find((invocation) => invocation.executionSuccessful === false);
    if (failed !== undefined) return fail(`the tool says that it failed: ${failureOf(failed)}`);
    // Section 3.14.23: without `results` nothing was scanned.
    if (run.results === undefined || run.results === null) continue;
    const results = onlyMapsOf(run.results);
    if (results === undefined) return fail('its `results` are no list of results');
    runs += 1;
    files += mapsOf(run.artifacts).length;
    const rules = rulesOf(run);
    for (const result of results) {
      if (mapsOf(result.suppressions).some(({ status }) => status === undefined || status === 'accepted')) silenced += 1;
      else if (!noProblem.has(result.kind) && result.baselineState !== 'absent') {
        findings.push(findingOf({ result, rules, run }));
      }
    }
  }
  return succeed({
    findings,
    examined: files > 0 ? { unit: 'files', count: files } : { unit: 'tool runs', count: runs },
    silenced,
  });
}

function failureOf(invocation: Fields): string {
  const told = [...mapsOf(invocation.toolExecutionNotifications), ...mapsOf(invocation.toolConfigurationNotifications)];
  return told.map(({ message }) => textOf(fieldsOf(message)?.text)).find((text) => text !== undefined) ?? 'it does not say why';
}

/** Rules of the driver and of its extensions, by id and, for the driver, by index. */
function rulesOf(run: Fields): { readonly byId: ReadonlyMap<string, Fields>; readonly list: readonly Fields[] } {
  const tool = fieldsOf(run.tool);
  const list = mapsOf(fieldsOf(tool?.driver)?.rules);
  const all = [...mapsOf(tool?.extensions).flatMap(({ rules }) => mapsOf(rules)), ...list];
  return { byId: new Map(all.flatMap((rule) => (textOf(rule.id) === undefined ? [] : [[String(rule.id), rule]]))), list };
}

function findingOf(options: {
  readonly result: Fields;
  readonly rules: ReturnType<typeof rulesOf>;
  readonly run: Fields;
}): ReportedFinding {
  const { result, rules, run } = options;
  const reference = fieldsOf(result.rule);
  const index = result.ruleIndex ?? reference?.index;
  const id = textOf(result.ruleId) ?? textOf(reference?.id);
  const rule = (id === undefined ? undefined : rules.byId.get(id)) ?? (typeof index === 'number' ? rules.list[index] : undefined);
  // Section 3.27.10: absent means the rule's default, and that is `warning`.
  const level = textOf(result.level) ?? textOf(fieldsOf(rule?.defaultConfiguration)?.level) ?? 'warning';
  const physical = fieldsOf(mapsOf(result.locations)[0]?.physicalLocation);
  const region = fieldsOf(physical?.region);
  const file = fileOf(fieldsOf(physical?.artifactLocation), run);
  const help = textOf(fieldsOf(rule?.help)?.text);
  const message = messageOf(fieldsOf(result.message), rule);
  return {
    rule: id ?? textOf(rule?.id) ?? 'result',
    severity: level === 'error' ? 'error' : 'warning',
    message,
    ...(file === undefined ? {} : { file }),
    ...spanOf({
      line: region?.startLine,
      column: region?.startColumn,
      endLine: region?.endLine ?? region?.startLine,
      endColumn: region?.endColumn,
    }),
    ...(help === undefined || help === message || help.length > 300 ? {} : { hint: help }),
  };
}

/** Section 3.11: text, or an id of the rule's messages, both with `{0}` for arguments. */
function messageOf(message: Fields | undefined, rule: Fields | undefined): string {
  const named = fieldsOf(fieldsOf(rule?.messageStrings)?.[textOf(message?.id) ?? '']);
  const template = textOf(message?.text) ?? textOf(named?.text) ?? textOf(message?.markdown) ?? 'The tool gives no message.';
  const given = listOf(message?.arguments) ?? [];
  return template.replace(/\{(\d{1,3})\}/g, (whole, index) => textOf(given[Number(index)]) ?? whole);
}

/** Sections 3.4 and 3.14.14: a URI, maybe relative to a base that the run names, maybe an index of its artifacts. */
function fileOf(location: Fields | undefined, run: Fields): string | undefined {
  const artifact = typeof location?.index === 'number' ? mapsOf(run.artifacts)[location.index] : undefined;
  const at = textOf(location?.uri) === undefined ? fieldsOf(artifact?.location) : location;
  const uri = textOf(at?.uri);
  if (uri === undefined) return undefined;
  const base = textOf(fieldsOf(fieldsOf(run.originalUriBaseIds)?.[textOf(at?.uriBaseId) ?? ''])?.uri) ?? '';
  return decoded(/^[a-z][a-z0-9+.-]+:|^\//i.test(uri) ? uri : base + uri);
}

/** Escapes of a URI; many tools write paths there, in which a % may stand for itself. */
function decoded(uri: string): string {
  if (/^file:/i.test(uri)) return uri;
  try {
    return decodeURIComponent(uri);
  } catch {
    return uri;
  }
}
