// What commands may not ask of the kernel: a filter in classic BPF (seccomp(2), linux/filter.h) for `bwrap --seccomp`.
import { existsSync } from 'node:fs';
import { endianness } from 'node:os';

/** Where a system call stands in `struct seccomp_data`: its number, its architecture, the low half of its second argument. */
const at = { number: 0, architecture: 4, request: 24 } as const;

/** Numbers of ioctl(2) by AUDIT_ARCH of linux/audit.h; a 64-bit kernel also runs programs of 32 bits, and x32. */
const ioctl: readonly { readonly architecture: number; readonly numbers: readonly number[] }[] = [
  { architecture: 0xc000003e, numbers: [16, 0x40000202] },
  { architecture: 0xc00000b7, numbers: [29] },
  { architecture: 0x40000003, numbers: [54] },
  { architecture: 0x40000028, numbers: [54] },
];

/** Defragmenters exchange the blocks of two files and set no time stamp, so that nobody sees that a file was changed. */
const refused: readonly number[] = [
  0xc028660f, // EXT4_IOC_MOVE_EXT
  0xc0c0586d, // XFS_IOC_SWAPEXT
];

const load = 0x20;
const jumpIfEqual = 0x15;
const end = 0x06;
const allow = 0x7fff0000;
/** EPERM. */
const deny = 0x00050001;

type Instruction = readonly [code: number, value: number, ifEqual?: number, otherwise?: number];

function program(): readonly Instruction[] {
  // Jumps count the instructions that are passed over; every block of an architecture is passed over as a whole.
  const requests: readonly Instruction[] = [
    [load, at.request],
    ...refused.map((request, index): Instruction => [jumpIfEqual, request, refused.length - index, 0]),
    [end, allow],
    [end, deny],
  ];
  const blocks = ioctl.map(({ architecture, numbers }): readonly Instruction[] => {
    const calls: readonly Instruction[] = [
      [load, at.number],
      ...numbers.map((number, index): Instruction => [jumpIfEqual, number, numbers.length - index, 0]),
      [end, allow],
      ...requests,
    ];
    return [[jumpIfEqual, architecture, 0, calls.length], ...calls];
  });
  return [[load, at.architecture], ...blocks.flat(), [end, allow]];
}

/** The filter as the kernel takes it; undefined where it takes none. */
export function systemCallFilter(): Uint8Array | undefined {
  if (endianness() !== 'LE' || !existsSync('/proc/sys/kernel/seccomp/actions_avail')) return undefined;
  const instructions = program();
  const bytes = Buffer.alloc(instructions.length * 8);
  for (const [index, [code, value, ifEqual = 0, otherwise = 0]] of instructions.entries()) {
    bytes.writeUInt16LE(code, index * 8);
    bytes.writeUInt8(ifEqual, index * 8 + 2);
    bytes.writeUInt8(otherwise, index * 8 + 3);
    bytes.writeUInt32LE(value, index * 8 + 4);
  }
  return bytes;
}
