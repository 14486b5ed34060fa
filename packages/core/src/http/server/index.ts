/**
 * The HTTP server application: processes on a host that accept connections, read requests, call
 * handlers and decide how long a connection lives.
 *
 * Start reading at `http-server.ts` (`serveHttp`), then `server-connection.ts`.
 */
export * from './answer.ts';
export * from './close-reason.ts';
export * from './http-server.ts';
export * from './incoming-request.ts';
export * from './options.ts';
export { failedPrecondition, type FailedPrecondition, type Validators } from './preconditions.ts';
export { errorPage } from './response-plan.ts';
export { route, Router, type Route, type RouteMatch } from './router.ts';
export * from './stock-routes.ts';
