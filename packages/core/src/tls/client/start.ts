/** The first flight of a client: the ClientHello and, where a session allows it, early data. */
import type { Channel } from '../endpoint/channel.ts';
import type { Phase } from '../endpoint/phase.ts';
import { provideEarlyKeys } from '../endpoint/traffic-13.ts';
import { KeySchedule } from '../keys/key-schedule.ts';
import { CONTENT } from '../record/record.ts';
import type { ClientSettings } from './client-settings.ts';
import { firstOffer, type Offer } from './offer.ts';
import { suiteOfSession } from './resumption.ts';
import { WaitServerHello } from './wait-server-hello.ts';

export function startClient(channel: Channel, settings: ClientSettings): Phase {
  const offer = firstOffer(channel, settings);
  if (offer.earlyData === 'sent') sendEarlyData(channel, offer);
  else channel.follow('send ClientHello');
  return new WaitServerHello(channel, offer);
}

/** RFC 8446 §4.2.10: under the suite of the session, before the server has said a word. */
function sendEarlyData(channel: Channel, { settings, session, transcript }: Offer): void {
  const suite = suiteOfSession(session!);
  const early = KeySchedule.early(settings.crypto, suite.hash, session!.secret);
  provideEarlyKeys(channel, suite, early, transcript.digestWith(suite.hash));
  if (settings.compatibility) channel.sendCompatibilityChangeCipherSpec();
  channel.follow('send ClientHello with early data');
  channel.writer.write(CONTENT.application_data, settings.earlyData!);
}
