/** Every protocol of the core, for whoever lists their rules and machines. A new protocol is added here. */
import * as arq from '@tcplab/core/arq';
import * as cookies from '@tcplab/core/cookies';
import * as dns from '@tcplab/core/dns';
import * as ftp from '@tcplab/core/ftp';
import * as http from '@tcplab/core/http';
import * as session from '@tcplab/core/session';
import * as stack from '@tcplab/core/stack';
import * as tcp from '@tcplab/core/tcp';
import * as tls from '@tcplab/core/tls';
import * as udp from '@tcplab/core/udp';
import * as websocket from '@tcplab/core/websocket';
import * as wire from '@tcplab/core/wire';

export const CORE_MODULES: ReadonlyMap<string, object> = new Map<string, object>([
  ['tcp', tcp],
  ['udp', udp],
  ['wire', wire],
  ['stack', stack],
  ['arq', arq],
  ['tls', tls],
  ['http', http],
  ['session', session],
  ['websocket', websocket],
  ['ftp', ftp],
  ['cookies', cookies],
  ['dns', dns],
]);
