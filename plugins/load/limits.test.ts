import { describe, expect, it } from 'vitest';
import { judgeLoad, type Limits } from './limits.ts';
import type { Loaded } from './order.ts';

/** A thousand answers, each in its number of milliseconds: p95 is 950 ms, between 933 and 966. */
const even: Loaded = {
  sent: 1000,
  right: 1000,
  wrong: 0,
  failed: 0,
  unanswered: 0,
  wrongs: {},
  errors: {},
  elapsedMs: 10_000,
  stretches: new Array(10).fill(1000),
  perStretch: 100,
  histogram: Array.from({ length: 1000 }, (_, index) => [(index + 1) * 1000, 1] as const),
  stoppedEarly: false,
  client: { cpu: 0.2, delayMs: 1 },
};
const judge = (limits: Partial<Limits>, loaded: Partial<Loaded> = {}, slowdown = 1) =>
  judgeLoad('GET /a', { loaded: { ...even, ...loaded }, limits: { errors: 0, ...limits }, connections: 10, slowdown });

describe('limits', () => {
  it('are kept when even the upper bound of a percentile is within them', () => {
    expect(judge({ p95: 970, throughput: 100 })).toMatchObject({ findings: [], undecided: [] });
  });
  it('are broken when even the lower bound is beyond them', () => {
    const { findings } = judge({ p95: 900 });
    expect(findings.map(({ code }) => code)).toEqual(['load/slow']);
    expect(findings[0]?.message).toMatch(/^GET \/a: p95 is 950 ms \(98 % interval 93\d ms to 96\d ms\), the limit is 900 ms/);
  });
  it('are undecided in between', () => {
    const { findings, undecided } = judge({ p95: 950 });
    expect(findings).toEqual([]);
    expect(undecided[0]).toMatch(/the limit is 950 ms .*: too close to tell$/);
  });
  it('are undecided with too few requests', () => {
    const few = even.histogram.slice(0, 50);
    expect(judge({ p99: 60_000 }, { histogram: few, sent: 50 }).undecided[0]).toMatch(
      /too close to tell, with too few requests$/,
    );
  });
  it('are never broken by what may be the load generator itself', () => {
    const held = judge({ p95: 900 }, { client: { cpu: 0.2, delayMs: 50 } });
    expect(held.findings).toEqual([]);
    expect(held.undecided[0]).toContain('the load generator itself was held up for 50 ms');
    const busy = judge({ p95: 900, throughput: 1000 }, { client: { cpu: 0.9, delayMs: 1 } });
    expect(busy.findings).toEqual([]);
    expect(busy.undecided).toHaveLength(2);
    expect(busy.undecided[1]).toContain('the load generator itself used 90 % of a core');
  });
  it('are never broken by what may be other work on the machine', () => {
    const { findings, undecided } = judge({ p95: 400, throughput: 200 }, {}, 3);
    expect(findings).toEqual([]);
    expect(undecided).toEqual([
      expect.stringContaining('but other work on this machine made everything 3.0 times as slow as it could be'),
      expect.stringContaining('but other work on this machine'),
    ]);
    expect(judge({ p95: 300, throughput: 400 }, {}, 3).findings).toHaveLength(2);
  });
  it('ask for a throughput that is certain on either side', () => {
    const waves = { stretches: [500, 1500, 500, 1500, 500, 1500, 500, 1500, 500, 1500] };
    expect(judge({ throughput: 101 }).findings.map(({ code }) => code)).toEqual(['load/throughput']);
    expect(judge({ throughput: 101 }, waves).undecided[0]).toMatch(
      /^GET \/a: 100 per second, at least 101 per second .*: too close to tell$/,
    );
    const unknown = { stretches: [], perStretch: 0 };
    expect(judge({ throughput: 150 }, unknown).undecided).toHaveLength(1);
    expect(judge({ throughput: 250 }, unknown).findings).toHaveLength(1);
  });
  it('are not read off a load that ended early without a finding', () => {
    expect(judge({ errors: 50, p95: 900 }, { stoppedEarly: true }).undecided).toEqual([
      'GET /a: the load ended early after 1000 requests',
    ]);
  });
});
