import type { GroupName } from '../crypto/provider.ts';
import type { Transcript } from '../keys/transcript.ts';
import type { ClientHello } from '../messages/client-hello.ts';
import { SKIPPED_EARLY_DATA, SKIPPED_EXPANSION } from '../limits.ts';
import type { CipherSuite } from '../parameters/cipher-suite.ts';
import type { SigningIdentity } from './choose-identity.ts';
import type { ChosenPsk } from './choose-psk.ts';
import type { ServerSettings } from './server-settings.ts';

/** What the server has settled before it answers. */
export interface Negotiated {
  readonly settings: ServerSettings;
  readonly hello: ClientHello;
  readonly suite: CipherSuite;
  readonly group: GroupName;
  readonly clientShare: Uint8Array;
  readonly protocol: string | undefined;
  readonly psk: ChosenPsk | undefined;
  /** Whose signature; undefined where a PSK stands for it. */
  readonly signing: SigningIdentity | undefined;
  readonly transcript: Transcript;
  /** Early data came with a ClientHello that was answered with a HelloRetryRequest. */
  readonly lostEarlyData: boolean;
}

/** What is skipped of early data that was not accepted, with the records' expansion. */
export function skipLimit({ maxEarlyData }: ServerSettings): number {
  return Math.max(maxEarlyData, SKIPPED_EARLY_DATA) + SKIPPED_EXPANSION;
}
