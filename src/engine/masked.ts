import type { RunContext } from './context.ts';

/** A value of JSON with the secrets masked in every text of it. */
export const maskedValue = <T>(value: T, mask: RunContext['mask']): T =>
  JSON.parse(JSON.stringify(value, (_, part: unknown) => (typeof part === 'string' ? mask(part) : part)));

/** What is thrown out of a run is shown as it stands. */
export function maskError(error: unknown, mask: RunContext['mask']): void {
  if (!(error instanceof Error)) return;
  error.message = mask(error.message);
  if (error.stack !== undefined) error.stack = mask(error.stack);
}
