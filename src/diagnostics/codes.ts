import type { CodeTable } from './code-table.ts';
import { cliCodes } from './codes-cli.ts';
import { expressionCodes } from './codes-expression.ts';
import { playbookCodes } from './codes-playbook.ts';
import { repositoryCodes } from './codes-repository.ts';
import { yamlCodes } from './codes-yaml.ts';

/** Every code that a diagnostic can have. */
export const allCodes: CodeTable = { ...cliCodes, ...yamlCodes, ...expressionCodes, ...playbookCodes, ...repositoryCodes };
