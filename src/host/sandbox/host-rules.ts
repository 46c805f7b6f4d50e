// Which hosts a start with `network: {kind: 'hosts'}` may reach.
import { BlockList, isIP } from 'node:net';

/** Without the dot of the root and the brackets of IPv6, in small letters. */
export const plainHost = (host: string): string =>
  host
    .toLowerCase()
    .replace(/^\[(.*)\]$/, '$1')
    .replace(/\.$/, '');

/** `registry.example.org`, `*.example.org` (any name below it), `*` (all). */
export function isNamed(host: string, hosts: readonly string[]): boolean {
  return hosts.map(plainHost).some((entry) => {
    if (entry === '*') return true;
    return entry.startsWith('*.') ? host.endsWith(entry.slice(1)) : host === entry;
  });
}

/** Addresses that are this machine, or that only a machine's own network answers (clouds hand out credentials at 169.254.169.254). */
const own = new BlockList();
own.addSubnet('127.0.0.0', 8);
own.addSubnet('0.0.0.0', 8);
own.addSubnet('169.254.0.0', 16);
own.addAddress('::1', 'ipv6');
own.addAddress('::', 'ipv6');
own.addSubnet('fe80::', 10, 'ipv6');

const mapped = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i;

/** `interfaces`: addresses of the machine's network interfaces, which reach what listens on all of them. */
export function isOwnAddress(address: string, interfaces: readonly string[]): boolean {
  const plain = mapped.exec(address)?.[1] ?? address;
  return interfaces.includes(plain) || own.check(plain, isIP(plain) === 6 ? 'ipv6' : 'ipv4');
}

/** True for a host of the machine itself that the list names by itself; `*` does not. */
export function namesOwn(host: string, hosts: readonly string[]): boolean {
  const literal = isIP(host) !== 0 || host === 'localhost' || host.endsWith('.localhost');
  return literal && hosts.map(plainHost).includes(host);
}
