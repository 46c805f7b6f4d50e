import type { Place } from './location.ts';

/** Something wrong with a playbook, a call or the environment, for a person to mend. `code` is a key of the table of codes. */
export interface Diagnostic {
  readonly code: string;
  readonly severity: 'error' | 'warning';
  readonly message: string;
  readonly hint?: string;
  readonly place?: Place;
  readonly related?: readonly { readonly place: Place; readonly message: string }[];
}
