import { describe, expect, test } from 'vitest';
import { LIBRARY_FILES, libraryText } from '../scenario/library.ts';
import { Workplace } from './memory-io.ts';

const place = new Workplace();
/** A scenario with variations has no single trace: its first one stands for all. */
const ONE_TRACE = LIBRARY_FILES.map((file) => {
  const several = /^(vary|compare):/m.test(libraryText(file));
  return [file.replace('.yaml', ''), several ? ['--variation', '1'] : []] as const;
});

describe('every scenario of the library, on the command line', () => {
  test.each(ONE_TRACE)(
    '%s prints the same trace twice, and a replay agrees',
    async (name, more) => {
      const first = await place.tcplab('run', name, '--ndjson', '-o', 'trace.ndjson', ...more);
      const again = await place.tcplab('run', name, '--ndjson', ...more);
      expect(first.code).toBe(0);
      expect(again.out).toBe(first.out);
      expect(place.read('trace.ndjson')).toBe(first.out);
      const replay = await place.tcplab('replay', 'trace.ndjson');
      expect([replay.code, replay.err]).toEqual([0, '']);
      expect(replay.out).toMatch(/^the same: \d+ records, hash [0-9a-f]{16}\n$/);
    },
  );
});
