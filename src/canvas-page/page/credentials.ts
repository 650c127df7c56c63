/**
 * What lets the page use the server: at first the token in its URL, then a cookie that the server has set in exchange,
 * if the browser takes cookies.
 */
export class Credentials {
  /** Null when the page was loaded without it, thanks to the cookie. */
  readonly #token = new URLSearchParams(location.search).get('token');
  #useToken = this.#token !== null;

  /** The URL of the WebSocket. */
  socketUrl(): URL {
    const url = this.#url(this.#useToken);
    url.protocol = location.protocol === 'https:' ? 'wss:' : 'ws:';
    return url;
  }

  /** Finds out whether the server lets the page in. From then on, the token is used only if the cookie is not enough. */
  async check(): Promise<'accepted' | 'refused' | 'unreachable'> {
    for (const withToken of this.#token === null ? [false] : [false, true]) {
      const status = await this.#status(withToken);
      if (status === null) return 'unreachable';
      if (status === 403) continue;
      this.#useToken = withToken;
      return 'accepted';
    }
    return 'refused';
  }

  /** Removes the token from the address bar, and so from the history and from screenshots, unless a reload needs it. */
  async hideToken(): Promise<void> {
    if (this.#token === null || (await this.#status(false)) !== 200) return;
    this.#useToken = false;
    history.replaceState(history.state, '', this.#url(false).href + location.hash);
  }

  /** The status of a request for the page. Null if the server cannot be reached. */
  async #status(withToken: boolean): Promise<number | null> {
    try {
      const response = await fetch(this.#url(withToken), { method: 'HEAD', cache: 'no-store' });
      await response.arrayBuffer();
      return response.status;
    } catch {
      return null;
    }
  }

  #url(withToken: boolean): URL {
    const url = new URL(location.href);
    url.hash = '';
    if (withToken && this.#token !== null) url.searchParams.set('token', this.#token);
    else url.searchParams.delete('token');
    return url;
  }
}
