// Keeps the users of a front end signed in, in all tabs of a browser; see browser-client.md.
//
// The access token stays in memory. The browser keeps the refresh token in a cookie that scripts
// cannot read.

const LOCK = "api-client";
const OPEN_TAB = "api-client-tab";
// How long to wait for tabs that the browser has suspended, in milliseconds.
const PATIENCE = 1000;

export class ApiClient {
    /** The ID of the user, or an empty string if no one is signed in. */
    user = "";
    #access = "";
    #api;
    #onUserChange;
    #channel = new BroadcastChannel(LOCK);
    #onAnswer = (_access) => {};

    /**
     * @param {string} api - the origin of the API, or an empty string for that of the page
     * @param {(user: string) => void} onUserChange - called with the ID of the user after each
     *     sign-in, and with an empty string after the sign-out, in every tab
     */
    constructor(api = "", onUserChange = () => {}) {
        this.#api = api;
        this.#onUserChange = onUserChange;
        this.#channel.onmessage = ({ data }) => this.#receive(data);
        // Other tabs count these locks to know how many answers they can expect.
        navigator.locks.request(OPEN_TAB, { mode: "shared" }, () => new Promise(() => {}));
    }

    /** Continue the sign-in of this browser after the page was loaded. Returns the user. */
    async restore() {
        await this.#renew("");
        return this.user;
    }

    /** Sign in. Returns the response, whose status is 200 or tells what is wrong. */
    signIn(email, password) {
        return navigator.locks.request(LOCK, async () => {
            const response = await this.#post("", { email, password });
            if (response.ok) this.#announce((await response.clone().json()).access);
            return response;
        });
    }

    /** Sign out in all tabs. */
    signOut() {
        return navigator.locks.request(LOCK, async () => {
            const csrfToken = await this.#csrfToken();
            if (csrfToken) check(await this.#post("revoke/", {}, csrfToken));
            this.#announce("");
        });
    }

    /** Confirm the password, if a response has the code `reauthentication_required`. */
    async reauthenticate(password) {
        const response = await this.fetch("/api/auth/confirm/", {
            method: "POST",
            headers: { "Content-Type": "application/json" },
            body: JSON.stringify({ password }),
        });
        if (response.ok) this.#announce((await response.clone().json()).access);
        return response;
    }

    /** Send a request with the access token. The arguments are those of `fetch`. */
    async fetch(path, options = {}) {
        const [user, used] = [this.user, this.#access];
        const send = () => {
            const headers = new Headers(options.headers);
            headers.set("Authorization", `Bearer ${this.#access}`);
            return fetch(this.#api + path, { ...options, headers, credentials: "omit" });
        };
        const response = await send();
        if (response.status !== 401 || (await needsPassword(response))) return response;
        await this.#renew(used);
        // The request of one user must not be repeated as another one.
        return this.user && this.user === user ? send() : response;
    }

    /** Replace an access token: by that of another tab, or else by refreshing. */
    #renew(used) {
        return navigator.locks.request(LOCK, async () => {
            if (this.#access !== used) return;
            const shared = await this.#ask(used);
            if (this.#access !== used) return;
            if (shared) this.#adopt(shared);
            else this.#announce(await this.#refresh());
        });
    }

    /** Return a new access token, or an empty string if no one is signed in. */
    async #refresh() {
        const csrfToken = await this.#csrfToken();
        if (!csrfToken) return "";
        const send = () => this.#post("refresh/", {}, csrfToken);
        // If the response was lost, the same cookie gets the same successor.
        const response = await send().catch(send);
        if (response.status === 401) return "";
        return (await check(response).json()).access;
    }

    async #csrfToken() {
        const url = `${this.#api}/api/auth/token/csrf/`;
        const response = await fetch(url, { credentials: "include" });
        return response.status === 401 ? "" : (await check(response).json()).csrf_token;
    }

    #post(path, body, csrfToken = "") {
        const headers = { "Content-Type": "application/json" };
        if (csrfToken) headers["X-CSRFToken"] = csrfToken;
        return fetch(`${this.#api}/api/auth/token/${path}`, {
            method: "POST",
            credentials: "include",
            headers,
            body: JSON.stringify(body),
        });
    }

    /**
     * Ask the other tabs for an access token that is newer than `used`.
     *
     * A tab may get the lock before the message of the tab that has just refreshed: locks and
     * messages have no common order. A question is answered with what that tab has by now.
     */
    async #ask(used) {
        const { held = [] } = await navigator.locks.query();
        let silent = held.filter(({ name }) => name === OPEN_TAB).length - 1;
        if (silent < 1) return "";
        return new Promise((resolve) => {
            const timer = setTimeout(resolve, PATIENCE, "");
            this.#onAnswer = (access) => {
                silent -= 1;
                const newer = access && access !== used;
                if (!newer && silent > 0) return;
                clearTimeout(timer);
                resolve(newer ? access : "");
            };
            this.#channel.postMessage({ question: true });
        });
    }

    #receive({ question, answer, access }) {
        if (question) this.#channel.postMessage({ answer: true, access: this.#access });
        else if (answer) this.#onAnswer(access);
        else this.#adopt(access);
    }

    /** Use an access token in all tabs. */
    #announce(access) {
        this.#adopt(access);
        this.#channel.postMessage({ access });
    }

    #adopt(access) {
        const user = access && subject(access);
        const changed = user !== this.user;
        [this.#access, this.user] = [access, user];
        if (changed) this.#onUserChange(user);
    }
}

/** Return the ID of the user of an access token. */
function subject(access) {
    const payload = access.split(".")[1].replaceAll("-", "+").replaceAll("_", "/");
    return JSON.parse(atob(payload)).sub;
}

async function needsPassword(response) {
    const { code } = await response.clone().json();
    return code === "reauthentication_required";
}

function check(response) {
    if (!response.ok) throw new Error(`The API returned ${response.status}.`);
    return response;
}
