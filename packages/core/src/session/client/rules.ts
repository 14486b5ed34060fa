/** Why a client session opens, reuses, waits, retries, redirects and gives up. */
import type { Rule } from '../../base/cause.ts';

function rule(id: string, rfc: string, level: Rule['level'], text: string): Rule {
  return { id, rfc, level, text };
}

export const CLIENT_RULES = {
  open: rule(
    'SC-P01',
    'RFC 9112 §9.1',
    'rule',
    'A request that finds no idle connection to its origin gets a new one.',
  ),
  reuse: rule(
    'SC-P02',
    'RFC 9112 §9.3',
    'SHOULD',
    'A connection that persists carries the next request to the same origin.',
  ),
  limit: rule(
    'SC-P03',
    'RFC 9112 §9.4',
    'SHOULD',
    'A client limits the connections it keeps open at a time; further requests wait in line.',
  ),
  keepAliveTimeout: rule(
    'SC-P04',
    'RFC 9112 §9.5',
    'MAY',
    'A client closes a connection that was idle for longer than it wants to keep it.',
  ),
  serverTimeout: rule(
    'SC-P05',
    'RFC 9112 §9.5',
    'robust',
    'A client that knows the server’s idle timeout closes a little earlier, lest it loses the race.',
  ),
  requestLimit: rule(
    'SC-P06',
    'RFC 9112 §9.5',
    'robust',
    'A connection that may carry no more requests, by our limit or the server’s word, is closed.',
  ),
  age: rule(
    'SC-P07',
    'RFC 9112 §9.5',
    'MAY',
    'A connection older than the client allows is not used again.',
  ),
  closeOption: rule(
    'SC-P08',
    'RFC 9112 §9.6',
    'MUST',
    'After a message with the close option no further request goes over the connection.',
  ),
  serverClosed: rule(
    'SC-P09',
    'RFC 9112 §9.5',
    'SHOULD',
    'A client watches its idle connections and closes those that the server has closed.',
  ),
  unsolicited: rule(
    'SC-P10',
    'RFC 9112 §9.2',
    'MUST',
    'Octets that come while nothing was asked are no response; the connection closes.',
  ),
  makeRoom: rule(
    'SC-P11',
    'RFC 9112 §9.4',
    'MAY',
    'Where the limit is reached, an idle connection to another origin makes room.',
  ),
  retry: rule(
    'SC-P12',
    'RFC 9112 §9.3.1',
    'MAY',
    'An idempotent request that died with a reused connection is sent once more on a new one.',
  ),
  noRetry: rule(
    'SC-P13',
    'RFC 9110 §9.2.2',
    'SHOULD',
    'A request that is not idempotent is not repeated: the server may have acted on it already.',
  ),
  poolClosed: rule(
    'SC-P14',
    'RFC 9112 §9.6',
    'rule',
    'Closing the session closes all its connections.',
  ),
  incomplete: rule(
    'SC-P15',
    'RFC 9112 §9.3',
    'MUST',
    'A connection is reused only after the whole response was read; otherwise it is closed.',
  ),
  switched: rule(
    'SC-P16',
    'RFC 9110 §7.8',
    'rule',
    'After a switch of protocols the connection carries no more HTTP.',
  ),
  forceClose: rule(
    'SC-P17',
    'RFC 9112 §9.6',
    'MAY',
    'A client that wants no persistence says close in each request.',
  ),
  redirect: rule(
    'SC-R01',
    'RFC 9110 §15.4',
    'MAY',
    'A redirection with a Location is followed by a new request to that place.',
  ),
  redirectToGet: rule(
    'SC-R02',
    'RFC 9110 §15.4',
    'rule',
    'After 303, and by custom after 301 and 302 to a POST, the new request is a GET without content.',
  ),
  redirectSame: rule(
    'SC-R03',
    'RFC 9110 §15.4.8',
    'MUST',
    'After 307 and 308 the method and the content stay the same.',
  ),
  redirectLimit: rule(
    'SC-R04',
    'RFC 9110 §15.4',
    'SHOULD',
    'Redirections that go on and on are an error.',
  ),
  redirectSecrets: rule(
    'SC-R05',
    'RFC 9110 §15.4',
    'robust',
    'Authorization, Cookie and other fields meant for one origin are not sent on to another.',
  ),
  redirectInvalid: rule(
    'SC-R06',
    'RFC 9110 §10.2.2',
    'robust',
    'A Location that is no URL of HTTP is an error.',
  ),
  timeout: rule(
    'SC-T01',
    'RFC 9112 §9.5',
    'MAY',
    'A client that waited for as long as it wants gives up and closes the connection.',
  ),
  expectRefused: rule(
    'SC-E01',
    'RFC 9110 §10.1.1',
    'SHOULD',
    'A request whose expectation got 417 is repeated without it.',
  ),
  proxy: rule(
    'SC-X01',
    'RFC 9112 §3.2.2',
    'MUST',
    'To a proxy the request target is in absolute form.',
  ),
  tunnel: rule(
    'SC-X02',
    'RFC 9110 §9.3.6',
    'rule',
    'To reach a secure origin through a proxy the client asks for a tunnel with CONNECT.',
  ),
  oneSession: rule(
    'SC-U01',
    'RFC 9112 §9.3',
    'robust',
    'One session per application: a session per request opens a connection for every request.',
  ),
  closeSession: rule(
    'SC-U02',
    'RFC 9112 §9.6',
    'robust',
    'A session that is not used any more is closed, lest its connections stay open.',
  ),
} as const satisfies Record<string, Rule>;
