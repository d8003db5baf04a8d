package desk

import (
	"context"
	"errors"
	"fmt"
	"sync/atomic"
	"time"

	"radioquote/quoting"
	"radioquote/store"
)

// books holds the price book in force: the newest published snapshot, in memory.
type books struct {
	current atomic.Pointer[quoting.PriceBook]
}

// offer puts a book in force unless a newer one is.
func (b *books) offer(book *quoting.PriceBook) {
	for {
		now := b.current.Load()
		if now != nil && (now.Snapshot > book.Snapshot || now.Snapshot == book.Snapshot && now.TakenAt.After(book.TakenAt)) {
			return
		}
		if b.current.CompareAndSwap(now, book) {
			return
		}
	}
}

// Book is the price book in force. The error, of kind Conflict, is for before the first
// sync.
func (d *Desk) Book() (*quoting.PriceBook, error) {
	if book := d.books.current.Load(); book != nil {
		return book, nil
	}
	return nil, quoting.Errorf(quoting.Conflict, "I have no prices from NetSuite yet. Please try again in a minute.")
}

// RefreshBook loads the newest published snapshot if it is another one than the book in
// force, or was confirmed since. Before the first snapshot it does nothing.
func (d *Desk) RefreshBook(ctx context.Context) error {
	var latest store.Snapshot
	var catalogue quoting.Catalogue
	var stock []quoting.Stock
	now := d.books.current.Load()
	err := d.DB.InTx(ctx, store.Job, func(tx *store.Tx) (err error) {
		latest, err = tx.LatestSnapshot(ctx)
		if err != nil {
			return err
		}
		if now != nil && now.Snapshot == latest.ID {
			stock, err = tx.Stock(ctx)
			return err
		}
		catalogue, err = tx.Catalogue(ctx, latest)
		return err
	})
	switch {
	case errors.Is(err, quoting.NotFound):
		return nil
	case err != nil:
		return fmt.Errorf("refresh price book: %w", err)
	case now != nil && now.Snapshot == latest.ID:
		d.books.offer(now.Confirmed(latest.Confirmed, stock))
		return nil
	}
	book, err := quoting.NewPriceBook(latest.ID, catalogue)
	if err != nil {
		return fmt.Errorf("refresh price book: %w", err)
	}
	d.books.offer(book)
	return nil
}

// followSnapshots keeps the book in force up to date until ctx ends. When the database's
// announcements are lost it connects again; what was published meanwhile is seen then.
func (d *Desk) followSnapshots(ctx context.Context) {
	for ctx.Err() == nil {
		err := d.DB.WaitForSnapshot(ctx, func() {
			if err := d.RefreshBook(ctx); err != nil && ctx.Err() == nil {
				d.logFailure("price book", "", err)
			}
		})
		if err == nil || ctx.Err() != nil {
			continue
		}
		d.logFailure("price book", "", err)
		wait(ctx, time.Second)
	}
}

// wait returns after a while, or when ctx ends.
func wait(ctx context.Context, d time.Duration) {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
	case <-ctx.Done():
	}
}
