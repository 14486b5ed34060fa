/**
 * The matrix: eleven states × classes of segments × their place in the window. The answers are written
 * down from RFC 9293 §3.10.7 and RFC 5961, not taken from the program.
 *
 * Rows: control bits and, behind them, what the ACK field says: `new` all we sent, `same` SND.UNA,
 * `unsent` one beyond SND.NXT, `old` below SND.UNA − MAX.SND.WND. `data` is ten bytes.
 * Columns: SEG.SEQ at RCV.NXT; inside the window but not at its edge; left of it; right of it.
 * Answers: `-` nothing, `ack` <SEQ=SND.NXT><ACK=RCV.NXT><CTL=ACK>, `rst` <SEQ=SEG.ACK><CTL=RST>,
 * `rst,ack` <SEQ=0><ACK=SEG.SEQ+SEG.LEN><CTL=RST,ACK>, `syn,ack`; behind `>` the state afterwards.
 */
import { flagLetters, seqDiff, type TcpState } from '@tcplab/core';
import { describe, expect, test } from 'vitest';
import {
  narrate,
  OUR_ISS,
  segmentOf,
  THEIR_ISS,
  type Narrator,
  type Words,
} from '../support/narrator.ts';

/** After the handshake, with nothing of ours outstanding and the peer still sending. */
const OPEN = `
  A new      -    -    ack  ack
  A unsent   ack  ack  ack  ack
  A old      ack  ack  ack  ack
  none       -    -    ack  ack
  data same  ack  ack  ack  ack
  data old   ack  ack  ack  ack
  F          -    -    ack  ack
  S          ack  ack  ack  ack
  SA same    ack  ack  ack  ack
  SA new     ack  ack  ack  ack
  SF         ack  ack  ack  ack
  R          >CLOSED  ack  -  -
  RA same    >CLOSED  ack  -  -
  SR         >CLOSED  ack  -  -
`;

/** After the peer's FIN: its text and FIN mean nothing any more. */
const ENDED = `
  A unsent   ack  ack  ack  ack
  A old      ack  ack  ack  ack
  none       -    -    ack  ack
  data same  -    -    ack  ack
  F          -    -    ack  ack
  FA same    -    -    ack  ack
  S          ack  ack  ack  ack
  SA same    ack  ack  ack  ack
  R          >CLOSED  ack  -  -
  RA same    >CLOSED  ack  -  -
`;

const UNSYNCHRONIZED = new Set<string>(['CLOSED', 'LISTEN', 'SYN-SENT']);

const MATRIX: readonly (readonly [TcpState, 'active' | 'passive', string])[] = [
  [
    'CLOSED',
    'active',
    `
  A new      rst  rst  rst  rst
  none       rst,ack  rst,ack  rst,ack  rst,ack
  data same  rst  rst  rst  rst
  data none  rst,ack  rst,ack  rst,ack  rst,ack
  S          rst,ack  rst,ack  rst,ack  rst,ack
  SF         rst,ack  rst,ack  rst,ack  rst,ack
  SA new     rst  rst  rst  rst
  F          rst,ack  rst,ack  rst,ack  rst,ack
  FA same    rst  rst  rst  rst
  R          -    -    -    -
  RA same    -    -    -    -
  SR         -    -    -    -
`,
  ],
  [
    'LISTEN',
    'passive',
    `
  A new      rst  rst  rst  rst
  none       -    -    -    -
  data same  rst  rst  rst  rst
  data none  -    -    -    -
  S          syn,ack>SYN-RECEIVED  syn,ack>SYN-RECEIVED  syn,ack>SYN-RECEIVED  syn,ack>SYN-RECEIVED
  SF         syn,ack>SYN-RECEIVED  syn,ack>SYN-RECEIVED  syn,ack>SYN-RECEIVED  syn,ack>SYN-RECEIVED
  SA new     rst  rst  rst  rst
  F          -    -    -    -
  FA same    rst  rst  rst  rst
  R          -    -    -    -
  RA new     -    -    -    -
  SR         -    -    -    -
`,
  ],
  [
    'SYN-SENT',
    'active',
    `
  A new      -    -    -    -
  A same     rst  rst  rst  rst
  A unsent   rst  rst  rst  rst
  none       -    -    -    -
  data new   -    -    -    -
  data same  rst  rst  rst  rst
  S          syn,ack>SYN-RECEIVED  syn,ack>SYN-RECEIVED  syn,ack>SYN-RECEIVED  syn,ack>SYN-RECEIVED
  SA same    rst  rst  rst  rst
  SA unsent  rst  rst  rst  rst
  SA new     ack>ESTABLISHED  ack>ESTABLISHED  ack>ESTABLISHED  ack>ESTABLISHED
  F          -    -    -    -
  FA new     -    -    -    -
  FA same    rst  rst  rst  rst
  R          -    -    -    -
  RA same    -    -    -    -
  RA unsent  -    -    -    -
  RA new     >CLOSED  >CLOSED  >CLOSED  >CLOSED
`,
  ],
  [
    'SYN-RECEIVED',
    'passive',
    `
  A new      >ESTABLISHED  >ESTABLISHED  ack  ack
  A same     rst  rst  ack  ack
  A unsent   rst  rst  ack  ack
  none       -    -    ack  ack
  data new   ack>ESTABLISHED  ack>ESTABLISHED  ack  ack
  data same  rst  rst  ack  ack
  FA new     ack>CLOSE-WAIT  ack>ESTABLISHED  ack  ack
  FA same    rst  rst  ack  ack
  F          -    -    ack  ack
  S          >CLOSED  >CLOSED  ack  ack
  SA new     >CLOSED  >CLOSED  ack  ack
  R          >CLOSED  ack  -  -
  RA same    >CLOSED  ack  -  -
`,
  ],
  [
    'SYN-RECEIVED',
    'active',
    `
  A new      >ESTABLISHED  >ESTABLISHED  ack  ack
  A same     rst  rst  ack  ack
  S          ack  ack  ack  ack
  SA new     ack  ack  ack  ack
  R          >CLOSED  ack  -  -
`,
  ],
  ['ESTABLISHED', 'active', `${OPEN}  FA same  ack>CLOSE-WAIT  ack  ack  ack`],
  ['ESTABLISHED', 'passive', `${OPEN}  FA same  ack>CLOSE-WAIT  ack  ack  ack`],
  [
    'FIN-WAIT-1',
    'active',
    `
  A new      >FIN-WAIT-2  >FIN-WAIT-2  ack  ack
  A same     -    -    ack  ack
  A unsent   ack  ack  ack  ack
  A old      ack  ack  ack  ack
  none       -    -    ack  ack
  data same  ack  ack  ack  ack
  data new   ack>FIN-WAIT-2  ack>FIN-WAIT-2  ack  ack
  F          -    -    ack  ack
  FA same    ack>CLOSING    ack  ack  ack
  FA new     ack>TIME-WAIT  ack>FIN-WAIT-2  ack  ack
  S          ack  ack  ack  ack
  SA new     ack  ack  ack  ack
  R          >CLOSED  ack  -  -
  RA new     >CLOSED  ack  -  -
`,
  ],
  ['FIN-WAIT-2', 'active', `${OPEN}  FA same  ack>TIME-WAIT  ack  ack  ack`],
  ['CLOSE-WAIT', 'active', `${ENDED}  A new  -  -  ack  ack`],
  [
    'CLOSING',
    'active',
    `${ENDED}
  A new      >TIME-WAIT  >TIME-WAIT  ack  ack
  FA new     >TIME-WAIT  >TIME-WAIT  ack  ack
  A same     -    -    ack  ack
`,
  ],
  [
    'LAST-ACK',
    'active',
    `${ENDED}
  A new      >CLOSED  >CLOSED  ack  ack
  FA new     >CLOSED  >CLOSED  ack  ack
  A same     -    -    ack  ack
`,
  ],
  ['TIME-WAIT', 'active', `${ENDED}  A new  -  -  ack  ack`],
];

