package target

import (
	"context"
	"errors"
	"net/http"
)

// Refresh asks for the page that has the target refresh the tokens of the
// browser's session, follows nothing, and gives the status. An error says why no
// answer came.
func (b *Browser) Refresh(ctx context.Context) (status int, err error) {
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, b.target.config.Target.Refresh, http.NoBody)
	if err != nil {
		return 0, err
	}
	page, err := b.do(request)
	if err != nil {
		return 0, errors.New(b.target.reason(err))
	}
	return page.status, nil
}
