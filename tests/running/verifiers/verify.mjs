// Verifies tokens as other services do, from discovery alone.
//
//     node verify.mjs ISSUER TOKEN...
//
// Prints, for each library, whether it accepts each of the tokens, and for the first one why not.

import express from "express";
import fastifyJwt from "@fastify/jwt";
import Fastify from "fastify";
import buildGetJwks from "get-jwks";
import jwksRsa from "jwks-rsa";
import { auth } from "express-oauth2-jwt-bearer";
import { expressjwt } from "express-jwt";
import { createRemoteJWKSet, decodeProtectedHeader, jwtVerify } from "jose";

const [issuer, ...tokens] = process.argv.slice(2);
const found = await (await fetch(`${issuer}/.well-known/oauth-authorization-server`)).json();
const { alg } = decodeProtectedHeader(tokens[0]);
const rules = { issuer: found.issuer, audience: found.issuer };

const jose = async (token) => {
    await jwtVerify(token, createRemoteJWKSet(new URL(found.jwks_uri)), rules);
};

// Starts an Express application with a middleware, and asks it.
const inExpress = (middleware) => async (token) => {
    const app = express();
    app.get("/", middleware, (_, response) => response.json({}));
    app.use((error, _, response, __) => response.status(error.status ?? 500).send(error.message));
    const server = app.listen(0, "127.0.0.1");
    await new Promise((resolve) => server.once("listening", resolve));
    try {
        const headers = { Authorization: `Bearer ${token}` };
        const response = await fetch(`http://127.0.0.1:${server.address().port}/`, { headers });
        if (!response.ok) throw new Error(await response.text());
    } finally {
        server.close();
        server.closeAllConnections();
    }
};

const fastify = async (token) => {
    const app = Fastify();
    const getJwks = buildGetJwks();
    app.register(fastifyJwt, {
        decode: { complete: true },
        secret: (_, { header, payload }) =>
            getJwks.getPublicKey({ kid: header.kid, domain: payload.iss, alg: header.alg }),
        verify: { allowedIss: found.issuer, allowedAud: found.issuer },
    });
    app.get("/", async (request) => request.jwtVerify());
    const response = await app.inject({
        url: "/",
        headers: { Authorization: `Bearer ${token}` },
    });
    await app.close();
    if (response.statusCode !== 200) throw new Error(response.body);
};

const libraries = {
    jose,
    "express-oauth2-jwt-bearer": inExpress(
        auth({
            issuerBaseURL: found.issuer,
            audience: found.issuer,
            tokenSigningAlg: alg,
            strict: true,
        }),
    ),
    "express-jwt": inExpress(
        expressjwt({
            secret: jwksRsa.expressJwtSecret({ jwksUri: found.jwks_uri }),
            algorithms: [alg],
            ...rules,
        }),
    ),
    "@fastify/jwt": fastify,
};

const results = {};
for (const [name, verify] of Object.entries(libraries)) {
    results[name] = [];
    for (const token of tokens) {
        results[name].push(
            await verify(token).then(
                () => "accepted",
                (error) => error.message,
            ),
        );
    }
}
console.log(JSON.stringify(results));
// The key caches of some libraries keep the process alive for a minute.
process.exit();
