/** The rules of the DNS that this folder keeps. */
import type { Rule, RuleLevel } from '../base/cause.ts';

function rule(id: string, rfc: string, level: RuleLevel, text: string): Rule {
  return { id, rfc: `RFC ${rfc}`, level, text };
}

export const DNS_RULES = {
  header: rule('DNS-01', '1035 §4.1.1', 'rule', 'A message begins with a header of twelve octets.'),
  section: rule(
    'DNS-02',
    '1035 §4.1',
    'rule',
    'Each section holds as many whole entries as the header counts.',
  ),
  nameLength: rule(
    'DNS-03',
    '1035 §2.3.4',
    'rule',
    'A label has at most 63 octets and a name at most 255.',
  ),
  pointer: rule(
    'DNS-04',
    '1035 §4.1.4',
    'robust',
    'A compression pointer leads to an earlier place only, so that a name cannot go in circles.',
  ),
  recordData: rule(
    'DNS-05',
    '1035 §4.1.3',
    'rule',
    'The data of a record fill exactly the length that the record names.',
  ),
  caseless: rule(
    'DNS-06',
    '4343 §3',
    'rule',
    'Names that differ only in the case of ASCII letters are the same name.',
  ),
  oneOpt: rule('DNS-07', '6891 §6.1.1', 'MUST', 'A message has at most one OPT record.'),
  badVersion: rule(
    'DNS-08',
    '6891 §6.1.3',
    'MUST',
    'A version of EDNS that is not implemented is answered with BADVERS.',
  ),
  noAnswerToAnswers: rule(
    'DNS-09',
    '5452 §9',
    'robust',
    'A server does not answer what claims to be an answer, or two servers would talk for ever.',
  ),
  formatError: rule(
    'DNS-10',
    '1035 §4.1.1',
    'rule',
    'A query that cannot be read is answered with FORMERR, if its header could.',
  ),
  notImplemented: rule(
    'DNS-11',
    '1035 §4.1.1',
    'rule',
    'An unknown kind of query is answered with NOTIMP.',
  ),
  refused: rule(
    'DNS-12',
    '1035 §4.1.1',
    'rule',
    'A name outside of every zone of the server is answered with REFUSED.',
  ),
  answer: rule(
    'DNS-13',
    '1034 §4.3.2',
    'rule',
    'Records of the name and type asked for are the answer, with AA set.',
  ),
  alias: rule(
    'DNS-14',
    '1034 §3.6.2',
    'rule',
    'An alias is answered with its CNAME and the search goes on at its target.',
  ),
  referral: rule(
    'DNS-15',
    '1034 §4.3.2',
    'rule',
    'Below a zone cut the answer is a referral: the NS records, with the addresses known.',
  ),
  wildcard: rule(
    'DNS-16',
    '4592 §3.3',
    'rule',
    'A name that does not exist is answered from the * below its closest existing ancestor.',
  ),
  nameError: rule(
    'DNS-17',
    '2308 §2.1',
    'MUST',
    'A name that does not exist is answered with NXDOMAIN and the SOA in the authority section.',
  ),
  noData: rule(
    'DNS-18',
    '2308 §2.2',
    'MUST',
    'A name without records of the type is answered without error, with the SOA in the authority section.',
  ),
  truncation: rule(
    'DNS-19',
    '2181 §9',
    'rule',
    'An answer too large for the datagram sets TC; whoever sees TC asks again over TCP.',
  ),
  negativeTtl: rule(
    'DNS-20',
    '2308 §5',
    'MUST',
    "A negative answer is kept for the lesser of the SOA's TTL and its minimum field.",
  ),
  positiveTtl: rule(
    'DNS-21',
    '1034 §3.6',
    'rule',
    'A record is kept no longer than its TTL, and a chain no longer than its shortest-lived link.',
  ),
  matchAnswer: rule(
    'DNS-22',
    '5452 §9.1',
    'MUST',
    'An answer counts only with the id, the question, the address and the port of the query.',
  ),
  unpredictable: rule(
    'DNS-23',
    '5452 §9.2',
    'MUST',
    'Every query has an id and a source port that cannot be foretold.',
  ),
  retry: rule(
    'DNS-24',
    '1035 §4.2.1',
    'rule',
    'A query without an answer is sent again, to the next server, after a timeout that grows.',
  ),
  tcpLength: rule(
    'DNS-25',
    '1035 §4.2.2',
    'rule',
    'Over TCP each message is preceded by its length in two octets.',
  ),
  tcpIdle: rule(
    'DNS-26',
    '7766 §6.2.3',
    'SHOULD',
    'A server closes a connection on which nothing is asked for some seconds.',
  ),
  withoutEdns: rule(
    'DNS-27',
    '6891 §7',
    'rule',
    'A server that answers EDNS with FORMERR is asked again without it.',
  ),
  ttlRange: rule('DNS-28', '2181 §8', 'SHOULD', 'A TTL with the highest bit set counts as zero.'),
} as const;
