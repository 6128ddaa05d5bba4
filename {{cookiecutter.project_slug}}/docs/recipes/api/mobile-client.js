// Keeps the users of an app signed in, on networks that lose responses; see mobile-client.md.

export class ApiClient {
    #api;
    #storage;
    #timeout;
    #pauses;
    #renewing = null;

    /**
     * @param {string} api - the origin of the API
     * @param storage - `load()`, `save(tokens)` and `clear()`, each of which returns a promise
     * @param options - `timeout` of a refresh and `pauses` before each attempt, in milliseconds.
     *     The last attempt must start within JWT_REUSE_GRACE; it starts after 19 seconds here.
     */
    constructor(api, storage, { timeout = 8000, pauses = [0, 1000, 2000] } = {}) {
        this.#api = api;
        this.#storage = storage;
        this.#timeout = timeout;
        this.#pauses = pauses;
    }

    /** Sign in. Returns the status: 200, or one that tells what is wrong. */
    async signIn(email, password) {
        const { status, content } = await this.#post("", { email, password });
        if (status === 200) await this.#storage.save(content);
        return status;
    }

    /** Sign out. Without a network, the tokens remain stored, so that the app can try again. */
    async signOut() {
        const tokens = await this.#storage.load();
        if (tokens) await this.#retry("revoke/", { refresh: tokens.refresh });
        await this.#storage.clear();
    }

    /** Send a request with the access token. The arguments are those of `fetch`. */
    async fetch(path, options = {}) {
        const send = (tokens) => {
            const headers = new Headers(options.headers);
            if (tokens) headers.set("Authorization", `Bearer ${tokens.access}`);
            return fetch(this.#api + path, { ...options, headers });
        };
        const tokens = await this.#storage.load();
        const response = await send(tokens);
        if (!tokens || response.status !== 401) return response;
        const { code } = await response.clone().json();
        if (code === "reauthentication_required") return response;
        const renewed = await this.#renew(tokens);
        return renewed ? send(renewed) : response;
    }

    /** Refresh once for all requests whose access token has expired. */
    #renew(used) {
        this.#renewing ??= this.#refresh(used).finally(() => {
            this.#renewing = null;
        });
        return this.#renewing;
    }

    /** Return new tokens, or null if the sign-in has ended. */
    async #refresh(used) {
        const tokens = await this.#storage.load();
        if (tokens?.access !== used.access) return tokens;
        const { status, content } = await this.#retry("refresh/", { refresh: tokens.refresh });
        if (status === 401) {
            await this.#storage.clear();
            return null;
        }
        // Store the new tokens before they are used: the server may forget the old one then.
        await this.#storage.save(content);
        return content;
    }

    /** Send the same tokens again until there is a response that decides: 200, 204 or 401. */
    async #retry(path, body) {
        let problem;
        for (const pause of this.#pauses) {
            await new Promise((resolve) => setTimeout(resolve, pause));
            try {
                const response = await this.#post(path, body);
                if ([200, 204, 401].includes(response.status)) return response;
                problem = new Error(`The API returned ${response.status}.`);
            } catch (error) {
                problem = error;
            }
        }
        throw problem;
    }

    /** Send a request and read the whole response, all within the timeout. */
    async #post(path, body) {
        const controller = new AbortController();
        const timer = setTimeout(() => controller.abort(), this.#timeout);
        try {
            const response = await fetch(`${this.#api}/api/auth/token/${path}`, {
                method: "POST",
                headers: { "Content-Type": "application/json" },
                body: JSON.stringify(body),
                signal: controller.signal,
            });
            const text = await response.text();
            return { status: response.status, content: text ? JSON.parse(text) : null };
        } finally {
            clearTimeout(timer);
        }
    }
}
