/** What a server does with the sessions of its visitors, and why. */
import type { Rule } from '../../base/cause.ts';

function rule(id: string, rfc: string, level: Rule['level'], text: string): Rule {
  return { id, rfc, level, text };
}

export const SESSION_RULES = {
  create: rule(
    'SS-I01',
    'RFC 6265 §4.1',
    'rule',
    'A visitor without a session gets one: an id in a cookie, everything else stays at the server.',
  ),
  found: rule(
    'SS-I02',
    'RFC 6265 §4.2',
    'rule',
    'The id in the Cookie field leads to the session that the server keeps.',
  ),
  malformed: rule(
    'SS-I03',
    'RFC 6265 §8.4',
    'robust',
    'What is no id that this server could have made is not even looked up.',
  ),
  unknown: rule(
    'SS-I04',
    'RFC 6265 §8.4',
    'robust',
    'An id that the server did not give out is not adopted: it may be an attacker’s choice.',
  ),
  idle: rule(
    'SS-E01',
    'RFC 6265 §7.3',
    'robust',
    'A session that was not used for a while is over; each use begins the while anew.',
  ),
  absolute: rule(
    'SS-E02',
    'RFC 6265 §7.3',
    'robust',
    'A session is over some hours after it began, however often it is used.',
  ),
  binding: rule(
    'SS-E03',
    'RFC 6265 §8.4',
    'robust',
    'A session that moves to another program in the middle is over: its id may be stolen.',
  ),
  rotate: rule(
    'SS-R01',
    'RFC 6265 §8.4',
    'robust',
    'With more rights comes a new id; whoever knew the old one knows nothing.',
  ),
  logout: rule(
    'SS-R02',
    'RFC 6265 §4.1.2',
    'rule',
    'Logging out forgets the session at the server and deletes the cookie at the client.',
  ),
  renew: rule(
    'SS-R03',
    'RFC 6265 §4.1.2.2',
    'rule',
    'A cookie with Max-Age is sent again with each answer, so that it lives as long as the session.',
  ),
  csrfToken: rule(
    'SS-C01',
    'RFC 6265 §8.2',
    'robust',
    'A request that changes something must show a secret that only the site’s own pages know.',
  ),
  csrfDouble: rule(
    'SS-C02',
    'RFC 6265 §8.2',
    'robust',
    'A request that changes something must repeat the value of a cookie that foreign pages cannot read.',
  ),
  formTooLarge: rule(
    'SS-F01',
    'RFC 9110 §15.5.14',
    'MAY',
    'A form larger than the server reads is refused.',
  ),
} as const satisfies Record<string, Rule>;
