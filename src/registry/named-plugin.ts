import type { Manifest } from '../plugin-api.ts';

/** A plugin, and how a playbook writes it after `uses:`. */
export interface NamedPlugin {
  readonly uses: string;
  readonly manifest: Manifest;
}
