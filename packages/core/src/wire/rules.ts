/** The rules of the wire formats, in the words of this project. Ids are those of the conformance ledger. */
import type { Rule, RuleLevel } from '../base/cause.ts';

function rule(id: string, rfc: string, level: RuleLevel, text: string): Rule {
  return { id, rfc: `RFC ${rfc}`, level, text };
}

export const WIRE_RULES = {
  ipVersion: rule('IP-01', '791 §3.1', 'rule', 'The version of an internet header is 4.'),
  ipHeaderLength: rule(
    'IP-02',
    '791 §3.1',
    'rule',
    'An internet header is at least five words long and lies within the datagram.',
  ),
  ipTotalLength: rule(
    'IP-03',
    '791 §3.1',
    'rule',
    'The total length covers at least the header and at most what arrived; octets after it are not part of the datagram.',
  ),
  ipChecksum: rule(
    'IP-04',
    '1122 §3.2.1.2',
    'MUST',
    'A datagram whose header checksum does not fit is silently discarded.',
  ),
  ipFragment: rule(
    'IP-05',
    '791 §3.2',
    'rule',
    'A fragment is only a part of a datagram: its octets mean nothing before reassembly.',
  ),
  window: rule(
    'W-001',
    '9293 §3.1',
    'MUST',
    'The window is an unsigned number of 16 bits: 0xffff is 65,535, never negative.',
  ),
  tcpChecksumSent: rule(
    'W-002',
    '9293 §3.1',
    'MUST',
    'Every segment is sent with a checksum over pseudo-header, header, options and text.',
  ),
  tcpChecksum: rule(
    'W-003',
    '9293 §3.1',
    'MUST',
    'A segment whose checksum does not fit is dropped without any other effect.',
  ),
  oddLength: rule(
    'W-004',
    '9293 §3.1',
    'rule',
    'An odd last octet is summed as if a zero octet followed, which is never sent.',
  ),
  reservedBits: rule(
    'W-005',
    '9293 §3.1',
    'rule',
    'Reserved control bits are sent as zero and ignored on receipt.',
  ),
  dataOffset: rule(
    'W-006',
    '9293 §3.1',
    'robust',
    'The data offset is at least five words and lies within the segment.',
  ),
  basicOptions: rule(
    'W-007',
    '9293 §3.1',
    'MUST',
    'End of option list, no-operation and maximum segment size are understood.',
  ),
  optionsAnywhere: rule(
    'W-008',
    '9293 §3.1',
    'MUST',
    'Options are accepted on any segment, not only on a SYN.',
  ),
  unknownOption: rule(
    'W-009',
    '9293 §3.1',
    'MUST',
    'An unknown option is passed over by its length, without error.',
  ),
  optionLength: rule(
    'W-010',
    '9293 §3.1',
    'MUST',
    'An option length of 0 or 1, or one that points past the header, makes the segment malformed and harms nothing else.',
  ),
  optionLengthSent: rule(
    'W-011',
    '9293 §3.1',
    'MUST',
    'Every option but end of list and no-operation is sent with a length octet.',
  ),
  optionPadding: rule(
    'W-012',
    '9293 §3.1',
    'MUST',
    'From the end of the option list up to the data there are only zeros.',
  ),
  optionAlignment: rule(
    'W-013',
    '9293 §3.2',
    'MUST',
    'Options are read wherever they begin, aligned to a word or not.',
  ),
  mssOnSyn: rule(
    'W-014',
    '9293 §3.2',
    'MUST',
    'The maximum segment size option is sent on segments with SYN only.',
  ),
  udpLength: rule(
    'UDP-01',
    '768',
    'rule',
    'The length counts the eight octets of the header and lies within the datagram.',
  ),
  udpChecksum: rule(
    'UDP-02',
    '1122 §4.1.3.4',
    'MUST',
    'A datagram with a checksum that does not fit is silently discarded.',
  ),
  udpZeroChecksum: rule(
    'UDP-03',
    '768',
    'rule',
    'A checksum that computes to zero is sent as all ones; zero says that there is none.',
  ),
  icmpLength: rule('ICMP-01', '792', 'rule', 'An ICMP message has at least eight octets.'),
  icmpChecksum: rule(
    'ICMP-02',
    '792',
    'rule',
    'The checksum of an ICMP message covers all of it from the type on.',
  ),
} as const;
