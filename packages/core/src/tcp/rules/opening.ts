/** Rules: initial sequence numbers and opening. */
import type { Rule } from '../../base/index.ts';

export const openingRules = [
  {
    id: 'O-001',
    rfc: 'RFC 9293 §3.4.1 MUST-8',
    level: 'MUST',
    text: 'A clock that steps about every 4 microseconds, wrapping after some 4.5 hours, contributes to each ISN.',
  },
  {
    id: 'O-002',
    rfc: 'RFC 9293 §3.4.1 SHLD-1',
    level: 'SHOULD',
    text: 'The ISN is a clock value M plus a hash F over both addresses, both ports and a secret.',
  },
  {
    id: 'O-003',
    rfc: 'RFC 9293 §3.4.1 MUST-9',
    level: 'MUST',
    text: 'Outsiders cannot work out F, because it is a keyed pseudorandom function; the simulator takes its key from the run seed.',
  },
  {
    id: 'O-005',
    rfc: 'RFC 9293 §3.5',
    level: 'rule',
    text: 'A connection opens with SYN, a SYN-ACK acknowledging ISS+1, and an ACK; from that third segment on, data may flow (Fig. 6).',
  },
  {
    id: 'O-006',
    rfc: 'RFC 9293 §3.5',
    level: 'rule',
    text: 'Data that comes with a SYN is allowed; it is stored, and the user gets it once ESTABLISHED is reached.',
  },
  {
    id: 'O-007',
    rfc: 'RFC 9293 §3.5 MUST-10',
    level: 'MUST',
    text: 'If SYNs cross, each end moves from SYN-SENT to SYN-RECEIVED, sends SYN,ACK with its unchanged ISS, and then reaches ESTABLISHED.',
  },
  {
    id: 'O-008',
    rfc: 'RFC 9293 §3.5 MUST-11',
    level: 'MUST',
    text: 'A connection in SYN-RECEIVED knows which kind of OPEN, active or passive, started it.',
  },
  {
    id: 'O-009',
    rfc: 'RFC 9293 §3.5',
    level: 'rule',
    text: 'If a listener answers an old SYN, the initiator resets the wrong ack with SEQ equal to it; LISTEN resumes and the new SYN works (Fig. 8).',
  },
  {
    id: 'O-010',
    rfc: 'RFC 9293 §3.5.1',
    level: 'rule',
    text: "A restarted client's SYN draws an ACK from its ESTABLISHED peer; the client's RST aborts that peer, and a second SYN works (Fig. 9).",
  },
  {
    id: 'O-011',
    rfc: 'RFC 9293 §3.5.1',
    level: 'rule',
    text: 'Data reaching a host that has no TCB for it is answered by a RST with SEQ=SEG.ACK, and its sender aborts (Fig. 10).',
  },
  {
    id: 'O-012',
    rfc: 'RFC 9293 §3.5.1',
    level: 'rule',
    text: 'Of two passive sockets, one answers an old SYN; the other, in LISTEN, resets that SYN-ACK, and both end in LISTEN (Fig. 11).',
  },
  {
    id: 'O-013',
    rfc: 'RFC 9293 §3.10.1',
    level: 'rule',
    text: 'An active OPEN in CLOSED picks ISS, sends a SYN with SEQ=ISS, sets SND.UNA=ISS and SND.NXT=ISS+1, and moves to SYN-SENT.',
  },
  {
    id: 'O-014',
    rfc: 'RFC 9293 §3.10.1',
    level: 'rule',
    text: 'OPEN in LISTEN that names a remote socket starts connecting to it; naming none gives the error "remote socket unspecified".',
  },
  {
    id: 'O-015',
    rfc: 'RFC 9293 §3.10.1',
    level: 'rule',
    text: 'Apart from CLOSED and LISTEN, every state refuses OPEN with "connection already exists".',
  },
  {
    id: 'O-016',
    rfc: 'RFC 9293 §3.9.1.1 MUST-41',
    level: 'MUST',
    text: 'A passive OPEN adds one more LISTEN record or reports an error, and leaves connections that already exist alone.',
  },
  {
    id: 'O-017',
    rfc: 'RFC 9293 §3.9.1.1 MUST-42',
    level: 'MUST',
    text: 'A port can be listened on even if other connections from it are still in SYN-SENT or SYN-RECEIVED.',
  },
  {
    id: 'O-023',
    rfc: 'RFC 9293 §3.8.3 MUST-22/23',
    level: 'MUST',
    text: 'Lost SYNs are counted against R1 and R2 too, with R2 no shorter than 3 minutes; the user may stop trying sooner.',
  },
  {
    id: 'O-024',
    rfc: 'RFC 9293 §3.10.2',
    level: 'rule',
    text: 'SEND in LISTEN that names a remote socket opens the connection actively, and its data waits in the queue.',
  },
] as const satisfies readonly Rule[];
