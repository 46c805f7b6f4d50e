import { defineAction } from '../../../../src/plugin-api.ts';
import { manifest } from './manifest.ts';

export default defineAction(manifest, async (_, host, turn) => {
  const { tools, budget } = turn;
  await host.work.write('made/by-host.txt', 'by the host');
  await host.work.write('made/removed.txt', 'for a moment');
  await host.work.remove('made/removed.txt');
  const viewed = await tools.call('view_file', { AbsolutePath: `${host.work.path}/src/a.js` });
  const edited = await tools.call('replace_file_content', {
    TargetFile: 'src/a.js',
    TargetContent: 'thing',
    ReplacementContent: 'changed thing',
    AllowMultiple: false,
  });
  const refused = await tools.call('replace_file_content', {
    TargetFile: 'protected.txt',
    TargetContent: 'kept',
    ReplacementContent: 'changed',
  });
  const unknown = await tools.call('no_such_tool', {});
  const before = budget.left;
  const reservation = await budget.reserve({ tokens: 600, usd: 0.01 });
  const during = budget.left;
  await reservation.settle({ tokens: 100, usd: 0.001 });
  const after = budget.left;
  const broke = await budget.reserve({ tokens: 5000, usd: 0 }).catch((error: { code: string }) => error.code);
  await turn.checkpoint({ at: turn.attempt });
  await tools.call('report_blocked', { reason: 'no more to do', evidence: 'none' });
  return {
    outputs: {
      seen: {
        attempt: turn.attempt,
        feedback: turn.feedback.map(({ code }) => code),
        brief: turn.brief.map(({ title }) => title),
        state: turn.state ?? null,
        rules: turn.rules,
        specs: tools.specs.map(({ name, inputSchema }) => `${name}:${String(inputSchema.type)}`),
        viewed: viewed.isError,
        edited: edited.isError,
        refused: [refused.isError, refused.content.includes('protected by the scene')],
        unknown: unknown.isError,
        blocked: tools.blocked ?? null,
        left: [before.tokens ?? null, during.tokens ?? null, after.tokens ?? null],
        broke: typeof broke === 'string' ? broke : 'reserved',
      },
    },
    outcome: 'ok',
    summary: 'looked at everything',
  };
});
