/** Example: a shopping cart that a visitor fills before he has said who he is. */
import type { Json } from '../../../base/program-host.ts';
import { route, type HttpAnswer, type IncomingRequest, type Route } from '../../../http/index.ts';
import type { ServerSessions } from '../server-sessions.ts';
import type { VisitorSession } from '../visitor-session.ts';
import { seeOther } from './page.ts';

/** A visitor's cart holds at most so many different things, and so many of each. */
export const MAX_CART_ITEMS = 100;
export const MAX_CART_COUNT = 999;

type Cart = { readonly [item: string]: number };

/** `GET /cart` as JSON, `POST|DELETE /cart/items/:item`, `POST /cart/checkout`. */
export function cartRoutes(sessions: ServerSessions): readonly Route[] {
  return [
    route(
      'GET /cart',
      sessions.handler(({ session }) => shown(session)),
    ),
    route(
      'POST /cart/items/:item',
      sessions.handler(({ request, session, form }) =>
        add(session, itemOf(request), Number(form.get('count') ?? '1')),
      ),
    ),
    route(
      'DELETE /cart/items/:item',
      sessions.handler(({ request, session }) => {
        const { [itemOf(request)]: _gone, ...rest } = cartOf(session);
        session.set('cart', rest);
        return seeOther('/cart');
      }),
    ),
    route(
      'POST /cart/checkout',
      sessions.handler(({ session }) => {
        const items = Object.keys(cartOf(session)).length;
        session.delete('cart');
        session.flash('ordered', items);
        return seeOther('/cart');
      }),
    ),
  ];
}

function add(session: VisitorSession, item: string, count: number): HttpAnswer {
  const cart = cartOf(session);
  // Visitors choose the names: one like `constructor` must not find what every object has.
  const had = Object.hasOwn(cart, item) ? cart[item]! : undefined;
  const total = (had ?? 0) + count;
  if (!Number.isSafeInteger(count) || count < 1 || total > MAX_CART_COUNT) {
    return { status: 422, body: `expected a count of 1 to ${MAX_CART_COUNT}\n` };
  }
  if (had === undefined && Object.keys(cart).length === MAX_CART_ITEMS) {
    return { status: 422, body: `a cart holds ${MAX_CART_ITEMS} things\n` };
  }
  session.set('cart', { ...cart, [item]: total });
  return seeOther('/cart');
}

function shown(session: VisitorSession): HttpAnswer {
  const ordered = session.takeFlash().get('ordered');
  const shown: { [name: string]: Json } = { cart: cartOf(session), csrf: session.csrfToken };
  if (ordered !== undefined) shown['ordered'] = ordered;
  const headers = { 'Content-Type': 'application/json', 'Cache-Control': 'no-store' };
  return { headers, body: JSON.stringify(shown) };
}

function cartOf(session: VisitorSession): Cart {
  return (session.get('cart') ?? {}) as Cart;
}

function itemOf(request: IncomingRequest): string {
  return request.params.get('item')!;
}
