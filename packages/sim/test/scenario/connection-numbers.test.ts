import { describe, expect, test } from 'vitest';
import { loadScenario, recordScenario } from '../../src/scenario/index.ts';
import { libraryText } from './library.ts';

function records(file: string) {
  const result = loadScenario(libraryText(file), file);
  if (!result.ok) throw new Error(file);
  return recordScenario(result.loaded).trace.records;
}

describe('records name their connection', () => {
  test('from its first timer on, which starts before its state changes', () => {
    const timers = records('syn-lost.yaml').filter(
      (record) => record.kind === 'timer' && record.host === 'client',
    );
    expect(timers.length).toBeGreaterThan(3);
    for (const timer of timers) expect(timer).toMatchObject({ connection: 0 });
  });

  test('also while the old one between the same sockets still lies in TIME-WAIT', () => {
    const server = records('time-wait-reuse.yaml').filter(
      (record) => record.kind === 'state' && record.host === 'server',
    );
    const path = (connection: number) =>
      server.flatMap((record) =>
        record.kind === 'state' && record.connection === connection ? [record.after] : [],
      );
    const whole = [
      'LISTEN',
      'SYN-RECEIVED',
      'ESTABLISHED',
      'FIN-WAIT-1',
      'FIN-WAIT-2',
      'TIME-WAIT',
    ];
    expect(path(0)).toEqual([...whole, 'CLOSED']);
    expect(path(1)).toEqual([...whole, 'CLOSED']);
    expect(path(2)).toEqual([]);
  });
});
