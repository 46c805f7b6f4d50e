import type { Reading } from '../../contract/reading.ts';
import type { Migration } from '../../contract/tables.ts';
import { childOf, type Plain, within } from '../../grammar/plain.ts';
import { argument, textLiteral } from '../../grammar/python/literal.ts';

const isMigration = /(^|\/)migrations\/\d[^/]*\.py$/;
const pretty: Readonly<Record<string, (model: string, name: string) => string>> = {
  CreateModel: (model) => `creates model ${model}`,
  DeleteModel: (model) => `drops model ${model}`,
  RenameModel: (model, name) => `renames model ${model} to ${name}`,
  AddField: (model, name) => `adds field ${name} to ${model}`,
  RemoveField: (model, name) => `drops field ${name} of ${model}`,
  AlterField: (model, name) => `changes field ${name} of ${model}`,
  RenameField: (model, name) => `renames field ${name} of ${model}`,
  AddIndex: (model) => `adds an index to ${model}`,
  RemoveIndex: (model) => `drops an index of ${model}`,
  AddConstraint: (model) => `adds a constraint to ${model}`,
  RemoveConstraint: (model) => `drops a constraint of ${model}`,
  AlterUniqueTogether: (model) => `changes what is unique together in ${model}`,
  AlterModelTable: (model) => `changes the table of ${model}`,
  RunPython: () => 'runs Python',
  RunSQL: () => 'runs SQL',
};

const operationOf = (call: Plain): string | undefined => /(?:^|\.)(\w+)$/.exec(childOf(call, 'function')?.text ?? '')?.[1];
function wordsOf(call: Plain): string | undefined {
  const operation = operationOf(call);
  const words = operation !== undefined && Object.hasOwn(pretty, operation) ? pretty[operation] : undefined;
  const [model, name] = [argument(call, 0, 'model_name', 'old_name', 'name'), argument(call, 1, 'new_name', 'name')].map(
    textLiteral,
  );
  return words?.((model ?? '').toLowerCase(), name ?? '');
}
/** `RunPython(f)` without a way back. */
const isOneWay = (call: Plain): boolean =>
  /^Run(Python|SQL)$/.test(operationOf(call) ?? '') && argument(call, 1, 'reverse_code', 'reverse_sql') === undefined;

/** What migrations of Django do, in the order of their files: the tables are those of the models. */
export function djangoMigrations(reading: Reading): readonly Migration[] {
  const files = reading.files.filter(
    (file) => isMigration.test(file) && /migrations\.Migration\b/.test(reading.text(file) ?? ''),
  );
  return files.flatMap((file) => {
    const root = reading.plain(file)?.tree;
    const set = within(root, ['assignment']).find((node) => childOf(node, 'left')?.text === 'operations');
    const calls = within(set && childOf(set, 'right'), ['call']).filter((call) => wordsOf(call) !== undefined);
    const does = calls.flatMap((call) => wordsOf(call) ?? []);
    return root === undefined ? [] : [{ file, does, down: calls.some(isOneWay) ? null : file }];
  });
}
