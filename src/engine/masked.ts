import type { RunContext } from './context.ts';

/** A value of JSON with the secrets masked in every text of it. */
export const maskedValue = <T>(value: T, mask: RunContext['mask']): T =>
  JSON.parse(JSON.stringify(value, (_, part: unknown) => (typeof part === 'string' ? mask(part) : part)));
