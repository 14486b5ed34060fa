/** In which order the columns of a drawing stand: hosts that talk to each other side by side. */
import type { Flight } from './flight.ts';

/** All orders of more hosts than this are too many to try. */
const MAX_HOSTS_TO_ORDER = 7;

/** The order in which packets cross the fewest columns; of equal ones the first by the order given. */
export function orderHosts(
  hosts: readonly string[],
  flights: readonly Flight[],
): readonly string[] {
  if (hosts.length < 3 || hosts.length > MAX_HOSTS_TO_ORDER) return hosts;
  const traffic = trafficBetween(hosts, flights);
  let best: readonly number[] = hosts.map((_, index) => index);
  let least = costOf(best, traffic);
  for (const order of permutations(hosts.length)) {
    const cost = costOf(order, traffic);
    if (cost < least) [best, least] = [order, cost];
  }
  return best.map((index) => hosts[index]!);
}

/** How many packets went between each two, in either direction. */
function trafficBetween(
  hosts: readonly string[],
  flights: readonly Flight[],
): readonly (readonly number[])[] {
  const index = new Map(hosts.map((host, at) => [host, at]));
  const counts = hosts.map(() => hosts.map(() => 0));
  for (const { from, to } of flights) {
    const a = index.get(from);
    const b = index.get(to);
    if (a !== undefined && b !== undefined) counts[a]![b]! += 1;
  }
  return counts;
}

function costOf(order: readonly number[], traffic: readonly (readonly number[])[]): number {
  let cost = 0;
  order.forEach((a, left) => {
    order.forEach((b, right) => {
      cost += traffic[a]![b]! * Math.abs(right - left);
    });
  });
  return cost;
}

/** All orders of 0 … n−1, in lexicographic order. */
function permutations(n: number): readonly (readonly number[])[] {
  let orders: (readonly number[])[] = [[]];
  for (let length = 0; length < n; length += 1) {
    orders = orders.flatMap((order) => {
      const longer: (readonly number[])[] = [];
      for (let next = 0; next < n; next += 1) {
        if (!order.includes(next)) longer.push(order.concat(next));
      }
      return longer;
    });
  }
  return orders;
}
