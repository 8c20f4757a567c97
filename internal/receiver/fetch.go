package receiver

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"time"
)

const (
	// fetchLimit bounds one fetch of discovery or keys; two of them fit into a logout request.
	fetchLimit = 4 * time.Second
	// maxDocument bounds what an issuer may send, in bytes.
	maxDocument = 1 << 20
)

// withoutRedirects copies a client and lets it follow no redirect: keys and metadata come from the issuer's own URLs,
// and from nowhere those point to (RFC 8725 3.10).
func withoutRedirects(c *http.Client) *http.Client {
	own := http.Client{Timeout: 10 * time.Second}
	if c != nil {
		own = *c
	}
	own.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	return &own
}

// fetch gets a document of bounded size.
func fetch(ctx context.Context, client *http.Client, url string) ([]byte, error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, url, nil)
	if err != nil {
		return nil, fmt.Errorf("fetching %s: %w", url, err)
	}
	req.Header.Set("Accept", "application/json")
	res, err := client.Do(req)
	if err != nil {
		return nil, err
	}
	// The body has been read or given up; an error on closing changes nothing.
	defer func() { _ = res.Body.Close() }()
	if res.StatusCode != http.StatusOK {
		return nil, fmt.Errorf("fetching %s: the issuer answered %d", url, res.StatusCode)
	}
	body, err := io.ReadAll(io.LimitReader(res.Body, maxDocument+1))
	if err != nil {
		return nil, fmt.Errorf("fetching %s: %w", url, err)
	}
	if len(body) > maxDocument {
		return nil, fmt.Errorf("fetching %s: more than %d bytes", url, maxDocument)
	}
	return body, nil
}
