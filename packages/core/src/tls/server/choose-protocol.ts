/** The application protocol (RFC 7301 §3.2): the server's preference among what the client offers. */
import type { ClientHello } from '../messages/client-hello.ts';
import { refuse, type Refusal } from '../refusal.ts';
import { RULES } from '../rules.ts';
import type { ServerSettings } from './server-settings.ts';

export function chooseProtocol(
  { protocols }: ServerSettings,
  { protocols: offered }: ClientHello,
): string | Refusal | undefined {
  if (offered === undefined || protocols.length === 0) return undefined;
  const why = `the client offers ${offered.join(', ')}, we speak ${protocols.join(', ')}`;
  return (
    protocols.find((name) => offered.includes(name)) ??
    refuse('no_application_protocol', RULES.applicationProtocol, why)
  );
}
