// `defaults:` and other things that a playbook may hold without using them.
import { nearest } from '../diagnostics/nearest.ts';
import type { Plan } from '../model/plan.ts';
import { quantityForms } from '../registry/quantity.ts';
import type { Registry } from '../registry/registry.ts';
import { valueWords } from '../registry/type-words.ts';
import { amountOf } from './amounts.ts';
import type { Complaints } from './complaints.ts';
import { complainUnusedSecrets } from './secrets.ts';
import type { Source } from './source.ts';
import { field, fieldsOf, type Node, nodeOf, plain, textOf, textsBelow } from './tree.ts';

/**
 * Values for plugins that no step of this playbook uses are checked too, and values in whose place each step says another: another
 * playbook will use them.
 */
export async function checkDefaults(options: {
  readonly node: Node | undefined;
  readonly registry: Registry;
  readonly used: Plan['plugins'];
  readonly complaints: Complaints;
}): Promise<void> {
  const { registry, used, complaints } = options;
  for (const [name, node] of fieldsOf(options.node)) {
    if (name === 'timeout') {
      if (textOf(node) !== undefined && amountOf(node, 'duration') !== undefined) continue;
      complaints.at(
        'playbook/form',
        { key: 'timeout', expected: quantityForms.duration, found: valueWords(plain(node)) },
        node,
        'value',
      );
    } else if (!registry.names.includes(name) && !Object.hasOwn(used, name) && !name.startsWith('./')) {
      const near = nearest(name, registry.names);
      const facts = { name, known: registry.names, ...(near === undefined ? {} : { near }) };
      complaints.at('playbook/defaults-plugin', facts, node, 'key');
    } else if (node.kind !== 'map') {
      complaints.at('playbook/type', { key: name, expected: 'a map of keys', found: valueWords(plain(node)) }, node, 'value');
    } else if (
      (registry.names.includes(name) || Object.hasOwn(used, name)) &&
      ![...textsBelow(node)].some(({ text }) => text.includes('${{'))
    ) {
      const { problems } = await registry.examine(name, plain(node));
      complaints.values(
        problems.filter(({ code }) => code !== 'playbook/missing-key'),
        node,
      );
    }
  }
}

/** What a playbook itself holds and nothing uses; bexpert.yml serves several playbooks and may hold more than one needs. */
export function complainUnused(options: {
  readonly root: Node;
  readonly ownFile: Source | undefined;
  readonly playbook: Source;
  readonly plan: Plan;
  readonly complaints: Complaints;
}): void {
  const { root, ownFile, playbook, plan, complaints } = options;
  const below = ownFile === undefined ? undefined : nodeOf(ownFile.value, { source: ownFile, path: [] });
  const top = nodeOf(playbook.value, { source: playbook, path: [] });
  const own = (key: string, name: string): boolean =>
    field(field(below, key), name) === undefined && field(field(top, key), name) !== undefined;
  for (const [name, node] of fieldsOf(field(root, 'defaults'))) {
    if (name !== 'timeout' && own('defaults', name) && !Object.hasOwn(plan.plugins, name)) {
      complaints.at('playbook/unused', { what: `\`defaults\` for \`${name}\``, by: 'no step uses that plugin' }, node, 'key');
    }
  }
  const acts = plan.phases.some(({ kind }) => kind === 'action');
  for (const [key, by] of [
    ['budget', 'no phase acts, and gates have a `timeout` of their own'],
    ['model', 'no phase acts'],
    ['deliver', 'no phase acts, so there is nothing to deliver'],
  ] as const) {
    const node = field(root, key);
    // What a template asks of all who extend it stands there for others too.
    if (
      !acts &&
      field(top, 'extends') === undefined &&
      node !== undefined &&
      field(below, key) === undefined &&
      field(top, key) !== undefined
    )
      complaints.at('playbook/unused', { what: `\`${key}\``, by }, node, 'key');
  }
  complainUnusedSecrets({ node: field(root, 'secrets'), own: (name) => own('secrets', name), plan, complaints });
  const started = new Set<string>();
  const start = (name: string): void => {
    if (started.has(name)) return;
    started.add(name);
    if (Object.hasOwn(plan.services, name)) for (const dependency of plan.services[name]?.dependencies ?? []) start(dependency);
  };
  for (const name of [...plan.phases.flatMap(({ steps }) => steps), ...(plan.finally ?? [])].flatMap(({ services }) => services))
    start(name);
  for (const [name, node] of fieldsOf(field(root, 'services'))) {
    if (own('services', name) && !started.has(name))
      complaints.at('playbook/unused', { what: `The service \`${name}\``, by: 'no step starts it' }, node, 'key');
  }
}
