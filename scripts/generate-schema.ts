// schema/playbook.schema.json, with the plugins that come with bexpert, and schema/playtest.schema.json.
import type { Manifest } from '../src/plugin-api.ts';
import { playbookSchema as schemaOf, schemaText } from '../src/schema/playbook-schema.ts';
import { playtestSchema as testsSchema } from '../src/schema/playtest-schema.ts';

export const playbookSchema = (manifests: readonly Manifest[]): string =>
  schemaText(schemaOf(manifests.map((manifest) => ({ uses: manifest.name, manifest }))));

export const playtestSchema = (): string => schemaText(testsSchema());
