// What a database handle needs of a server, embedded or given.
import type { CpuTime, ProxyAddress, ServiceHandle } from '../../src/plugin-api.ts';

export interface Server extends AsyncDisposable {
  readonly kind: 'embedded' | 'given';
  readonly version: string;
  readonly address: ServiceHandle['address'];
  url(address: ProxyAddress, database: string): string;
  create(name: string): Promise<void>;
  copy(from: string, to: string): Promise<void>;
  drop(name: string): Promise<void>;
  /** Ends every session of one database. */
  cut(name: string): Promise<void>;
  /** Lines of the server's log that concern the database or the whole server. */
  log(database: string): Promise<string>;
  cpu(): Promise<CpuTime>;
  /** Restarts the server; where it is not ours, ends the sessions of the database. */
  restart(database: string): Promise<void>;
}
