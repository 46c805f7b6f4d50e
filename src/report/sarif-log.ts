// SARIF 2.1.0 of a run, and of diagnostics: https://docs.oasis-open.org/sarif/sarif/v2.1.0/sarif-v2.1.0.html
import { allCodes } from '../diagnostics/codes.ts';
import { environmentCodes } from '../diagnostics/codes-environment.ts';
import type { Diagnostic } from '../model/diagnostic.ts';
import type { Location } from '../plugin-api.ts';
import { version } from '../version.ts';
import { lastFindings, type PlacedFinding, troubles } from './outcome.ts';
import { printable } from './printable.ts';
import type { RunView } from './run-view.ts';

export interface SarifRule {
  readonly id: string;
  readonly means?: string;
}
interface SarifText {
  readonly text: string;
}
export interface SarifLog {
  readonly $schema: string;
  readonly version: '2.1.0';
  readonly runs: readonly object[];
}

const level = (severity: 'error' | 'warning'): 'error' | 'warning' => severity;
const text = (words: string): SarifText => ({ text: printable(words) });

/** A path as a relative URI reference (RFC 3986): a name may hold `?`, `#`, `%` and `:`. */
const uriOf = (file: string): string =>
  encodeURI(file.replace(/^\.\//, '')).replace(/[?#:]/g, (mark) => `%${mark.charCodeAt(0).toString(16).toUpperCase()}`);

function physical({ file, line, column, endLine, endColumn }: Location): object {
  const region = line === undefined ? undefined : { startLine: line, startColumn: column, endLine, endColumn };
  return {
    physicalLocation: {
      artifactLocation: { uri: uriOf(file), uriBaseId: '%SRCROOT%' },
      ...(region === undefined ? {} : { region: JSON.parse(JSON.stringify(region)) as object }),
    },
  };
}

function log(run: {
  readonly rules: readonly SarifRule[];
  readonly results: readonly object[];
  readonly rest: object;
}): SarifLog {
  return {
    $schema: 'https://json.schemastore.org/sarif-2.1.0.json',
    version: '2.1.0',
    runs: [
      {
        tool: {
          driver: {
            name: 'bexpert',
            version,
            rules: run.rules.map(({ id, means }) => ({ id, ...(means === undefined ? {} : { shortDescription: text(means) }) })),
          },
        },
        columnKind: 'utf16CodeUnits',
        ...run.rest,
        results: run.results,
      },
    ],
  };
}

/** Rules by id; the index of one is what a result names. */
class Rules {
  readonly list: SarifRule[] = [];
  readonly #index = new Map<string, number>();
  of(id: string, means: string | undefined): number {
    const known = this.#index.get(id);
    if (known !== undefined) return known;
    this.#index.set(id, this.list.length);
    this.list.push({ id, ...(means === undefined ? {} : { means }) });
    return this.list.length - 1;
  }
}

/** What a code means by the manifest of the gate that reported it. */
function meansOf(run: RunView, { word, finding }: PlacedFinding): string | undefined {
  const body = word.plan?.body;
  const manifest = body?.kind === 'plugin' ? run.started.plan.plugins[body.plugin]?.manifest : undefined;
  return manifest?.kind === 'gate' ? manifest.findings[finding.code]?.means : undefined;
}

/** The last word of every gate of a run. */
export function sarifOfRun(run: RunView): SarifLog {
  const rules = new Rules();
  const results = lastFindings(run).map((placed) => resultOf(run, placed, rules));
  const { finished } = run;
  return log({
    rules: rules.list,
    results,
    rest: {
      automationDetails: { id: `bexpert/${run.started.plan.name}/${run.started.run}` },
      invocations: [
        {
          // Did the tool work? Findings of the tool are no failure of it (section 3.20.14).
          executionSuccessful: finished !== undefined && (finished.status === 'completed' || finished.status === 'partial'),
          ...(finished === undefined ? {} : { exitCode: finished.exitCode, exitCodeDescription: finished.reason }),
          toolExecutionNotifications: troubles(run).map(({ word, code, message, hint }) => ({
            descriptor: { id: code },
            level: word.plan?.level === 'warn' ? 'warning' : 'error',
            message: text(`${word.view.step}: ${message}${hint === undefined ? '' : ` ${hint}`}`),
          })),
        },
      ],
    },
  });
}

function resultOf(run: RunView, placed: PlacedFinding, rules: Rules): object {
  const { word, finding, location } = placed;
  const ruleIndex = rules.of(finding.code, meansOf(run, placed));
  const compared = word.view.base !== undefined && word.view.base.failure === undefined;
  const at = location ?? placeOfStep(placed);
  return {
    ruleId: finding.code,
    ruleIndex,
    level: word.plan?.level === 'warn' ? 'warning' : level(finding.severity),
    message: text(`${finding.message}${finding.hint === undefined ? '' : `\n${finding.hint}`}`),
    ...(at === undefined ? {} : { locations: [physical(at)] }),
    partialFingerprints: { 'bexpertFingerprint/v1': finding.fingerprint },
    ...(compared ? { baselineState: finding.standing === 'subtracted' ? 'unchanged' : 'new' } : {}),
    ...(finding.standing === 'waived'
      ? {
          suppressions: [
            {
              kind: 'external',
              status: 'accepted',
              ...(finding.waiver === undefined
                ? {}
                : { justification: printable(`${finding.waiver.reason} (${finding.waiver.by}, until ${finding.waiver.until})`) }),
            },
          ],
        }
      : {}),
    properties: { step: word.view.step, phase: word.view.phase, standing: finding.standing },
  };
}

/** Readers of SARIF such as GitHub take no result without a file: the step that found it stands in one. */
function placeOfStep({ word }: PlacedFinding): Location | undefined {
  const place = word.plan?.place;
  // A playbook that comes with bexpert is no file of the repository, nor is one outside of it.
  if (place === undefined || /^([a-z+]+:|\/|\.\.\/)/.test(place.file)) return undefined;
  return { file: place.file, line: place.range.start.line };
}

/** What is wrong with playbooks and calls. */
export function sarifOfDiagnostics(list: readonly Diagnostic[]): SarifLog {
  const rules = new Rules();
  const results = list.map((diagnostic) => {
    const { code, severity, message, hint, place, related = [] } = diagnostic;
    const ruleIndex = rules.of(code, allCodes[code]?.means ?? environmentCodes[code]);
    return {
      ruleId: code,
      ruleIndex,
      level: level(severity),
      message: text(hint === undefined ? message : `${message}\n${hint}`),
      ...(place === undefined ? {} : { locations: [physical(locationOf(place))] }),
      ...(related.length === 0
        ? {}
        : {
            relatedLocations: related.map((other, id) => ({
              id,
              message: text(other.message),
              ...physical(locationOf(other.place)),
            })),
          }),
    };
  });
  return log({ rules: rules.list, results, rest: {} });
}

export function locationOf({ file, range }: NonNullable<Diagnostic['place']>): Required<Location> {
  return {
    file,
    line: range.start.line,
    column: range.start.column,
    endLine: range.end.line,
    endColumn: range.end.column,
  };
}
