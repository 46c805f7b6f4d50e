// schema/playbook.schema.json, with the plugins that come with bexpert.
import type { Manifest } from '../src/plugin-api.ts';
import { playbookSchema as schemaOf, schemaText } from '../src/schema/playbook-schema.ts';

export const playbookSchema = (manifests: readonly Manifest[]): string =>
  schemaText(schemaOf(manifests.map((manifest) => ({ uses: manifest.name, manifest }))));
