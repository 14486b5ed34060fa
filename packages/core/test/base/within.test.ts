import { describe, expect, test } from 'vitest';
import { ms, Signal, TimeoutError, until, within, type Micros, type Process } from '@tcplab/core';
import { MemoryNetwork, type MemoryHost } from '../../../../test/support/memory-host.ts';

const late = (): Error => new TimeoutError('too late');

function run<T>(program: (host: MemoryHost) => Process<T>): T {
  const net = new MemoryNetwork();
  return net.runProcess(net.host('here'), program);
}

describe('a process within a deadline', () => {
  test('that is in time gives its value', () => {
    const value = run(function* (host) {
      return yield* within(slow(host, ms(5)), ms(6), () => host.now(), late);
    });
    expect(value).toBe('done');
  });

  test('that gets what it waited for at the very deadline is in time', () => {
    const value = run(function* (host) {
      return yield* within(slow(host, ms(5)), ms(5), () => host.now(), late);
    });
    expect(value).toBe('done');
  });

  test('that is late is ended, its finally blocks run, and the error says so', () => {
    const story: string[] = [];
    run(function* (host) {
      try {
        yield* within(noting(host, story), ms(5), () => host.now(), late);
      } catch (error) {
        story.push(`${(error as Error).message} at ${host.now()}`);
      }
    });
    expect(story).toEqual(['tidied up', 'too late at 5000']);
  });

  test('that waits without a deadline is ended nevertheless', () => {
    const error = run(function* (host) {
      try {
        yield* within(forEver(host), ms(5), () => host.now(), late);
      } catch (error) {
        return error;
      }
    });
    expect(error).toBeInstanceOf(TimeoutError);
  });

  test('is tidied up when the process around it is cancelled', () => {
    const story: string[] = [];
    run(function* (host) {
      const task = host.spawn(within(noting(host, story), ms(50), () => host.now(), late));
      yield* host.sleep(ms(5));
      task.cancel();
    });
    expect(story).toEqual(['tidied up']);
  });
});

function* slow(host: MemoryHost, duration: Micros): Process<string> {
  yield* host.sleep(duration);
  return 'done';
}

function* noting(host: MemoryHost, story: string[]): Process {
  try {
    yield* host.sleep(ms(100));
  } finally {
    story.push('tidied up');
  }
}

function* forEver(host: MemoryHost): Process {
  yield* until(
    new Signal(),
    () => false,
    () => host.now(),
  );
}
