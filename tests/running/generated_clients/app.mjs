// An app with the documented client, on a network that loses responses.
//
//     node app.mjs API EMAIL PASSWORD

import assert from "node:assert/strict";
import { ApiClient as Documented } from "./mobile-client.mjs";

const [api, email, password] = process.argv.slice(2);

let stored = null;
const storage = {
    load: async () => stored,
    save: async (tokens) => {
        stored = tokens;
    },
    clear: async () => {
        stored = null;
    },
};

// The timeout of the document would make the test slow.
class ApiClient extends Documented {
    constructor(...words) {
        super(...words, { timeout: 3000, pauses: [0, 10, 10] });
    }
}

// EXAMPLE
assert.equal(response.status, 200);

// Several requests find an access token that is no longer valid.
const expire = () => {
    stored = { ...stored, access: "expired" };
};
expire();
const me = async () => (await client.fetch("/api/auth/me/")).json();
for (const found of await Promise.all([me(), me(), me()])) assert.equal(found.email, email);
expire();
assert.equal((await me()).email, email);

await client.signOut();
assert.equal(stored, null);
assert.equal((await client.fetch("/api/auth/me/")).status, 401);
