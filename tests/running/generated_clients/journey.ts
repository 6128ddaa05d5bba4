// The journey of a user, with the types that openapi-typescript generates as `schema.d.ts`.
//
//     node journey.js URL EMAIL
//
// Prints a line when the verification link was sent, and reads its token from standard input.

import assert from "node:assert/strict";
import { createInterface } from "node:readline/promises";
import createClient from "openapi-fetch";
import type { components, paths } from "./schema.js";

type TokenPair = components["schemas"]["TokenPair"];

const [url, email] = process.argv.slice(2) as [string, string];
const password = "a compiler in the attic";

const api = createClient<paths>({ baseUrl: url });
const bearer = (access: string) => ({ headers: { Authorization: `Bearer ${access}` } });

// Returns the body of a response, which must not be an error.
function read<T>({ data, error }: { data?: T; error?: unknown }): T {
    assert.ok(data !== undefined, JSON.stringify(error));
    return data;
}

const short = await api.POST("/api/auth/register/", { body: { email, password: "short" } });
assert.ok(short.error && "password" in short.error && short.error.password?.length);
const { detail } = read(await api.POST("/api/auth/register/", { body: { email, password } }));
assert.ok(detail.length > 0);
const unconfirmed = await api.POST("/api/auth/token/", { body: { email, password } });
assert.equal(unconfirmed.error?.code, "invalid_credentials");
console.log("registered");
const lines = createInterface({ input: process.stdin });
const token = await lines.question("");
lines.close();
const verified = await api.POST("/api/auth/email/verify/", { body: { token } });
assert.equal(verified.response.status, 204);

const first: TokenPair = read(
    await api.POST("/api/auth/token/", { body: { email, password } }),
);
const user = read(await api.GET("/api/auth/me/", bearer(first.access)));
const name: string = user.name;
assert.deepEqual([user.email, name, user.email_verified], [email, "", true]);

const pair: TokenPair = read(
    await api.POST("/api/auth/token/refresh/", { body: { refresh: first.refresh } }),
);
const signIns = read(await api.GET("/api/auth/sign-ins/", bearer(pair.access)));
assert.deepEqual(signIns.map(({ current }) => current), [true]);

const wrong = await api.POST("/api/auth/confirm/", {
    ...bearer(pair.access),
    body: { password: "a wrong one" },
});
assert.ok(wrong.error && "password" in wrong.error && wrong.error.password?.length);
const { access } = read(
    await api.POST("/api/auth/confirm/", { ...bearer(pair.access), body: { password } }),
);
assert.equal(read(await api.GET("/api/auth/me/export/", bearer(access))).sign_ins.length, 1);
const changed = read(
    await api.PATCH("/api/auth/me/", { ...bearer(access), body: { name: "Grace" } }),
);
assert.equal(changed.name, "Grace");

const body = { refresh: pair.refresh };
assert.equal((await api.POST("/api/auth/token/revoke/", { body })).response.status, 204);
assert.equal((await api.GET("/api/auth/me/", bearer(access))).response.status, 401);
const late = await api.POST("/api/auth/token/refresh/", { body });
assert.equal(late.response.status, 401);
assert.ok(late.error?.code);

const { issuer } = read(await api.GET("/.well-known/oauth-authorization-server"));
assert.equal(issuer, url);
const { keys } = read(await api.GET("/.well-known/jwks.json"));
const kids: string[] = keys.map(({ kid }) => kid);
assert.equal(kids.length, keys.length);
