/**
 * Where the states and arrows of a machine stand: a layered layout. States stand on every second
 * layer; the layers between them hold the labels of the arrows as boxes of their own, so that no label
 * lies on another.
 */

export interface LayoutBox {
  readonly id: string;
  readonly width: number;
  readonly height: number;
}

export interface LayoutEdge {
  readonly from: string;
  readonly to: string;
  /** Size of its label. */
  readonly width: number;
  readonly height: number;
}

export interface PlacedBox extends LayoutBox {
  /** Its middle. */
  readonly x: number;
  readonly y: number;
}

export interface PlacedEdge<E extends LayoutEdge> {
  readonly edge: E;
  /** Points from the edge of one box to the edge of the other. */
  readonly points: readonly { readonly x: number; readonly y: number }[];
  /** The middle of its label. */
  readonly label: { readonly x: number; readonly y: number };
}

export interface MachineLayout<E extends LayoutEdge> {
  readonly width: number;
  readonly height: number;
  readonly boxes: readonly PlacedBox[];
  readonly edges: readonly PlacedEdge<E>[];
}

const GAP_X = 26;
const GAP_Y = 24;
const SWEEPS = 24;

/** A box, a label, or a point at which an edge passes a layer. */
interface Node {
  readonly width: number;
  readonly height: number;
  readonly layer: number;
  readonly above: Node[];
  readonly below: Node[];
  x: number;
  order: number;
}

interface Route<E> {
  readonly edge: E;
  /** From the upper end to the lower. */
  readonly nodes: readonly Node[];
  readonly label: Node;
  readonly upwards: boolean;
}

/** Layers from `boxes[0]` downwards; edges that lead back are drawn upwards. No edge from a box to itself. */
export function layoutMachine<E extends LayoutEdge>(
  boxes: readonly LayoutBox[],
  edges: readonly E[],
): MachineLayout<E> {
  const depth = depths(boxes, edges);
  const nodes = new Map<string, Node>();
  const layers: Node[][] = [];
  const add = (width: number, height: number, layer: number): Node => {
    while (layers.length <= layer) layers.push([]);
    const order = layers[layer]!.length;
    const node: Node = { width, height, layer, above: [], below: [], x: 0, order };
    layers[layer]!.push(node);
    return node;
  };
  for (const box of boxes) nodes.set(box.id, add(box.width, box.height, depth.get(box.id)! * 2));
  const routes = edges.map((edge) => routeOf(edge, nodes, add));
  order(layers);
  place(layers);
  return measure({ boxes, nodes, layers, routes });
}

/** How many arrows lead to each box at least, without those that lead back. */
function depths(
  boxes: readonly LayoutBox[],
  edges: readonly LayoutEdge[],
): ReadonlyMap<string, number> {
  const depth = new Map<string, number>();
  const open = new Set<string>();
  const forward: LayoutEdge[] = [];
  const seen = new Set<string>();
  const visit = (id: string): void => {
    seen.add(id);
    open.add(id);
    for (const edge of edges) {
      if (edge.from !== id || open.has(edge.to)) continue;
      forward.push(edge);
      if (!seen.has(edge.to)) visit(edge.to);
    }
    open.delete(id);
  };
  for (const { id } of boxes) if (!seen.has(id)) visit(id);
  for (const { id } of boxes) depth.set(id, 0);
  // The longest way decides; without the edges that lead back there is no circle.
  for (let round = 0; round < boxes.length; round += 1) {
    for (const { from, to } of forward) {
      depth.set(to, Math.max(depth.get(to)!, depth.get(from)! + 1));
    }
  }
  return depth;
}

function routeOf<E extends LayoutEdge>(
  edge: E,
  nodes: ReadonlyMap<string, Node>,
  add: (width: number, height: number, layer: number) => Node,
): Route<E> {
  const from = nodes.get(edge.from)!;
  const to = nodes.get(edge.to)!;
  const upwards = from.layer > to.layer || (from.layer === to.layer && from.order > to.order);
  const [upper, lower] = upwards ? [to, from] : [from, to];
  const passed: Node[] = [upper];
  // On one layer: over a label in the layer below.
  const last = upper.layer === lower.layer ? upper.layer + 1 : lower.layer - 1;
  const middle = upwards ? upper.layer + 1 : last;
  let label = upper;
  for (let layer = upper.layer + 1; layer <= last; layer += 1) {
    const isLabel = layer === middle;
    const node = add(isLabel ? edge.width : 8, isLabel ? edge.height : 0, layer);
    if (isLabel) label = node;
    connect(passed.at(-1)!, node);
    passed.push(node);
  }
  if (lower.layer > passed.at(-1)!.layer) connect(passed.at(-1)!, lower);
  passed.push(lower);
  return { edge, nodes: passed, label, upwards };
}

function connect(upper: Node, lower: Node): void {
  upper.below.push(lower);
  lower.above.push(upper);
}

/** Sorts each layer by where its neighbours stand, downwards and upwards, and keeps the order with the fewest crossings. */
function order(layers: Node[][]): void {
  let fewest = crossings(layers);
  let best = layers.map((layer) => [...layer]);
  for (let sweep = 0; sweep < SWEEPS; sweep += 1) {
    const down = sweep % 2 === 0;
    const sequence = down ? layers : [...layers].reverse();
    for (const layer of sequence) {
      const wish = new Map(
        layer.map((node) => [node, middleOf(down ? node.above : node.below, node)]),
      );
      layer.sort((a, b) => wish.get(a)! - wish.get(b)! || a.order - b.order);
      layer.forEach((node, index) => (node.order = index));
    }
    const now = crossings(layers);
    if (now < fewest) {
      fewest = now;
      best = layers.map((layer) => [...layer]);
    }
  }
  best.forEach((layer, index) => {
    layers[index] = layer;
    layer.forEach((node, place) => (node.order = place));
  });
}