const PLACES = ['at RCV.NXT', 'inside', 'left', 'right'] as const;

for (const [state, origin, table] of MATRIX) {
  describe(`A segment arrives in ${state}, after ${origin} OPEN`, () => {
    for (const row of table.split('\n').filter((line) => line.trim() !== '')) {
      const cells = row.trim().split(/\s+/);
      const hasAck = cells.length === 6;
      const kind = hasAck ? `${cells[0]} ${cells[1]}` : cells[0]!;
      const answers = cells.slice(hasAck ? 2 : 1);
      test(`${kind}: ${answers.join(' | ')}`, () => {
        for (const [column, expected] of answers.entries()) {
          const place = PLACES[column]!;
          expect([place, answerTo(state, origin, kind, place)]).toEqual([place, expected]);
        }
      });
    }
  });
}

/** Lets one such segment arrive in a fresh connection and says what came back, in the table's words. */
function answerTo(
  state: TcpState,
  origin: 'active' | 'passive',
  kind: string,
  place: (typeof PLACES)[number],
): string {
  const story = narrate().given(state, origin);
  const words = wordsOf(story, kind, place);
  story.arrives(words);
  const answers = story.takeSent().map(({ segment }) => {
    const letters = flagLetters(segment.flags);
    const arrived = segmentOf(words);
    const { tcb } = story.connection;
    if (letters === 'A' && segment.seq === tcb.snd.nxt && segment.ack === tcb.rcv.nxt) return 'ack';
    if (letters === 'R' && segment.seq === arrived.ack) return 'rst';
    if (letters === 'SA' && segment.seq === OUR_ISS && segment.ack === tcb.rcv.nxt)
      return 'syn,ack';
    const end =
      arrived.seq + arrived.payload.length + (arrived.flags & 1) + ((arrived.flags & 2) >> 1);
    if (letters === 'RA' && segment.seq === 0 && segment.ack === end >>> 0) return 'rst,ack';
    return `unexpected ${letters} seq ${seqDiff(segment.seq, OUR_ISS)} ack ${seqDiff(segment.ack, THEIR_ISS)}`;
  });
  const after = story.connection.state;
  const text = answers.join('+');
  if (after === state) return text === '' ? '-' : text;
  return `${text}>${after}`;
}

function wordsOf(story: Narrator, kind: string, place: (typeof PLACES)[number]): Words {
  const { tcb } = story.connection;
  const [bits, ackClass] = kind.split(' ') as [string, string | undefined];
  const una = seqDiff(tcb.snd.una, OUR_ISS);
  const nxt = seqDiff(tcb.snd.nxt, OUR_ISS);
  const acks: Record<string, number> = { new: nxt, same: una, unsent: nxt + 1, old: una - 20_001 };
  const len = bits === 'data' ? 10 : 0;
  const next = UNSYNCHRONIZED.has(story.connection.state) ? 1 : seqDiff(tcb.rcv.nxt, THEIR_ISS);
  const seqs = {
    'at RCV.NXT': next,
    inside: next + 100,
    // The last number of the segment lies just before the window.
    left: next - Math.max(1, len + (bits.match(/[SF]/g)?.length ?? 0)),
    right: next + tcb.rcv.wnd,
  };
  const ack = ackClass === undefined || ackClass === 'none' ? undefined : acks[ackClass]!;
  const flags = bits === 'none' ? '' : bits === 'data' ? (ack === undefined ? 'P' : 'PA') : bits;
  return { flags, seq: seqs[place], len, ...(ack === undefined ? {} : { ack }) };
}
