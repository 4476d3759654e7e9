package mail

import "context"

// Send is a pool's, of a pool for this message alone.
func (s *SMTP) Send(ctx context.Context, f Frozen, intent func() error) (reply string, err error) {
	pool := NewPool(s, 1)
	defer pool.CloseIdle()
	return pool.Send(ctx, f, intent)
}
