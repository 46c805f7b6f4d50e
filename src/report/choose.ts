import { createJsonReporter } from './json.ts';
import { createPlainReporter } from './plain.ts';
import type { Reporter, ReporterName, ReporterOptions } from './reporter.ts';

/**
 * The reporter to draw with. Live lists need a terminal that can move its cursor and a person before it; asked for elsewhere, `tty`
 * falls back to plain lines.
 */
export async function chooseReporter(wanted: ReporterName | undefined, options: ReporterOptions): Promise<Reporter> {
  if (wanted === 'json') return createJsonReporter(options.output);
  if (wanted === 'github') return (await import('./github.ts')).createGithubReporter(options);
  if (wanted === 'sarif') {
    const { document, history } = options;
    const beside = document === undefined ? undefined : await chooseReporter(undefined, options);
    const { createSarifReporter } = await import('./sarif.ts');
    return createSarifReporter({
      output: document ?? options.output,
      ...(history === undefined ? {} : { history }),
      ...(beside === undefined ? {} : { beside }),
    });
  }
  const { output, env } = options;
  // Terminals that nobody looks at, as of `docker run -t` in CI, are 0 columns wide.
  const live = output.isTTY && output.columns !== 0 && env.TERM !== 'dumb' && (wanted === 'tty' || env.CI === undefined);
  if (wanted === 'plain' || !live) return createPlainReporter(options);
  const { createTtyReporter } = await import('./tty.ts');
  return createTtyReporter(options);
}
