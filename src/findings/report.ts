// What a tool of the team reported, whatever the format of its report.
import type { Result } from '../model/result.ts';

/** One problem as the tool tells it; paths are as they stand in the report. */
export interface ReportedFinding {
  /** The tool's own name of the rule, or a word of the format: `failed-test`. */
  readonly rule: string;
  readonly severity: 'error' | 'warning';
  readonly message: string;
  /** What stays the same from run to run, where that is not the message: the full name of a test. */
  readonly identity?: string;
  readonly file?: string;
  readonly line?: number;
  readonly column?: number;
  readonly endLine?: number;
  readonly endColumn?: number;
  readonly hint?: string;
  readonly evidence?: string;
}

/** A test that the report names; its name is the `identity` of a finding that it has. */
export interface ReportedTest {
  readonly name: string;
  readonly state: 'passed' | 'failed' | 'skipped';
}

export interface ToolReport {
  readonly findings: readonly ReportedFinding[];
  /** What the tool says that it looked at; undefined where reports of this format do not say it. */
  readonly examined: { readonly unit: string; readonly count: number } | undefined;
  /** Problems that comments or settings of the project silenced, and tests that were skipped. */
  readonly silenced: number;
  /** Where it is a report of tests. */
  readonly tests?: readonly ReportedTest[];
}

/** The error is half a sentence: "it is no JSON: ...". */
export type Parsed = Result<ToolReport, string>;
