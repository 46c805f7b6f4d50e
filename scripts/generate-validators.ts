import type { ObjectSchema, Schema } from '../src/plugin-api.ts';
import { validatorModule } from '../src/registry/standalone.ts';

/** The module of a grammar or a manifest, and its types. */
export async function validatorFiles(
  schemas: Readonly<Record<string, Schema | ObjectSchema>>,
  from: { readonly madeFrom: string; readonly types: string },
): Promise<{ readonly code: string; readonly types: string }> {
  const declared = Object.keys(schemas).map((name) => `export declare const ${name}: Validator;\n`);
  return {
    code: `// Made by scripts/generate.ts from ${from.madeFrom}.\n${await validatorModule(schemas)}`,
    types: `import type { Validator } from '${from.types}';\n${declared.join('')}`,
  };
}
