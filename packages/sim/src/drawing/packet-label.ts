/** What a drawing writes beside a packet: flags, sequence numbers and what is worth saying. */
import type { Flight } from './flight.ts';
import type { ShownNumbers } from './relative-numbers.ts';
import type { Story } from './story.ts';
import { NO_BREAK } from './text-row.ts';

export interface LabelOptions {
  /** Sequence numbers as they stand in the header instead of counted from each side's first. */
  readonly absolute?: boolean;
}

export interface PacketLabel {
  /** Always shown: number, flags, sequence numbers. */
  readonly main: string;
  /** Where there is little room: number and flags. */
  readonly short: string;
  /** Shown where there is room; those that `must` be shown go to another line if there is none. */
  readonly parts: readonly { readonly text: string; readonly must: boolean }[];
}

const FLAG_WORDS: readonly (readonly [string, string])[] = [
  ['S', 'SYN'],
  ['F', 'FIN'],
  ['R', 'RST'],
  ['P', 'PSH'],
  ['U', 'URG'],
  ['E', 'ECE'],
  ['W', 'CWR'],
  ['A', 'ACK'],
];

/** Labels the packets of a story. A window is named on the first segment that carries it. */
export class PacketLabels {
  readonly #story: Story;
  readonly #options: LabelOptions;
  readonly #newWindow = new Set<Flight>();

  constructor(story: Story, options: LabelOptions = {}) {
    this.#story = story;
    this.#options = options;
    const windows = new Map<string, number>();
    for (const flight of story.flights) {
      const { packet } = flight;
      const key = `${packet.src}:${packet.srcPort} ${packet.dst}:${packet.dstPort}`;
      if (packet.wnd === undefined || windows.get(key) === packet.wnd) continue;
      windows.set(key, packet.wnd);
      this.#newWindow.add(flight);
    }
  }

  of(flight: Flight): PacketLabel {
    const { packet } = flight;
    const connection = this.#story.connections > 1 && flight.connection > 0;
    const name = connection ? `#${packet.id} [${flight.connection}]` : `#${packet.id}`;
    const marks = flight.marks.map((text) => ({ text, must: true }));
    if (packet.proto === 'tcp') {
      const { words, numbers, parts } = this.#tcp(flight);
      const short = `${name} ${words === '' ? 'data' : words}`;
      const main = [name, words, numbers].filter((part) => part !== '').join(' ');
      return { main, short, parts: [...parts, ...marks] };
    }
    const size = { text: `len ${packet.len}`, must: false };
    const main = `${name} ${otherProtocol(flight)}`;
    return { main, short: `${name} ${packet.proto}`, parts: [size, ...marks] };
  }

  #tcp(flight: Flight): {
    readonly words: string;
    readonly numbers: string;
    readonly parts: PacketLabel['parts'];
  } {
    const { packet, again } = flight;
    const flags = packet.flags ?? '';
    const shown = this.#options.absolute === true ? absolute(flight) : flight.numbers;
    const hasAck = flags.includes('A');
    const range = packet.len > 0 ? `${shown.seq}:${shown.seq + packet.len}` : `${shown.seq}`;
    const isSyn = flags.includes('S');
    const parts: { text: string; must: boolean }[] = [];
    const isPlainAck = packet.len === 0 && hasAck && !/[SFR]/.test(flags);
    if (hasAck && !isPlainAck) parts.push({ text: `ack ${shown.ack}`, must: true });
    if (shown.ackOf !== undefined)
      parts.push({ text: `of isn${NO_BREAK}${shown.ackOf}`, must: true });
    if (again !== undefined) parts.push({ text: `= #${again} again`, must: true });
    else if (packet.resent === true) parts.push({ text: 'again', must: true });
    if (packet.len > 0) parts.push({ text: `len ${packet.len}`, must: false });
    if (this.#newWindow.has(flight)) parts.push({ text: `win ${packet.wnd}`, must: true });
    if (isSyn && this.#options.absolute !== true && again === undefined) {
      parts.push({ text: `isn${NO_BREAK}${packet.seq}`, must: true });
    }
    const options = worthSaying(shown.options);
    if (options !== '') parts.push({ text: options, must: true });
    const words = flagWords(flags, packet.len > 0);
    const numbers = isPlainAck ? String(shown.ack) : isSyn ? `seq ${range}` : range;
    return { words, numbers, parts };
  }
}

/** `SYN,ACK`. A data segment's ACK goes without saying: its `ack` is written. */
export function flagWords(flags: string, hasData = false): string {
  return FLAG_WORDS.filter(([letter]) => flags.includes(letter))
    .filter(([letter]) => letter !== 'A' || !hasData || /[SFR]/.test(flags))
    .map(([, word]) => word)
    .join(',');
}

function absolute(flight: Flight): ShownNumbers {
  const { seq, ack, options } = flight.packet;
  return { seq: seq ?? 0, ack: ack ?? 0, options: options ?? '' };
}

/** Without what only fills up, and without timestamps, which every segment carries. */
function worthSaying(options: string): string {
  return options
    .split(', ')
    .filter((option) => option !== '' && option !== 'nop' && !option.startsWith('TS '))
    .map((option) => option.replaceAll(' ', NO_BREAK))
    .join(', ');
}

const ICMP_NAMES: { readonly [type: number]: string } = {
  0: 'echo reply',
  3: 'destination unreachable',
  4: 'source quench',
  8: 'echo',
  11: 'time exceeded',
  12: 'parameter problem',
};

function otherProtocol(flight: Flight): string {
  const { packet } = flight;
  if (packet.proto === 'udp') return `UDP ${packet.srcPort}→${packet.dstPort}`;
  if (packet.proto === 'icmp') {
    const code = packet.code === undefined || packet.code === 0 ? '' : ` code ${packet.code}`;
    return `ICMP ${ICMP_NAMES[packet.type ?? -1] ?? `type ${packet.type}`}${code}`;
  }
  return 'raw';
}
