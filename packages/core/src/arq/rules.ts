/** The rules of the three protocols. */
import type { Rule } from '../base/cause.ts';

export const ARQ_RULES = {
  corrupt: {
    id: 'ARQ-01',
    rfc: 'RFC 3366 §1.4',
    level: 'rule',
    text: 'A frame whose checksum does not fit counts as lost.',
  },
  stopAndWait: {
    id: 'ARQ-02',
    rfc: 'RFC 3366 §1.4.1',
    level: 'rule',
    text: 'Stop-and-wait sends nothing new before the last frame is acknowledged.',
  },
  window: {
    id: 'ARQ-03',
    rfc: 'RFC 3366 §1.4.2',
    level: 'rule',
    text: 'A sliding window lets at most N frames be unacknowledged at a time.',
  },
  goBackN: {
    id: 'ARQ-04',
    rfc: 'RFC 3366 §1.4.2',
    level: 'rule',
    text: 'After a timeout go-back-N sends again everything that is not acknowledged.',
  },
  selectiveRepeat: {
    id: 'ARQ-05',
    rfc: 'RFC 3366 §1.4.2',
    level: 'rule',
    text: 'After a timeout selective repeat sends again only the frame whose timer ran out.',
  },
  cumulative: {
    id: 'ARQ-06',
    rfc: 'RFC 3366 §1.4.2',
    level: 'rule',
    text: 'Without a buffer the receiver takes frames in order only, and repeats its last acknowledgment for any other.',
  },
  buffered: {
    id: 'ARQ-07',
    rfc: 'RFC 3366 §1.4.2',
    level: 'rule',
    text: 'Selective repeat keeps frames that come too early, acknowledges each by itself, and delivers in order.',
  },
  oldFrame: {
    id: 'ARQ-08',
    rfc: 'RFC 3366 §1.4',
    level: 'rule',
    text: 'A frame that was delivered before is acknowledged again and not delivered again: its acknowledgment may be lost.',
  },
  sequenceSpace: {
    id: 'ARQ-09',
    rfc: 'RFC 3366 §1.4.2',
    level: 'robust',
    text: 'The window is smaller than the sequence space: by one for go-back-N, by half for selective repeat.',
  },
  giveUp: {
    id: 'ARQ-10',
    rfc: 'RFC 3366 §2',
    level: 'rule',
    text: 'A frame that stays unacknowledged after its last attempt ends the transfer.',
  },
} as const satisfies Record<string, Rule>;
