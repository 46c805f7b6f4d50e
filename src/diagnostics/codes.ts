import type { CodeTable } from './code-table.ts';
import { cliCodes } from './codes-cli.ts';
import { expressionCodes } from './codes-expression.ts';
import { yamlCodes } from './codes-yaml.ts';

/** Every code that a diagnostic can have. */
export const allCodes: CodeTable = { ...cliCodes, ...yamlCodes, ...expressionCodes };
