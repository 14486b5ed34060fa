import { EMPTY_PAYLOAD, type Cause, type Payload, type Seq } from '../../base/index.ts';
import { ACK, NO_OPTIONS, SYN, type TcpOption, type TcpSegment } from '../../wire/index.ts';
import type { ConnectionEnds } from '../journal.ts';

/** What a segment needs to know of its connection. */
interface Sender {
  readonly ends: ConnectionEnds;
  readonly rcv: { readonly nxt: Seq; readonly wnd: number };
  readonly synOptions: readonly TcpOption[];
}

/** What differs from segment to segment. */
interface Content {
  readonly seq: Seq;
  readonly flags: number;
  readonly text?: Payload;
  readonly up?: number;
  readonly resent?: boolean;
}

/**
 * One outgoing segment. All have the same fields in the same order, which keeps the engine's code for
 * them monomorphic. The acknowledgment and window are those of this moment (RFC 9293 §3.10.7.4).
 */
export function buildSegment(sender: Sender, content: Content, cause: Cause): TcpSegment {
  const { ends, rcv } = sender;
  const { flags } = content;
  return {
    kind: 'tcp',
    srcPort: ends.localPort,
    dstPort: ends.remotePort,
    seq: content.seq,
    ack: (flags & ACK) === 0 ? 0 : rcv.nxt,
    flags,
    // A window above 65,535 cannot be said without scaling (RFC 9293 §3.1, MUST-1).
    wnd: rcv.wnd > 65_535 ? 65_535 : rcv.wnd,
    up: content.up ?? 0,
    options: (flags & SYN) === 0 ? NO_OPTIONS : sender.synOptions,
    payload: content.text ?? EMPTY_PAYLOAD,
    cause,
    resent: content.resent === true ? true : undefined,
  };
}
