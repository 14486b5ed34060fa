/**
 * Every scenario of the library as a capture, and tshark's opinion of it: nothing malformed, no wrong
 * checksum, every TLS record decrypted with the secrets in the file, and as many segments sent again
 * as the simulation knows of.
 */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import {
  captureTruth,
  packetsAtTap,
  sendersTap,
  toPcapng,
} from '../../packages/sim/src/export/index.ts';
import {
  loadScenario,
  recordScenario,
  variationsOf,
} from '../../packages/sim/src/scenario/index.ts';
import type { TraceMemory } from '../../packages/sim/src/trace/index.ts';
import { LIBRARY_FILES, libraryText } from '../../packages/sim/test/scenario/library.ts';
import { fieldsOf, hasTshark, type SeenFrame } from '../support/tshark.ts';

const FIELDS = [
  'frame.number',
  'frame.protocols',
  'ip.src',
  '_ws.expert.message',
  'ip.checksum.status',
  'tcp.checksum.status',
  'udp.checksum.status',
  'tcp.analysis.retransmission',
  'tcp.analysis.spurious_retransmission',
  'tcp.analysis.out_of_order',
  'tls.record.version',
  'tls.record.content_type',
] as const;

type Frame = SeenFrame<(typeof FIELDS)[number]>;

/** A checksum that tshark found wrong; it does not check (2) what an ICMP message quotes in part. */
const CHECKSUM_BAD = '0';

/**
 * What tshark may remark, because it is so. Everything else fails, also a mere note: so it tells, for
 * one, of options that are wrong.
 */
const TRUE_REMARKS: readonly RegExp[] = [
  /^Connection (establish|finish|reset)/,
  /^This frame (initiates|undergoes) the connection closing$/,
  /^Duplicate ACK \(#\d+\)$/,
  /^This frame is a \(suspected\) (fast |spurious )?retransmission$/,
  /^This frame is a \(suspected\) out-of-order segment$/,
  /^Previous segment\(s\) not captured/,
  /^ACKed segment that wasn't captured/,
  /^(ACK to a )?TCP keep-alive segment$/,
  /^(ACK to a )?TCP [Zz]ero [Ww]indow/,
  /^TCP window (update|specified)/i,
  /^A new tcp session is started with the same ports/,
  /^(GET|HEAD|POST|PUT|DELETE|OPTIONS|PATCH) \S+ HTTP\/1\.[01]/,
  /^HTTP\/1\.[01] \d{3}/,
  /^This session reuses previously negotiated keys/,
  /^sim: /,
];

/** What tshark remarks on in one scenario only, and why it is right to be there. */
const REMARKS_OF: { readonly [file: string]: { readonly says: RegExp; readonly because: string } } =
  {
    'old-duplicate-syn.yaml': {
      says: /^TCP SYN-ACK accepting TFO data$/,
      because: 'a SYN-ACK that answers the old SYN acknowledges more than the new SYN has sent',
    },
  };

/** Frames with TLS records that no key log opens, and why. */
const UNREADABLE: { readonly [file: string]: string } = {
  'tls-altered-record.yaml': 'somebody has changed a byte of the record, so it fails its check',
  'tls-early-data-replayed.yaml':
    'the replayed ClientHello has the random of the first, by which secrets are looked up',
};

interface Judged {
  readonly file: string;
  readonly trace: TraceMemory;
  readonly tap: string;
  readonly frames: readonly Frame[];
}

function record(file: string): TraceMemory {
  const loaded = loadScenario(libraryText(file), file);
  const variations = loaded.ok ? variationsOf(loaded.loaded) : undefined;
  if (variations?.ok !== true) throw new Error(`${file} does not load`);
  return recordScenario(variations.variations[0]!.loaded).trace;
}

if (!hasTshark) console.log('tshark is absent: its judgment of the library is skipped');

describe.skipIf(!hasTshark).concurrent('tshark on the capture of', () => {
  const folder = mkdtempSync(join(tmpdir(), 'library-captures-'));
  afterAll(() => rmSync(folder, { recursive: true }));

  async function judge(file: string): Promise<Judged> {
    const trace = record(file);
    const tap = sendersTap(trace.header!, trace.records).host;
    const capture = join(folder, `${file}.pcapng`);
    writeFileSync(capture, toPcapng(trace.header!, trace.records));
    return { file, trace, tap, frames: await fieldsOf(capture, FIELDS) };
  }

  test.each(LIBRARY_FILES)('%s', async (file) => {
    const judged = await judge(file);
    expect(judged.frames.length).toBeGreaterThan(0);
    expect(judged.frames.flatMap((frame) => complaints(file, frame))).toEqual([]);
    expect(unreadable(judged.frames).length > 0, UNREADABLE[file]).toBe(file in UNREADABLE);
    expect(sentAgainAsSeen(judged)).toEqual(sentAgainAsKnown(judged));
  });
});

function complaints(file: string, frame: Frame): readonly string[] {
  const [number] = frame['frame.number'];
  const found = frame['_ws.expert.message'].filter((text) => !isTrue(file, text));
  for (const field of ['ip.checksum.status', 'tcp.checksum.status', 'udp.checksum.status'] as const)
    if (frame[field].includes(CHECKSUM_BAD)) found.push(`${field} is bad`);
  const protocols = frame['frame.protocols'].join('');
  if (/_ws\.(malformed|short|unreassembled)/.test(protocols)) found.push(protocols);
  return found.map((text) => `frame ${number}: ${text}`);
}

function isTrue(file: string, text: string): boolean {
  const own = REMARKS_OF[file]?.says.test(text) ?? false;
  return own || TRUE_REMARKS.some((remark) => remark.test(text));
}

/** A record that is decrypted shows its version and what it really holds. */
function unreadable(frames: readonly Frame[]): readonly Frame[] {
  return frames.filter(
    (frame) => frame['tls.record.version'].length !== frame['tls.record.content_type'].length,
  );
}

/** tshark has three names for what is sent again; the host's own tap sees no real reordering. */
function sentAgainAsSeen({ frames, tap, trace }: Judged): readonly number[] {
  const address = trace.header!.hosts.find(({ name }) => name === tap)!.address;
  const again = frames.filter(
    (frame) =>
      frame['ip.src'][0] === address &&
      (frame['tcp.analysis.retransmission'].length > 0 ||
        frame['tcp.analysis.spurious_retransmission'].length > 0 ||
        frame['tcp.analysis.out_of_order'].length > 0),
  );
  return again.map((frame) => Number(frame['frame.number'][0]));
}

/**
 * Probes of a closed window and keep-alives repeat octets too, and have a name of their own; what a
 * probe carried in vain is sent anew when the window opens.
 */
function sentAgainAsKnown({ trace, tap }: Judged): readonly number[] {
  const header = trace.header!;
  const { zwp, ka } = captureTruth(header, trace.records, { host: tap });
  const probed = new Set<number | undefined>();
  return packetsAtTap(header, trace.records, { host: tap }).flatMap(({ direction, packet }, at) => {
    const number = at + 1;
    if (zwp.includes(number)) probed.add(packet.seq);
    const isProbe = ka.includes(number) || probed.has(packet.seq);
    return direction === 'out' && packet.resent === true && !isProbe ? [number] : [];
  });
}
