import type { Complaints } from '../playbook/complaints.ts';
import { type Node, plain } from '../playbook/tree.ts';
import { conform } from '../registry/conform.ts';
import { valueProblems } from '../registry/value-problem.ts';
import { type PlaytestPart, playtestGrammar } from './grammar.ts';

/** Is every key of this part known and of its type? */
export function checkPart(o: {
  readonly node: Node;
  readonly part: PlaytestPart;
  readonly where: string;
  readonly complaints: Complaints;
}): void {
  const schema = playtestGrammar[o.part];
  o.complaints.values(valueProblems({ schema, value: conform(schema, plain(o.node)), where: o.where }), o.node);
}
