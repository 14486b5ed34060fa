/** TCP options in words, as traces and drawings show them. */
import { toHex } from '../base/bytes.ts';
import type { TcpOption } from './tcp-option.ts';

/** e.g. `mss 1460, nop, wscale 7, sackOK, TS val 1 ecr 0, sack 1:5`; empty for no options. */
export function describeOptions(options: readonly TcpOption[]): string {
  let text = '';
  for (const option of options) text += text === '' ? describe(option) : `, ${describe(option)}`;
  return text;
}

function describe(option: TcpOption): string {
  switch (option.kind) {
    case 'eol':
    case 'nop':
      return option.kind;
    case 'mss':
      return `mss ${option.mss}`;
    case 'window-scale':
      return `wscale ${option.shift}`;
    case 'sack-permitted':
      return 'sackOK';
    case 'sack':
      return `sack ${option.blocks.map(({ left, right }) => `${left}:${right}`).join(' ')}`;
    case 'timestamps':
      return `TS val ${option.value} ecr ${option.echo}`;
    case 'user-timeout':
      return `uto ${option.value} ${option.minutes ? 'min' : 's'}`;
    case 'fast-open':
      return option.cookie.length === 0 ? 'fast open request' : `fast open ${toHex(option.cookie)}`;
    case 'md5':
      return `md5 ${toHex(option.digest)}`;
    case 'authentication':
      return `ao key ${option.keyId} next ${option.nextKeyId} mac ${toHex(option.mac)}`;
    case 'unknown':
      return `option ${option.number}${option.data.length === 0 ? '' : ` ${toHex(option.data)}`}`;
  }
}