function middleOf(neighbours: readonly Node[], node: Node): number {
  if (neighbours.length === 0) return node.order;
  return neighbours.reduce((sum, { order }) => sum + order, 0) / neighbours.length;
}

function crossings(layers: readonly (readonly Node[])[]): number {
  let count = 0;
  for (const layer of layers) {
    for (let i = 0; i < layer.length; i += 1) {
      for (let j = i + 1; j < layer.length; j += 1) {
        for (const a of layer[i]!.below)
          for (const b of layer[j]!.below) if (a.order > b.order) count += 1;
      }
    }
  }
  return count;
}

/** Draws nodes towards the middle of their neighbours without letting them touch. */
function place(layers: readonly (readonly Node[])[]): void {
  for (const layer of layers) {
    let x = 0;
    for (const node of layer) {
      node.x = x + node.width / 2;
      x += node.width + GAP_X;
    }
  }
  for (let round = 0; round < 60; round += 1) {
    const sequence = round % 2 === 0 ? layers : [...layers].reverse();
    for (const layer of sequence) {
      const wishes = layer.map((node) => {
        const near = [...node.above, ...node.below];
        return near.length === 0 ? node.x : near.reduce((sum, { x }) => sum + x, 0) / near.length;
      });
      settle(layer, wishes);
    }
  }
}

/** The positions nearest to the wishes that keep order and distance: neighbours that would touch move as one. */
function settle(layer: readonly Node[], wishes: readonly number[]): void {
  interface Group {
    readonly members: { readonly node: Node; readonly offset: number }[];
    sum: number;
    width: number;
  }
  const groups: Group[] = [];
  const at = (group: Group): number => group.sum / group.members.length;
  layer.forEach((node, index) => {
    let group: Group = { members: [{ node, offset: 0 }], sum: wishes[index]!, width: 0 };
    for (let before = groups.at(-1); before !== undefined; before = groups.at(-1)) {
      const lastOf = before.members.at(-1)!.node;
      const distance = (lastOf.width + group.members[0]!.node.width) / 2 + GAP_X;
      const offset = before.width + distance;
      if (at(before) + offset <= at(group)) break;
      groups.pop();
      for (const member of group.members) {
        before.members.push({ node: member.node, offset: member.offset + offset });
      }
      before.sum += group.sum - group.members.length * offset;
      before.width = offset + group.width;
      group = before;
    }
    groups.push(group);
  });
  for (const group of groups)
    for (const { node, offset } of group.members) node.x = at(group) + offset;
}

function measure<E extends LayoutEdge>(drawn: {
  readonly boxes: readonly LayoutBox[];
  readonly nodes: ReadonlyMap<string, Node>;
  readonly layers: readonly (readonly Node[])[];
  readonly routes: readonly Route<E>[];
}): MachineLayout<E> {
  const all = drawn.layers.flat();
  const left = all.reduce((least, node) => Math.min(least, node.x - node.width / 2), Infinity);
  const right = all.reduce((most, node) => Math.max(most, node.x + node.width / 2), 0);
  const middles: number[] = [];
  let y = 0;
  for (const layer of drawn.layers) {
    const height = layer.reduce((tallest, node) => Math.max(tallest, node.height), 10);
    middles.push(y + height / 2);
    y += height + GAP_Y;
  }
  const at = (node: Node): { x: number; y: number } => ({
    x: node.x - left,
    y: middles[node.layer]!,
  });
  const boxes = drawn.boxes.map((box) => {
    const { x, y: middle } = at(drawn.nodes.get(box.id)!);
    return { id: box.id, width: box.width, height: box.height, x, y: middle };
  });
  const edges = drawn.routes.map((route) => {
    const points = route.nodes.map(at);
    spread(points, route);
    if (route.upwards) points.reverse();
    return { edge: route.edge, points, label: at(route.label) };
  });
  return { width: right - left, height: y - GAP_Y, boxes, edges };
}

/** Edges leave a box side by side, each towards where it goes. */
function spread(points: { x: number; y: number }[], route: Route<unknown>): void {
  const upper = route.nodes[0]!;
  const lower = route.nodes.at(-1)!;
  const next = route.nodes[1]!;
  const before = route.nodes.at(-2)!;
  points[0] = {
    x: points[0]!.x + shareOf(upper, upper.below, next),
    y: points[0]!.y + upper.height / 2,
  };
  const side = before.layer > lower.layer ? 1 : -1;
  const among = side > 0 ? lower.below : lower.above;
  const last = points.length - 1;
  points[last] = {
    x: points[last]!.x + shareOf(lower, among, before),
    y: points[last]!.y + (side * lower.height) / 2,
  };
}

function shareOf(node: Node, neighbours: readonly Node[], neighbour: Node): number {
  const sorted = [...neighbours].sort((a, b) => a.x - b.x);
  const index = sorted.indexOf(neighbour);
  if (index < 0 || sorted.length < 2) return 0;
  const room = node.width - 24;
  return room * (index / (sorted.length - 1) - 0.5);
}
